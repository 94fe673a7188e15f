"""Signing in through the service, and out: ours ends when it ends there (OpenID Connect, back-channel logout)."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from compliance.client import NoAnswer, NotSignedIn, Person, Question, Refused, Service, SignIn

from . import agencies, telling
from .following import THE_CASE_SYSTEM
from .store import Store

way_in = Blueprint("way_in", __name__)

NOT_ASKED = "the compliance service cannot be asked just now"


@way_in.get("/sign-in")
def begin() -> Response:
    """Send the browser to the service, which asks for password and second step."""
    begun = _sign_in().begin()
    session["begun"] = begun.kept()
    return redirect(begun.address)


@way_in.get("/signed-in")
def come_back() -> Response | tuple[str, int]:
    """Back from there: a session begins where the service says who it is and that they may use the case system."""
    service: Service = current_app.extensions["compliance"]
    try:
        person = _sign_in().finish(session.pop("begun", None), request.args.to_dict())
        organisation = agencies.id_of(_store(), service, str(person.claims.get("org", "")))
    except NotSignedIn as problem:
        return _turned_away(str(problem), 403)
    except (NoAnswer, Refused):
        return _turned_away(NOT_ASKED, 503)
    answer = service.decide(Question(person.sub, *THE_CASE_SYSTEM))
    if organisation is None or not answer.permits:
        return _turned_away(answer.why or NOT_ASKED, 403)
    then = str(session.get("then", "/"))
    _begins(person, organisation)
    # Where they were going, of ours alone: two slashes would lead elsewhere.
    return redirect(then if then.startswith("/cases/") else url_for("pages.cases"))


@way_in.post("/sign-out")
def leave() -> Response:
    """End the session here, and go on to end the one there."""
    with _store().writing() as db:
        db.execute("UPDATE sessions SET ended_at = ? WHERE id = ?", (g.now.isoformat(), g.session["id"]))
    session.clear()
    base_url = current_app.extensions["settings"].base_url
    return redirect(_sign_in().out(g.session["id_token"], f"{base_url}{url_for('way_in.left')}"))


@way_in.get("/signed-out")
def left() -> str:
    """Where one is afterwards."""
    return render_template("not_in.html", why=None)


@way_in.post("/back-channel-logout")
def ended_elsewhere() -> Response:
    """The service says that a sign-in, or somebody's right, has ended: so do our sessions of it."""
    try:
        sub, sid = _sign_in().ended(request.form.get("logout_token", ""))
    except NotSignedIn:
        abort(400)
    except NoAnswer:
        abort(503)
    with _store().writing() as db:
        db.execute(
            "UPDATE sessions SET ended_at = coalesce(ended_at, ?) WHERE (? IS NULL OR sub = ?) AND (? IS NULL OR sid = ?)",
            (datetime.now(UTC).isoformat(), sub, sub, sid, sid),
        )
    return Response(status=200)


def _begins(person: Person, organisation: str) -> None:
    """A new session under a new name. What somebody had open before is none of theirs any more."""
    now, claims = datetime.now(UTC), person.claims
    session.clear()
    session["id"] = secrets.token_urlsafe(32)
    with _store().writing() as db:
        db.execute(
            "INSERT INTO sessions (id, sub, sid, name, organisation, areas, id_token, began_at, seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (session["id"], person.sub, person.sid, claims.get("name", ""), organisation,
             json.dumps(claims.get("areas", [])), person.id_token, now.isoformat(), now.isoformat()),
        )  # fmt: skip
        telling.signed_in(db, person.sub, now)


def _turned_away(why: str, status: int) -> tuple[str, int]:
    return render_template("not_in.html", why=why), status


def _sign_in() -> SignIn:
    found: SignIn = current_app.extensions["sign_in"]
    return found


def _store() -> Store:
    found: Store = current_app.extensions["store"]
    return found

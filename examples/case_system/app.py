"""The case system as a web application: made of its settings, so that a test can make one beside a real service."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask, current_app, g, jsonify, redirect, render_template, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from compliance.client import Service, WithSecret

from .clocks import said
from .following import is_followed
from .pages import pages
from .store import Store
from .way_in import way_in

IDLE = timedelta(minutes=15)
WHOLE = timedelta(hours=8)
"""How long a session lasts untouched, and in all: as long as one does there (IDN-6)."""

_SEEN_AGAIN = timedelta(minutes=1)
OPEN_TO_ALL = frozenset(
    {"way_in.begin", "way_in.come_back", "way_in.ended_elsewhere", "way_in.left", "static", "live", "hook.may_open"}
)
"""What can be reached by somebody who is not signed in."""


@dataclass(frozen=True)
class Settings:
    """Where the service is, who we are to it, where we are, and where our own database lies."""

    service_url: str
    client_id: str
    secret: str = field(repr=False)
    base_url: str
    var: Path
    log_keys: tuple[str, ...] = ()
    seconds: float = 2.0
    kit: bool = False


def create_app(settings: Settings) -> Flask:
    """An application of its own for these settings."""
    app = Flask(__name__)
    settings.var.mkdir(parents=True, exist_ok=True)
    app.config.update(
        SECRET_KEY=_secret(settings.var / "cookie.key"), SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME="case_system", SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        MAX_CONTENT_LENGTH=64 * 1024,
    )  # fmt: skip
    service = Service(settings.service_url, WithSecret(settings.client_id, settings.secret), seconds=settings.seconds)
    app.extensions["settings"], app.extensions["compliance"] = settings, service
    app.extensions["store"] = Store(settings.var / "cases.sqlite")
    app.extensions["sign_in"] = service.sign_in(settings.client_id, f"{settings.base_url}/signed-in")
    app.register_blueprint(way_in)
    app.register_blueprint(pages)
    if settings.kit:
        from .hook import hook

        app.register_blueprint(hook)
    app.add_template_filter(said)
    app.add_url_rule("/live", "live", _live)
    app.add_url_rule("/moved", "moved", _moved)
    app.before_request(_who)
    app.after_request(_safe)
    # Each request has a thread of its own here, which ends with it.
    app.teardown_request(lambda _fault: service.close())
    app.register_error_handler(HTTPException, _wrong)
    app.jinja_env.globals["form_token"] = _form_token
    return app


def _who() -> Response | None:
    """Whose session this is; nobody's is sent to sign in, and a form that is not ours does nothing."""
    g.session, g.now = None, datetime.now(UTC)
    if request.endpoint in OPEN_TO_ALL or request.endpoint is None:
        return None
    store: Store = current_app.extensions["store"]
    with store.reading() as db:
        row = db.execute(
            "SELECT * FROM sessions WHERE id = ? AND ended_at IS NULL", (session.get("id", ""),)
        ).fetchone()
    if row is None or _over(row["seen_at"], IDLE) or _over(row["began_at"], WHOLE):
        session.pop("id", None)
        if request.method == "GET" and request.endpoint != "moved":
            session["then"] = request.path
        return redirect(url_for("way_in.begin"))
    if request.endpoint != "moved" and _over(row["seen_at"], _SEEN_AGAIN):
        with store.writing() as db:
            db.execute("UPDATE sessions SET seen_at = ? WHERE id = ?", (g.now.isoformat(), row["id"]))
    g.session = row
    if request.method == "POST" and not secrets.compare_digest(
        request.form.get("form_token", "").encode(), _form_token().encode()
    ):
        return Response("This form is not ours, or too old. Go back and try again.", 400)
    return None


def _over(since: str, lasts: timedelta) -> bool:
    now: datetime = g.now
    return now - datetime.fromisoformat(since) > lasts


def _live() -> str:
    return "ok"


def _moved() -> Response | tuple[Response, int]:
    """What a page that is open asks every two seconds: it comes anew where its reader's rights have changed.

    503 where nobody can say whether they have: then it covers what it shows (DEC-4).
    """
    if not is_followed(current_app.extensions["store"], g.now):
        return jsonify(moved=None), 503
    return jsonify(moved=g.session["moved"])


def _wrong(problem: HTTPException) -> tuple[str, int]:
    status = problem.code or 500
    # What werkzeug says by itself is for developers; what we say stands in the description.
    told = problem.description if status in (403, 404, 503) else None
    return render_template("wrong.html", status=status, told=told), status


def _form_token() -> str:
    token: str = session.setdefault("form_token", secrets.token_urlsafe(32))
    return token


def _safe(response: Response) -> Response:
    # A form that signs out is led on to the service, and nowhere else.
    there = current_app.extensions["settings"].service_url
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; frame-ancestors 'none'; form-action 'self' {there}; base-uri 'none'; object-src 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _secret(path: Path) -> bytes:
    """A key of our own for cookies, made once."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()

"""The pages: the cases one may know of, one case with what one may do on it, and a referral."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from compliance.client import NoAnswer, Question, Refused

from . import cases as steps
from . import doors, telling
from .cases import NotNow, Referral
from .store import Store

pages = Blueprint("pages", __name__)

_MOST = 200
_GROUPS = (1, 2, 3)
_LONGEST = 2_000


@pages.get("/")
def cases() -> str:
    """The cases that this person may know of: asked for all of them at once, of whatever area."""
    with _store().reading() as db:
        every = db.execute(
            "SELECT * FROM cases WHERE status != 'disposed' ORDER BY referred_at DESC LIMIT ?", (_MOST,)
        ).fetchall()
    shown = doors.seen_by(g.session["sub"], every)
    return render_template("cases.html", cases=shown, areas=_areas(), now=g.now.isoformat())


@pages.route("/cases/new", methods=["GET", "POST"])
def refer() -> str | Response:
    """Refer a case to the MARAC of an area."""
    if request.method == "GET":
        return render_template("refer.html", areas=_areas(), groups=_GROUPS)
    area, words = request.form.get("area", ""), request.form.get("words", "").strip()
    if area not in _areas() or not 0 < len(words) <= _LONGEST:
        flash(f"Choose the area, and say in up to {_LONGEST} characters what the risk is, without names.")
        return render_template("refer.html", areas=_areas(), groups=_GROUPS)
    question = Question(g.session["sub"], "referral.submit", "referral", "new", area=area)
    answer = doors.service().decide(question)
    if not answer.permits:
        abort(403, answer.why or "Nothing can be referred just now. Try again in a moment.")
    group = request.form.get("group", type=int)
    referral = Referral(
        area, g.session["organisation"], words, request.form.get("closed_marac") == "yes",
        _day(request.form.get("born_on", "")), group if group in _GROUPS else 2,
    )  # fmt: skip
    with _store().writing() as db:
        reference = steps.refer(db, referral, g.now)
        telling.looked(db, g.session["sub"], "referral.submit", reference, g.now)
    return redirect(url_for("pages.case", reference=reference))


@pages.get("/cases/<reference>")
def case(reference: str) -> str:
    """A case, with those of its parts that may be seen, and what may be done. That it was seen is reported."""
    row = _case(reference)
    permits = doors.permitted(row)
    with _store().writing() as db:
        telling.looked(db, g.session["sub"], "case.view", reference, g.now)
        parts = {
            name: db.execute(f"SELECT * FROM {name} WHERE reference = ? ORDER BY 2", (reference,)).fetchall()  # noqa: S608 - the names stand here
            for name in ("research", "actions", "attendance", "invited")
        }
    may = {name: answer.permits for name, answer in permits.items()}
    return render_template("case.html", case=row, may=may, own=g.session["organisation"], **parts)


@pages.get("/cases/<reference>/minutes.txt")
def minutes(reference: str) -> Response:
    """What was agreed, to take away. Minutes are for professionals alone, and that they were taken is reported."""
    row = _case(reference)
    doors.may("minutes.download", "minutes", row)
    with _store().writing() as db:
        telling.looked(db, g.session["sub"], "minutes.download", reference, g.now, kind="download")
        actions = db.execute("SELECT * FROM actions WHERE reference = ? ORDER BY id", (reference,)).fetchall()
    text = render_template("minutes.txt", case=row, actions=actions)
    return Response(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename={reference}.txt"},
    )


@pages.post("/cases/<reference>/<step>")
def move(reference: str, step: str) -> Response:
    """One step of a case: asked for just before it is taken, for whoever takes it."""
    if step not in _STEPS:
        abort(404)
    row = _case(reference)
    action, type_, own_part, act = _STEPS[step]
    owner = g.session["organisation"] if own_part else None
    doors.may(action, type_, row, owner=owner)
    try:
        with _store().writing() as db:
            act(db, row)
            telling.looked(db, g.session["sub"], action, reference, g.now)
    except NotNow as problem:
        flash(str(problem))
    return redirect(url_for("pages.case", reference=reference))


def _accept(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    try:
        members = doors.service().get(f"areas/{row['area']}/members")["items"]
    except (NoAnswer, Refused):
        raise NotNow("Who works in the area cannot be asked just now. Try again in a moment.") from None
    agencies = sorted({str(member["organisation_id"]) for member in members})
    if not agencies:
        raise NotNow("Nobody is on the list of this area. Ask the MARAC Hub Team.")
    steps.accept(db, row["reference"], agencies, g.now)


def _decide_circle(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    yes = request.form.get("closed") == "yes"
    steps.close_the_circle(db, row["reference"], yes=yes)
    if yes:
        _invited(db, row, g.session["sub"], closed=True)


def _invite(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    _invited(db, row, request.form.get("person", "").strip(), closed=row["closed_marac"] == "yes")


def _invited(db: sqlite3.Connection, row: sqlite3.Row, person: str, *, closed: bool) -> None:
    if not person:
        raise NotNow("Say who is invited.")
    db.execute("INSERT OR IGNORE INTO invited (reference, person) VALUES (?, ?)", (row["reference"], person))
    telling.invite(db, row["reference"], person, g.now, closed=closed)


def _suggest(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    due_on, words = _day(request.form.get("due_on", "")), request.form.get("words", "").strip()
    if due_on is None or not words:
        raise NotNow("Say what is to be done, by whom, and by when.")
    steps.suggest(db, row["reference"], request.form.get("organisation", ""), words[:_LONGEST], due_on)


def _research(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    steps.research(
        db, row["reference"], g.session["organisation"], request.form.get("words", "").strip()[:_LONGEST], g.now
    )


def _action(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    number, status = request.form.get("id", type=int), request.form.get("status", "")
    mine = db.execute(
        "SELECT 1 FROM actions WHERE id = ? AND organisation = ?", (number, g.session["organisation"])
    ).fetchone()
    if mine is None or number is None or status not in ("accepted", "done", "not_feasible"):
        raise NotNow("That is no action of your agency.")
    steps.move_action(db, row["reference"], number, status, g.now)


def _hear(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    asked = [
        each[0] for each in db.execute("SELECT organisation FROM research WHERE reference = ?", (row["reference"],))
    ]
    steps.hear(db, row["reference"], {one: one in request.form.getlist("came") for one in asked}, g.now)


def _close(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    steps.close(db, row["reference"], g.now)


def _decline(db: sqlite3.Connection, row: sqlite3.Row) -> None:
    steps.decline(db, row["reference"], g.now)


_STEPS: dict[str, tuple[str, str, bool, Any]] = {
    "accept": ("referral.review", "referral", False, _accept),
    "decline": ("referral.review", "referral", False, _decline),
    "circle": ("closed_meeting.approve", "referral", False, _decide_circle),
    "invitation": ("case.update", "case", False, _invite),
    "research": ("research.write", "research", True, _research),
    "suggestion": ("action.suggest", "action", False, _suggest),
    "action": ("action.update", "action", True, _action),
    "meeting": ("meeting.chair", "meeting", False, _hear),
    "closing": ("case.close", "case", False, _close),
}
"""Each step: what decisions call it, on what, whether it is for one's own part alone, and what it does."""


def _case(reference: str) -> sqlite3.Row:
    with _store().reading() as db:
        row: sqlite3.Row | None = db.execute(
            "SELECT * FROM cases WHERE reference = ? AND status != 'disposed'", (reference,)
        ).fetchone()
    if row is None:
        abort(404)
    return row


def _areas() -> list[str]:
    found: list[str] = json.loads(g.session["areas"])
    return found


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _store() -> Store:
    found: Store = current_app.extensions["store"]
    return found

"""The pages that show: the cases one may know of, one case with what one may do on it, and what is asked before a step."""

from __future__ import annotations

import json
import sqlite3

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from compliance.client import NoAnswer, Question, Refused

from . import agencies, doors, steps, telling
from . import cases as life
from .cases import NotNow, Referral
from .store import Store
from .telling import Look

pages = Blueprint("pages", __name__)

_MOST = 200
_GROUPS = (1, 2, 3)
BASES = {
    "public_task": "A task in the public interest",
    "vital_interests": "Somebody’s life is in danger",
    "safeguarding": "Safeguarding of children and of individuals at risk",
    "law_enforcement": "Preventing, investigating or prosecuting crime",
}
"""Upon which a referral shares what it says (SHA-1): codes of the service's `policies/lawful_bases.toml`."""

STATUSES = {
    "referred": "Referred", "declined": "Not taken up", "research": "Research", "planning": "Action planning",
    "closed": "Closed",
}  # fmt: skip


@pages.get("/")
def cases() -> str:
    """The cases that this person may know of: asked for all of them at once, of whatever area."""
    with _store().reading() as db:
        every = db.execute(
            "SELECT * FROM cases WHERE status != 'disposed' ORDER BY referred_at DESC LIMIT ?", (_MOST,)
        ).fetchall()
    shown = doors.seen_by(g.session["sub"], every)
    return render_template("cases.html", cases=shown, areas=_areas(), now=g.now.isoformat(), statuses=STATUSES)


@pages.route("/cases/new", methods=["GET", "POST"])
def refer() -> str | Response:
    """Refer a case to the MARAC of an area, with the decision to share what it says."""
    if request.method == "GET":
        return _refer_form()
    area, words, why = request.form.get("area", ""), steps.words("words"), steps.words("why")
    if area not in _areas() or not words or not why or request.form.get("basis") not in BASES:
        flash("Choose the area, say what the risk is without any name, and why it is shared and upon what basis.")
        return _refer_form()
    answer = doors.service().decide(Question(g.session["sub"], "referral.submit", "referral", "new", area=area))
    if not answer.permits:
        abort(403, answer.why or doors.NOT_NOW)
    group = request.form.get("group", type=int)
    referral = Referral(
        area, g.session["organisation"], words, request.form.get("closed_marac") == "yes", steps.day("born_on"),
        group if group in _GROUPS else 2,
    )  # fmt: skip
    with _store().writing() as db:
        reference = life.refer(db, referral, g.now)
        telling.shared(
            db,
            {"reference": reference, "decision": "share", "basis": request.form["basis"], "words": why,
             "person": g.session["sub"], "organisation_id": g.session["organisation"], "decided_at": g.now.isoformat()},
            g.now,
        )  # fmt: skip
        telling.looked(db, _look("referral.submit", reference, involved=True), g.now)
    flash(f"{reference} is referred. The MARAC Hub Team looks at it within 24 hours.", "done")
    if referral.closed_marac:
        # As long as it is asked whether it is a Closed MARAC, not even whoever referred it sees it.
        return redirect(url_for("pages.cases"))
    return redirect(url_for("pages.case", reference=reference))


@pages.get("/cases/<reference>")
def case(reference: str) -> str:
    """A case, with those of its parts that may be seen, and what may be done. That it was seen is reported."""
    row = _case(reference)
    permits = doors.permitted(row)
    with _store().writing() as db:
        telling.looked(db, _look("case.view", reference, involved=_has_a_part(db, row)), g.now)
        parts = {
            name: db.execute(f"SELECT * FROM {name} WHERE reference = ? ORDER BY 1, 2", (reference,)).fetchall()  # noqa: S608 - the names stand here
            for name in ("research", "actions", "attendance", "invited")
        }
        named = agencies.names(db)
    may = {name: answer.permits for name, answer in permits.items()}
    own = g.session["organisation"]
    return render_template("case.html", case=row, may=may, own=own, named=named, statuses=STATUSES, **parts)


@pages.get("/cases/<reference>/invite")
def invite(reference: str) -> str:
    """Whom to invite: those who are on the area's list, or somebody by their id."""
    row = _case(reference)
    doors.may(doors.ON_A_CASE["invite"], row)
    try:
        members = doors.service().get(f"areas/{row['area']}/members")["items"]
    except (NoAnswer, Refused):
        members = []
    with _store().reading() as db:
        named = agencies.names(db)
    return render_template("invite.html", case=row, members=members, named=named)


@pages.get("/cases/<reference>/meeting")
def meeting(reference: str) -> str:
    """Who came, and the confidentiality statement as it stands now, to be read to them (SHA-4)."""
    row = _case(reference)
    doors.may(doors.ON_A_CASE["hold the meeting"], row)
    try:
        statement = doors.service().get("confidentiality-statement")
    except (NoAnswer, Refused):
        statement = None
    with _store().reading() as db:
        asked = db.execute("SELECT * FROM research WHERE reference = ? ORDER BY organisation", (reference,)).fetchall()
        named = agencies.names(db)
    return render_template("meeting.html", case=row, asked=asked, named=named, statement=statement)


@pages.get("/cases/<reference>/minutes.txt")
def minutes(reference: str) -> Response:
    """What was agreed, to take away. Minutes are for professionals alone, and that they were taken is reported."""
    row = _case(reference)
    doors.may(doors.ON_A_CASE["minutes"], row)
    with _store().writing() as db:
        involved = _has_a_part(db, row)
        telling.looked(db, _look("minutes.download", reference, kind="download", involved=involved), g.now)
        actions = db.execute("SELECT * FROM actions WHERE reference = ? ORDER BY id", (reference,)).fetchall()
        named = agencies.names(db)
    text = render_template("minutes.txt", case=row, actions=actions, named=named)
    attached = {"Content-Disposition": f"attachment; filename={reference}.txt"}
    return Response(text, content_type="text/plain; charset=utf-8", headers=attached)


@pages.post("/cases/<reference>/<step>")
def move(reference: str, step: str) -> Response:
    """One step of a case: asked for just before it is taken, for whoever takes it."""
    if step not in steps.STEPS:
        abort(404, doors.NOT_HERE)
    row, taken = _case(reference), steps.STEPS[step]
    doors.may(taken.wish_of(g.session["organisation"]), row)
    try:
        write = taken.ask(row)
        with _store().writing() as db:
            write(db)
            telling.looked(db, _look(taken.wish.action, reference, involved=_has_a_part(db, row)), g.now)
    except NotNow as problem:
        flash(str(problem))
    else:
        flash(taken.done, "done")
    return redirect(url_for("pages.case", reference=reference))


def _look(action: str, reference: str, *, kind: str = "view", involved: bool) -> Look:
    return Look(g.session["sub"], action, reference, kind, request.remote_addr, involved)


def _has_a_part(db: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """Whether the organisation referred the case, or was asked for research; where it is new, everybody looks at it."""
    own = g.session["organisation"]
    asked = db.execute("SELECT organisation FROM research WHERE reference = ?", (row["reference"],)).fetchall()
    return not asked or own == row["referrer"] or own in {each[0] for each in asked}


def _refer_form() -> str:
    return render_template("refer.html", areas=_areas(), groups=_GROUPS, bases=BASES, said=request.form)


def _case(reference: str) -> sqlite3.Row:
    with _store().reading() as db:
        row: sqlite3.Row | None = db.execute(
            "SELECT * FROM cases WHERE reference = ? AND status != 'disposed'", (reference,)
        ).fetchone()
    if row is None:
        abort(404, doors.NOT_HERE)
    return row


def _areas() -> list[str]:
    found: list[str] = json.loads(g.session["areas"])
    return found


def _store() -> Store:
    found: Store = current_app.extensions["store"]
    return found

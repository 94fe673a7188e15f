"""The steps of a case as their forms ask for them: what each needs by decisions, what it asks of the service first, what it writes."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from flask import g, request

from compliance.client import NoAnswer, Refused

from . import cases, telling
from .cases import Came, Moved, NotNow
from .doors import ON_A_CASE, Wish, service

LONGEST = 1_000

Write = Callable[[sqlite3.Connection], None]


@dataclass(frozen=True)
class Step:
    """`wish` is what decisions call it; `own_part` says that it is for one's own organisation's part alone (ROL-2); `done` is
    said to whoever took it."""

    wish: Wish
    ask: Callable[[sqlite3.Row], Write]
    done: str
    own_part: bool = False

    def wish_of(self, organisation: str) -> Wish:
        """The same as this organisation's people wish it."""
        return replace(self.wish, owner=organisation) if self.own_part else self.wish


def words(name: str) -> str:
    """What was written into this field."""
    return request.form.get(name, "").strip()[:LONGEST]


def day(name: str) -> str | None:
    """The day that was written into this field; None for none."""
    try:
        return date.fromisoformat(request.form.get(name, "")).isoformat()
    except ValueError:
        return None


def _accept(row: sqlite3.Row) -> Write:
    """Every organisation with somebody on the area's list is asked for its research; of a Closed MARAC, those alone who are invited."""
    try:
        members = service().get(f"areas/{row['area']}/members")["items"]
    except (NoAnswer, Refused):
        raise NotNow("Who works in the area cannot be asked just now. Try again in a moment.") from None

    def write(db: sqlite3.Connection) -> None:
        invited = {
            each[0] for each in db.execute("SELECT person FROM invited WHERE reference = ?", (row["reference"],))
        }
        asked = {
            str(each["organisation_id"])
            for each in members
            if row["closed_marac"] == "no" or str(each["person_id"]) in invited
        }
        if not asked:
            raise NotNow("There is nobody to ask for research. Invite somebody, or ask the MARAC Hub Team.")
        cases.accept(db, row["reference"], sorted(asked), g.now)

    return write


def _decline(row: sqlite3.Row) -> Write:
    return lambda db: cases.decline(db, row["reference"], g.now)


def _circle(row: sqlite3.Row) -> Write:
    """Where it is a Closed MARAC, the service knows first, and lets in whoever decided so and nobody else."""
    yes = words("closed") == "yes"
    if yes:
        _invited(row["reference"], g.session["sub"], closed=True)

    def write(db: sqlite3.Connection) -> None:
        cases.close_the_circle(db, row["reference"], yes=yes)
        if yes:
            _kept(db, row["reference"], g.session["sub"])

    return write


def _invitation(row: sqlite3.Row) -> Write:
    try:
        person = str(uuid.UUID(words("person") or words("by_id")))
    except ValueError:
        raise NotNow(
            "Say who is invited: somebody of the list, or the id that the compliance service has them by."
        ) from None
    _invited(row["reference"], person, closed=row["closed_marac"] == "yes")
    return lambda db: _kept(db, row["reference"], person)


def _invited(reference: str, person: str, *, closed: bool) -> None:
    """Let the service know: not afterwards, because from then on decisions stand on it. Raises NotNow."""
    try:
        service().write("POST", "invitations", {"reference": reference, "person_id": person, "closed": closed})
    except Refused as problem:
        raise NotNow(problem.detail or "This person cannot be invited.") from None
    except NoAnswer:
        raise NotNow("The compliance service cannot be asked just now. Try again in a moment.") from None


def _kept(db: sqlite3.Connection, reference: str, person: str) -> None:
    db.execute("INSERT OR IGNORE INTO invited (reference, person) VALUES (?, ?)", (reference, person))


def _research(row: sqlite3.Row) -> Write:
    said = words("words")
    return lambda db: cases.research(db, row["reference"], g.session["organisation"], said, g.now)


def _suggestion(row: sqlite3.Row) -> Write:
    due_on, said, whose = day("due_on"), words("words"), words("organisation")
    if due_on is None or not said:
        raise NotNow("Say what is to be done, by whom, and by when.")
    return lambda db: cases.suggest(db, row["reference"], whose, said, due_on)


def _moves(before: str, *, to: tuple[str, ...]) -> Callable[[sqlite3.Row], Write]:
    def ask(row: sqlite3.Row) -> Write:
        number, after = request.form.get("id", type=int), words("status")
        if number is None or after not in to:
            raise NotNow("Say what became of the action.")
        moved = Moved(number, g.session["organisation"], before, after)
        return lambda db: cases.move_action(db, row["reference"], moved, g.now)

    return ask


def _meeting(row: sqlite3.Row) -> Write:
    came, read = set(request.form.getlist("came")), set(request.form.getlist("read"))

    def write(db: sqlite3.Connection) -> None:
        asked = db.execute("SELECT organisation FROM research WHERE reference = ?", (row["reference"],)).fetchall()
        told = {each[0]: Came(each[0] in came, each[0] in read) for each in asked}
        cases.hear(db, row["reference"], told, g.now)

    return write


def _event(row: sqlite3.Row) -> Write:
    kind, happened_on = words("kind"), day("happened_on")
    if not kind or happened_on is None:
        raise NotNow("Say what happened, and on which day.")
    return lambda db: telling.happened(db, row["reference"], kind, happened_on, g.now)


def _closing(row: sqlite3.Row) -> Write:
    return lambda db: cases.close(db, row["reference"], g.now)


STEPS = {
    "accept": Step(ON_A_CASE["accept"], _accept, "The case is taken up. Its organisations are asked for their research."),
    "decline": Step(ON_A_CASE["accept"], _decline, "The referral is not taken up."),
    "circle": Step(ON_A_CASE["close the circle"], _circle, "It is decided whether this is a Closed MARAC."),
    "invitation": Step(ON_A_CASE["invite"], _invitation, "They are invited to this case."),
    "research": Step(
        Wish("research.write", "research"), _research, "Your agency’s research is with the case.", own_part=True
    ),
    "suggestion": Step(ON_A_CASE["suggest"], _suggestion, "The action is suggested to its agency."),
    "acceptance": Step(
        Wish("action.accept", "action"), _moves("suggested", to=("accepted", "not_feasible")),
        "It is kept what your agency says to the action.", own_part=True,
    ),
    "action": Step(
        Wish("action.update", "action"), _moves("accepted", to=("done", "not_feasible")),
        "It is kept what became of the action.", own_part=True,
    ),
    "meeting": Step(ON_A_CASE["hold the meeting"], _meeting, "It is kept that the meeting was held, and who came."),
    "event": Step(ON_A_CASE["invite"], _event, "The compliance service is told: the case may be kept for longer."),
    "closing": Step(ON_A_CASE["close"], _closing, "The case is closed."),
}  # fmt: skip
"""Each by the last part of its address."""

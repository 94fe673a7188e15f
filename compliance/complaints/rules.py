"""Which steps a complaint can take, by when, whose turn it is, and who is the same person: tables and dates, and nothing else (COM-1 to COM-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from compliance.kernel.calendar import Calendar, add_working_days, first_working_day
from compliance.kernel.reminding import Time, to_remind

from .errors import (
    ChairsWordIsFinal,
    ComplaintEnded,
    NoFurtherStage,
    NoReportHere,
    NotYetTheChairs,
    SamePersonOnBothSides,
    StageMoved,
    StillOpen,
)

_DAY = timedelta(days=1)

FIRST, LAST = 1, 4
"""The first stage, between team managers, and the last, which is the chair's (COM-1)."""

WITH_REPORT = frozenset({3, 4})
"""The stages that do not open without a written report (COM-3)."""


class Status(StrEnum):
    """Where a complaint stands: open, resolved by agreement, or ended by the chair's word."""

    OPEN = "open"
    RESOLVED = "resolved"
    FINAL = "final"


class Step(StrEnum):
    """What can be done to a complaint that moves it."""

    ESCALATE = "escalate"
    RESOLVE = "resolve"
    RULE = "rule"


NEXT: dict[tuple[Status, int, Step], tuple[Status, int]] = {
    (Status.OPEN, 1, Step.ESCALATE): (Status.OPEN, 2),
    (Status.OPEN, 2, Step.ESCALATE): (Status.OPEN, 3),
    (Status.OPEN, 3, Step.ESCALATE): (Status.OPEN, 4),
    (Status.OPEN, 1, Step.RESOLVE): (Status.RESOLVED, 1),
    (Status.OPEN, 2, Step.RESOLVE): (Status.RESOLVED, 2),
    (Status.OPEN, 3, Step.RESOLVE): (Status.RESOLVED, 3),
    (Status.OPEN, 4, Step.RESOLVE): (Status.RESOLVED, 4),
    (Status.OPEN, 4, Step.RULE): (Status.FINAL, 4),
}
"""Every step there is: upwards by one, or to an end, and never by itself (COM-2, COM-4, COM-5)."""


class Turn(StrEnum):
    """Whose move it is: of whoever complains, of whom it is about, or the chair's."""

    FROM = "from"
    ABOUT = "about"
    CHAIR = "chair"


@dataclass(frozen=True)
class Speaker:
    """Who speaks for an organisation at a stage; `email` and the account may be missing (COM-2)."""

    name: str
    post: str
    email: str | None = None
    person_id: UUID | None = None


def after(status: Status, stage: int, step: Step) -> tuple[Status, int]:
    """Where a complaint stands after a step; raises ComplaintEnded, NoFurtherStage, NotYetTheChairs."""
    try:
        return NEXT[status, stage, step]
    except KeyError:
        if status is not Status.OPEN:
            raise ComplaintEnded() from None
        raise (NoFurtherStage if step is Step.ESCALATE else NotYetTheChairs)() from None


def still_open(status: Status) -> None:
    """Refuse where a complaint has ended; raises ComplaintEnded."""
    if status is not Status.OPEN:
        raise ComplaintEnded()


def still_at(stage: int, seen: int) -> None:
    """Refuse where whoever decides has seen another stage than the one that is open; raises StageMoved."""
    if stage != seen:
        raise StageMoved()


def can_be_taken_up_again(status: Status) -> None:
    """Refuse where there is nothing to take up again; raises StillOpen, and ChairsWordIsFinal."""
    if status is Status.OPEN:
        raise StillOpen()
    if status is Status.FINAL:
        raise ChairsWordIsFinal()


def opens_by_report(stage: int) -> int:
    """The stage that a report sent at this one opens; raises NoReportHere where the next needs none."""
    if stage + 1 not in WITH_REPORT:
        raise NoReportHere()
    return stage + 1


def due_on(today: date, stage: int, days: Sequence[int], *, immediate_risk: bool, calendar: Calendar) -> date:
    """The last day of a stage that opens today: so many working days after it, or the same one; raises BeyondCalendar.

    An immediate risk is met the same working day, and one reported on a day that is none on the next (COM-8).
    """
    if immediate_risk:
        return first_working_day(today, calendar)
    return add_working_days(today, days[stage - 1], calendar)


def reminder(today: date, due: date, reminded_on: date | None, days: int, calendar: Calendar) -> Time | None:
    """Which reminder of a stage's last working day is due on this day, if any: each of the three goes out once (COM-5)."""
    soon_from = due
    while add_working_days(soon_from - _DAY, days, calendar) >= due:
        soon_from -= _DAY
    return to_remind(today, due, soon_from, reminded_on)


def turns(stage: int, *, from_recorded: bool, about_recorded: bool) -> frozenset[Turn]:
    """Whose move it is in an open complaint, by what each organisation has recorded at its stage.

    Whoever has not recorded does that first. Then whoever complains says whether it is resolved or goes on, but at
    the last stage the chair does. It says on whom it waits, and bars nobody from a step.
    """
    waits = set()
    if not from_recorded or (about_recorded and stage < LAST):
        waits.add(Turn.FROM)
    if not about_recorded:
        waits.add(Turn.ABOUT)
    if stage == LAST:
        waits.add(Turn.CHAIR)
    return frozenset(waits)


def two_people(one: Speaker, other: Speaker) -> None:
    """Refuse the same person on both sides: by account, by address, or by name where nothing else tells them apart.

    Raises SamePersonOnBothSides (COM-2).
    """
    same = one.person_id is not None and one.person_id == other.person_id
    if one.email is not None and other.email is not None:
        same = same or one.email.casefold() == other.email.casefold()
    else:
        same = same or _plain(one.name) == _plain(other.name)
    if same:
        raise SamePersonOnBothSides()


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())

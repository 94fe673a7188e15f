"""When an access audit opens and is due, what it counts, and what may be done to it: tables and nothing else (AUD-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import date, time, timedelta
from enum import StrEnum

from compliance.kernel.calendar import (
    Calendar,
    Quarter,
    add_working_days,
    first_working_day,
    is_working_day,
    quarter_of,
)
from compliance.kernel.clock import showing

from .errors import AuditOver

QUARTERS_BACK = 4
"""So many quarters are looked at for audits that were never opened: nobody signs off what is longer ago with profit."""


class Status(StrEnum):
    """Where an audit stands; signed off, it is over."""

    OPENED = "opened"
    SIGNED = "signed_off"


class Step(StrEnum):
    """What can be done to an audit."""

    FIND = "find"
    SIGN = "sign"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.OPENED, Step.FIND): Status.OPENED,
    (Status.OPENED, Step.SIGN): Status.SIGNED,
}
"""Every step there is."""


class Progress(StrEnum):
    """What a list says of an audit: it waits, its last day has passed, or it is signed off."""

    OPEN = "open"
    OVERDUE = "overdue"
    SIGNED = "signed_off"


class Kind(StrEnum):
    """What kind of thing was found. A breach is to be raised as one; what came of the others stands in the words."""

    NOTHING = "nothing_unusual"
    QUESTION = "to_be_asked"
    TOO_MUCH = "more_than_needed"
    OUT_OF_HOURS = "out_of_hours"
    UNUSED = "not_used"
    TRAINING = "training"
    BREACH = "breach"


@dataclass(frozen=True)
class Figures:
    """What one person did in a quarter, or all of an organisation together. Each number counts exactly this:

    `sign_ins`: sign-ins to this service that were whole (an entry `sign_in.done`).
    `case_sign_ins`: sign-ins to the case system, as it reported them.
    `cases_opened`: different cases, by their reference, that the case system reported as viewed, downloaded from,
    exported or disclosed, or that this service said the person may view (a permit of any `….view` on a `case`, asked
    alone or in a batch). A case opened a hundred times, or asked about and then reported, is one.
    `downloads` and `exports`: as the case system reported them, each time.
    `refusals`: questions about the person that this service answered with no, alone or in a batch, each time.
    `reported_refusals`: what the case system reported that it refused, each time. They stand apart from `refusals`,
    because an attempt may be both asked about and reported.
    `out_of_hours`: sign-ins to the case system outside working hours, each time, and different cases opened outside
    them at least once. Of what was reported the hours are those in force when it was reported; of what was asked,
    those in force when the audit is opened.
    `break_glass`: different cases, or other things asked for, that were permitted by break-glass (DEC-5).
    """

    sign_ins: int = 0
    case_sign_ins: int = 0
    cases_opened: int = 0
    downloads: int = 0
    exports: int = 0
    refusals: int = 0
    reported_refusals: int = 0
    out_of_hours: int = 0
    break_glass: int = 0

    def __iter__(self) -> Iterator[int]:
        return iter(astuple(self))

    def __bool__(self) -> bool:
        return any(self)


FIGURES: tuple[str, ...] = tuple(field.name for field in fields(Figures))
"""The figures by name, in the order in which they are shown."""


def together(each: Iterable[Figures]) -> Figures:
    """All of these added up. Of cases it counts each person's: two people who opened the same one are two."""
    rows = list(each)
    return Figures(*(sum(column) for column in zip(*rows, strict=True))) if rows else Figures()


def after(status: Status, step: Step) -> Status:
    """Where an audit stands after a step; raises AuditOver where it is signed off."""
    try:
        return NEXT[status, step]
    except KeyError:
        raise AuditOver() from None


def progress(status: Status, due_on: date, today: date) -> Progress:
    """What a list says of an audit today."""
    if status is Status.SIGNED:
        return Progress.SIGNED
    return Progress.OVERDUE if today > due_on else Progress.OPEN


def opens_on(quarter: Quarter, calendar: Calendar) -> date:
    """The first working day after the quarter; raises BeyondCalendar."""
    return first_working_day(quarter.next.first_day, calendar)


def to_open(today: date, known_since: date, calendar: Calendar) -> list[Quarter]:
    """The quarters whose audits can be open by now, the oldest first: so many back, and none before the log began.

    Raises BeyondCalendar.
    """
    last = quarter_of(today).previous
    if opens_on(last, calendar) > today:
        last = last.previous
    quarters = [last]
    while len(quarters) < QUARTERS_BACK:
        quarters.append(quarters[-1].previous)
    return [each for each in reversed(quarters) if each >= quarter_of(known_since)]


def due_on(opened_on: date, working_days: int, calendar: Calendar) -> date:
    """The last day on which an audit that was opened on this day is signed off in time; raises BeyondCalendar."""
    return add_working_days(opened_on, working_days, calendar)


def working_hours(quarter: Quarter, from_hour: int, until_hour: int, calendar: Calendar) -> frozenset[str]:
    """The hours of the quarter in which somebody is expected to work, in UTC, each as the log writes its beginning.

    The log's instants begin so, and working hours begin and end with a full hour of London, which is one of UTC too.
    """
    hours: set[str] = set()
    day = quarter.first_day
    while day <= quarter.last_day:
        if is_working_day(day, calendar):
            shown = (showing(day, time(hour)) for hour in range(from_hour, until_hour))
            hours.update(f"{instant:%Y-%m-%dT%H}" for instants in shown for instant in instants)
        day += timedelta(days=1)
    return frozenset(hours)

"""When an access is worth a question, and what becomes of the question: looks, tables and dates, and nothing else (AUD-6).

A look is a pure function of what somebody did. The log is gone through in its order, one thing at a time; what has
been done so far, and this on top of it, is too much or is not. So whoever looks, however much at once, and whatever
was reported late, the same log raises the same flags.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from compliance.kernel.calendar import Calendar, add_working_days
from policies.need_to_know import NeedToKnowRule

from .errors import FlagReviewed

CONFLICT = "conflict"
"""The look that finds nothing in the log: what it finds is told to those who set a conflict, and to nobody else (DEC-6)."""


class Status(StrEnum):
    """Where a flag stands. One that is explained is at its end; one that is a breach is to be raised as one, and then is."""

    OPEN = "open"
    EXPLAINED = "explained"
    BREACH = "breach"
    RAISED = "raised"


class Step(StrEnum):
    """What a review can find, and that what it found is raised as a breach."""

    EXPLAIN = "explain"
    FIND_BREACH = "find_breach"
    RAISE = "raise"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.OPEN, Step.EXPLAIN): Status.EXPLAINED,
    (Status.OPEN, Step.FIND_BREACH): Status.BREACH,
    (Status.BREACH, Step.RAISE): Status.RAISED,
}
"""Every step there is."""


class Reason(StrEnum):
    """Why a review found what it did."""

    PART_OF_WORK = "part_of_work"
    FOR_A_COLLEAGUE = "for_a_colleague"
    EMERGENCY = "emergency"
    RECORD_WRONG = "record_wrong"
    NOTHING_SEEN = "nothing_seen"
    NO_NEED = "no_need"
    OWN_OR_RELATIVE = "own_or_relative"
    PASSED_ON = "passed_on"
    OTHER = "other"


REASONS: dict[Step, tuple[Reason, ...]] = {
    Step.EXPLAIN: (
        Reason.PART_OF_WORK, Reason.FOR_A_COLLEAGUE, Reason.EMERGENCY, Reason.RECORD_WRONG, Reason.NOTHING_SEEN,
        Reason.OTHER,
    ),
    Step.FIND_BREACH: (Reason.NO_NEED, Reason.OWN_OR_RELATIVE, Reason.PASSED_ON, Reason.OTHER),
}  # fmt: skip
"""Which reasons each finding can have."""


@dataclass(frozen=True)
class Seen:
    """One thing that the log says somebody did, as the looks see it; `number` is its entry's.

    `opened`: a case was viewed, downloaded or exported. `refused`: everything that was asked was refused; `decided`:
    by a decision of ours, and not in the case system. `involved` is what the case system says of the organisation's part, None where it does not say.
    """

    number: int
    at: datetime
    person_id: UUID
    organisation_id: UUID | None = None
    reference: str | None = None
    opened: bool = False
    refused: bool = False
    decided: bool = False
    involved: bool | None = None
    out_of_hours: bool = False
    break_glass: bool = False


@dataclass(frozen=True)
class Look:
    """A way to look: which things it sees, whether each case by itself, whether it counts cases and not times."""

    sees: Callable[[Seen], bool]
    by_case: bool = False
    cases: bool = False


LOOKS: dict[str, Look] = {
    "involvement": Look(lambda seen: seen.opened and seen.involved is False, by_case=True),
    CONFLICT: Look(lambda _seen: False),
    "bulk": Look(lambda seen: seen.opened and seen.reference is not None, cases=True),
    "hours": Look(lambda seen: seen.opened and seen.out_of_hours),
    "refusals": Look(lambda seen: seen.refused),
    "break_glass": Look(lambda seen: seen.break_glass, by_case=True),
}
"""Every look there is, by the name that a rule of `need_to_know.toml` takes it by."""


def after(status: Status, step: Step) -> Status:
    """Where a flag stands after a step; raises FlagReviewed where it has been decided, or is not a breach."""
    try:
        return NEXT[status, step]
    except KeyError:
        raise FlagReviewed() from None


def look_of(rule: NeedToKnowRule) -> Look:
    """How a rule looks."""
    return LOOKS[rule.looks_at]


def occasion(rule: NeedToKnowRule, new: Seen, before: Iterable[Seen]) -> tuple[Seen, ...]:
    """What the rule asks about now that `new` came on top of what was done `before`; empty where it asks nothing.

    All of it was done by one person, each thing once. It is every stretch of the rule's time that `new` is part of and that holds more
    than `most`, in the order of time. Things exactly that time apart are not within it.
    """
    look = look_of(rule)
    if not rule.in_use or not look.sees(new):
        return ()
    if not rule.window_minutes:
        return (new,)
    span = timedelta(minutes=rule.window_minutes)
    earliest, latest = new.at - span, new.at + span
    near = [seen for seen in before if earliest < seen.at < latest and look.sees(seen)]
    if len(near) < rule.most:
        return ()
    near = sorted([*near, new], key=attrgetter("at", "number"))
    begins, ends = len(near), -1
    held: Counter[object] = Counter()
    first = 0
    for last, seen in enumerate(near):
        held[_counted(look, seen)] += 1
        while seen.at - near[first].at >= span:
            gone = _counted(look, near[first])
            held[gone] -= 1
            if not held[gone]:
                del held[gone]
            first += 1
        # Whatever is near and stands in a stretch without `new` stands in one with it, too.
        if len(held) > rule.most:
            begins, ends = min(begins, first), last
    return tuple(near[begins : ends + 1]) if ends >= 0 else ()


def due_on(day: date, days: int, calendar: Calendar) -> date:
    """The day by which a flag raised on this day is reviewed; raises BeyondCalendar."""
    return add_working_days(day, days, calendar)


def reminder_due(today: date, due: date, reminded_on: date | None, days: int, calendar: Calendar) -> bool:
    """Whether a reviewer is reminded on this day: once so many working days before, and once when the day is over."""
    if today > due:
        return reminded_on is None or reminded_on <= due
    return reminded_on is None and add_working_days(today, days, calendar) >= due


def false_rate(explained: int, breaches: int) -> int | None:
    """The share of decided flags that were explained, in whole per cent; None where nothing is decided."""
    decided = explained + breaches
    return (200 * explained + decided) // (2 * decided) if decided else None


def _counted(look: Look, seen: Seen) -> object:
    return seen.reference if look.cases else seen.number

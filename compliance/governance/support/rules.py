"""The path of a request for help, and whose matter it can be: tables only (GOV-6, OP 6.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from compliance.kernel.calendar import Calendar, add_working_days
from compliance.kernel.errors import Refusal

from .errors import HelpOver, NotSorted, PassedOnAlready, SortedAlready


class Matter(StrEnum):
    """Whose matter it is."""

    LOCAL_IT = "local_it"
    THIS_SERVICE = "this_service"
    SUPPLIER = "supplier"


class Status(StrEnum):
    """How far it has come."""

    ASKED = "asked"
    SORTED = "sorted"
    PASSED_ON = "passed_on"
    ENDED = "ended"


class Step(StrEnum):
    """What can be done about it."""

    SORT = "sort"
    PASS_ON = "pass_on"  # noqa: S105 - a step, not a password
    END = "end"


NEXT: Mapping[tuple[Status, Step], Status] = {
    (Status.ASKED, Step.SORT): Status.SORTED,
    (Status.SORTED, Step.PASS_ON): Status.PASSED_ON,
    (Status.SORTED, Step.END): Status.ENDED,
    (Status.PASSED_ON, Step.END): Status.ENDED,
}
"""Every step there is. It is said whose matter it is before anything else; only what is the supplier's is passed on."""

REFUSED: Mapping[tuple[Status, Step], type[Refusal]] = {
    (Status.ASKED, Step.PASS_ON): NotSorted,
    (Status.ASKED, Step.END): NotSorted,
    (Status.SORTED, Step.SORT): SortedAlready,
    (Status.PASSED_ON, Step.SORT): SortedAlready,
    (Status.PASSED_ON, Step.PASS_ON): PassedOnAlready,
    (Status.ENDED, Step.SORT): HelpOver,
    (Status.ENDED, Step.PASS_ON): HelpOver,
    (Status.ENDED, Step.END): HelpOver,
}
"""And how each of the others is refused."""


def after(status: Status | str, step: Step) -> Status:
    """Where it stands after a step; raises NotSorted, SortedAlready, PassedOnAlready, HelpOver."""
    key = (Status(status), step)
    try:
        return NEXT[key]
    except KeyError:
        raise REFUSED[key]() from None


def steps(status: Status | str, matter: str | None) -> frozenset[Step]:
    """What can be done as it stands: only what is the supplier's can be passed on."""
    possible = {step for step in Step if (Status(status), step) in NEXT}
    return frozenset(possible if matter == Matter.SUPPLIER else possible - {Step.PASS_ON})


def answer_by(asked_on: date, days: int, calendar: Calendar) -> date:
    """The day by which it should be over: so many working days after it was asked; raises BeyondCalendar."""
    return add_working_days(asked_on, days, calendar)


def called(year: int, number: int) -> str:
    """What people call it: *H-2026-3*."""
    return f"H-{year}-{number}"

"""What a breach can be, the path it takes, whose move each part of it is and by when: tables and dates (BRE-1, BRE-2)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from compliance.kernel.calendar import Calendar, add_working_days
from policies.groups import BreachValues
from policies.permissions import Permission

from .errors import NoSuchStep


class Kind(StrEnum):
    """The kinds of OP 10.1, and those of OP 6.6 that every organisation reports as soon as it is aware (BRE-1)."""

    FAILURE_TO_SHARE = "failure_to_share"
    LEGAL_REQUIREMENTS = "legal_requirements"
    VICTIMS_NEEDS = "victims_needs"
    RISK_ASSESSMENT = "risk_assessment"
    DATA_BREACH = "data_breach"
    SECURITY_INCIDENT = "security_incident"


class Status(StrEnum):
    """Where a breach stands (BRE-2); the last two are ends. `answered`: raised with the partner, who has said what it did."""

    REPORTED = "reported"
    RAISED = "raised"
    ANSWERED = "answered"
    WITH_MANAGER = "with_manager"
    WITH_STEERING = "with_steering"
    RESOLVED = "resolved"
    CLOSED = "closed"


class Step(StrEnum):
    """What can be done with a breach; which step leads where stands in `NEXT`. The report is the first of its steps."""

    REPORT = "report"
    RAISE = "raise"
    ANSWER = "answer"
    ESCALATE_TO_MANAGER = "escalate_to_manager"
    ESCALATE_TO_STEERING = "escalate_to_steering"
    RESOLVE = "resolve"
    CLOSE = "close"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.REPORTED, Step.RAISE): Status.RAISED,
    (Status.RAISED, Step.ANSWER): Status.ANSWERED,
    (Status.RAISED, Step.RESOLVE): Status.RESOLVED,
    (Status.RAISED, Step.ESCALATE_TO_MANAGER): Status.WITH_MANAGER,
    (Status.ANSWERED, Step.RESOLVE): Status.RESOLVED,
    (Status.ANSWERED, Step.ESCALATE_TO_MANAGER): Status.WITH_MANAGER,
    (Status.WITH_MANAGER, Step.RESOLVE): Status.RESOLVED,
    (Status.WITH_MANAGER, Step.ESCALATE_TO_STEERING): Status.WITH_STEERING,
    (Status.WITH_STEERING, Step.CLOSE): Status.CLOSED,
}
"""Every step there is (BRE-2): to the partner first, then one up at a time, and never back (OP 10.2)."""

ENDED = frozenset({Status.RESOLVED, Status.CLOSED})

ENDS = frozenset({Step.RESOLVE, Step.CLOSE})
"""The steps after which nothing is open, and no licence may rest for it any more (BRE-4)."""

MOVES: dict[Status, Permission] = {
    Status.REPORTED: Permission.INCIDENT_HANDLE,
    Status.RAISED: Permission.INCIDENT_ANSWER,
    Status.ANSWERED: Permission.INCIDENT_HANDLE,
    Status.WITH_MANAGER: Permission.INCIDENT_MANAGE,
    Status.WITH_STEERING: Permission.INCIDENT_CLOSE,
}
"""Whose move it is: whoever has this permission; where a partner is to answer, those of that organisation."""

HELD_BY_PARTNER = frozenset({Status.RAISED})
"""Where the move is the partner's."""


def after(status: Status, step: Step) -> Status:
    """Where a breach stands after a step; raises NoSuchStep where there is none."""
    try:
        return NEXT[status, step]
    except KeyError:
        raise NoSuchStep() from None


def taken_with(status: Status, step: Step) -> Permission:
    """The permission that a step from here takes; raises NoSuchStep where there is none.

    Only the partner answers. While it is the partner's turn, it is the hub that finds the answer given elsewhere good
    enough, or goes on without one.
    """
    after(status, step)
    if step is Step.ANSWER:
        return Permission.INCIDENT_ANSWER
    return Permission.INCIDENT_HANDLE if status is Status.RAISED else MOVES[status]


def due_on(status: Status, day: date, terms: BreachValues, calendar: Calendar) -> date | None:
    """The last day of the step that follows, counted from this London date; None at an end. Raises BeyondCalendar."""
    days = {
        Status.REPORTED: terms.raise_working_days,
        Status.RAISED: terms.partner_working_days,
        Status.ANSWERED: terms.judge_working_days,
        Status.WITH_MANAGER: terms.manager_working_days,
        Status.WITH_STEERING: terms.steering_working_days,
    }.get(status)
    return None if days is None else add_working_days(day, days, calendar)


def in_order(happened_at: datetime | None, aware_at: datetime, reported_at: datetime) -> str | None:
    """Which of the instants cannot be: `aware_at` after the report, or `happened_at` after it was known; else None."""
    if aware_at > reported_at:
        return "aware_at"
    return "happened_at" if happened_at is not None and happened_at > aware_at else None


class Lesson(StrEnum):
    """What is kept with a breach beside its path: something learned, or something to be done."""

    LESSON = "lesson"
    ACTION = "action"

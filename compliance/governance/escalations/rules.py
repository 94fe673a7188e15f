"""From which group to which an organisation that does not take part is escalated, and when: tables and dates only (GOV-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from compliance.kernel.calendar import Calendar, add_working_days
from compliance.kernel.errors import Refusal

from .errors import AnsweredAlready, AnswerNotDue, EscalationOver, NoGroupAbove


class Level(StrEnum):
    """The group that an escalation stands before, the lowest first (OP 8.1, 8.2; 2023 paper 5.3)."""

    STEERING = "steering"
    TACTICAL = "tactical"
    EXECUTIVE = "executive"


ABOVE: Mapping[Level, Level] = {Level.STEERING: Level.TACTICAL, Level.TACTICAL: Level.EXECUTIVE}
"""One group at a time, upwards only."""


class About(StrEnum):
    """What an organisation is held to account for (OP 8.1)."""

    ATTENDANCE = "attendance"
    ACTIONS = "actions"
    RESEARCH = "research"
    REFERRALS = "referrals"
    OTHER = "other"


class Standing(StrEnum):
    """Whose move it is: the organisation's, in time or not any more; the group's; or nobody's."""

    ASKED = "asked"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    ENDED = "ended"


class Step(StrEnum):
    """What can be done about an escalation."""

    ANSWER = "answer"
    RAISE = "raise"
    END = "end"


NEXT: Mapping[tuple[Standing, Step], Standing] = {
    (Standing.ASKED, Step.ANSWER): Standing.ANSWERED,
    (Standing.ASKED, Step.END): Standing.ENDED,
    (Standing.OVERDUE, Step.ANSWER): Standing.ANSWERED,
    (Standing.OVERDUE, Step.RAISE): Standing.ASKED,
    (Standing.OVERDUE, Step.END): Standing.ENDED,
    (Standing.ANSWERED, Step.RAISE): Standing.ASKED,
    (Standing.ANSWERED, Step.END): Standing.ENDED,
}
"""Every step there is. Raised, it stands before the group above, which asks anew."""

REFUSED: Mapping[tuple[Standing, Step], type[Refusal]] = {
    (Standing.ASKED, Step.RAISE): AnswerNotDue,
    (Standing.ANSWERED, Step.ANSWER): AnsweredAlready,
    (Standing.ENDED, Step.ANSWER): EscalationOver,
    (Standing.ENDED, Step.RAISE): EscalationOver,
    (Standing.ENDED, Step.END): EscalationOver,
}
"""And how each of the others is refused."""


def after(standing: Standing, step: Step) -> Standing:
    """Where it stands after a step; raises AnswerNotDue, AnsweredAlready, EscalationOver."""
    try:
        return NEXT[standing, step]
    except KeyError:
        raise REFUSED[standing, step]() from None


def above(level: Level) -> Level:
    """The group above this one; raises NoGroupAbove."""
    try:
        return ABOVE[level]
    except KeyError:
        raise NoGroupAbove() from None


def standing(*, ended: bool, answered: bool, answer_by: date, today: date) -> Standing:
    """How an escalation stands on a day, by what its present group asked."""
    if ended:
        return Standing.ENDED
    if answered:
        return Standing.ANSWERED
    return Standing.OVERDUE if today > answer_by else Standing.ASKED


def steps(standing: Standing, level: Level) -> frozenset[Step]:
    """What can be done as it stands before this group."""
    return frozenset(
        step for step in Step if (standing, step) in NEXT and not (step is Step.RAISE and level not in ABOVE)
    )


def answer_by(asked_on: date, days: int, calendar: Calendar) -> date:
    """The last day on which a group is answered: so many working days after it asked; raises BeyondCalendar."""
    return add_working_days(asked_on, days, calendar)


def called(year: int, number: int) -> str:
    """What people call an escalation by: *E-2026-3*."""
    return f"E-{year}-{number}"

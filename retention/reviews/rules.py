"""What a review of a record can be, what it asks and what it can end in: tables and pure functions (RET-3, RET-4, RET-7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from compliance.kernel.calendar import BeyondCalendar, Calendar, add_working_days, is_working_day
from policies.keeping import RetentionQuestion

_WORKING, _WHOLE = 5, 7
"""Days of a week, where no calendar knows its bank holidays."""


class Kind(StrEnum):
    """Why there is a review: its time came, something happened on the record, or somebody outside asks for one."""

    DUE = "due"
    TRIGGERED = "triggered"
    EXCEPTIONAL = "exceptional"


class Trigger(StrEnum):
    """What somebody asks for a review by (RET-7)."""

    NEW_INFORMATION = "new_information"
    REGROUP = "regroup"
    SUBJECT_REQUEST = "subject_request"
    AUTHORITY = "authority"


KINDS: Mapping[Trigger, Kind] = {
    Trigger.NEW_INFORMATION: Kind.TRIGGERED,
    Trigger.REGROUP: Kind.TRIGGERED,
    Trigger.SUBJECT_REQUEST: Kind.EXCEPTIONAL,
    Trigger.AUTHORITY: Kind.EXCEPTIONAL,
}
"""Which kind of review each asks for."""


class Status(StrEnum):
    """Whether a review waits for its decision."""

    OPEN = "open"
    DECIDED = "decided"


class Decision(StrEnum):
    """What a review ends in: the record is kept, kept in one more group, or its disposal is proposed (RET-4)."""

    RETAIN = "retain"
    REGROUP = "regroup"
    DISPOSE = "dispose"


class Answer(StrEnum):
    """What can be answered to a question of the assessment."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def finish_by(day: date, working_days: int, calendar: Calendar) -> date:
    """The last day to decide a review that is made on this day.

    Where the calendar does not reach, weeks of five days count: a review is made whatever is known of bank holidays.
    """
    try:
        return add_working_days(day, working_days, calendar)
    except BeyondCalendar:
        return day + timedelta(days=-(-working_days * _WHOLE // _WORKING))


def soon_from(finish_by: date, working_days: int, calendar: Calendar) -> date:
    """The first day on which a reviewer is reminded that a review is to be decided so many working days later."""
    day, counted = finish_by, 0
    while counted < working_days:
        day -= timedelta(days=1)
        counted += _is_working(day, calendar)
    return day


def _is_working(day: date, calendar: Calendar) -> bool:
    try:
        return is_working_day(day, calendar)
    except BeyondCalendar:
        return day.weekday() < _WORKING


def missing(questions: Mapping[str, RetentionQuestion], answers: Mapping[str, str]) -> list[str]:
    """The questions that are not answered, or not by one of the answers there are."""
    return [code for code in questions if answers.get(code) not in list(Answer)]


def speaks_for_keeping(questions: Mapping[str, RetentionQuestion], answers: Mapping[str, str]) -> list[str]:
    """The questions whose answer speaks for keeping: yes where yes does, and nobody knowing is no reason to dispose."""
    return [code for code, each in questions.items() if each.keeps and answers.get(code) != Answer.NO.value]


def confirmed(questions: Mapping[str, RetentionQuestion]) -> bool:
    """Whether information governance has confirmed every question."""
    return all(each.confirmed for each in questions.values())


def check_next(chosen: date | None, *, today: date, by_rule: date) -> bool:
    """Whether a day for the next review can be chosen: after today, and not after the rule's. None leaves it to the rule."""
    return chosen is None or today < chosen <= by_rule

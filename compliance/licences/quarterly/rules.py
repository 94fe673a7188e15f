"""What the audit finds of a licence, and on which days it warns and ends: tables, dates and nothing else (LIC-8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from compliance.kernel.calendar import Calendar, Quarter, first_working_day, quarter_of
from compliance.kernel.clock import end_of, start_of
from compliance.licences.rules import Status, Suspension


class Verdict(StrEnum):
    """What was found of one licence in one quarter; only an unused one ends.

    `used_since`: its last use is after the quarter. Only the last use is kept, so it may have been used within the
    quarter as well, and it is left alone. `young`: it began within the quarter.
    """

    USED = "used"
    USED_SINCE = "used_since"
    RESTING = "resting"
    YOUNG = "young"
    EXEMPT = "exempt"
    UNUSED = "unused"


JUDGED = (Status.ACTIVE, Status.SUSPENDED)
"""The licences that a quarter's audit looks at: those that were given and have not ended."""

RESTS = (Suspension.LEAVE, Suspension.INVESTIGATION, Suspension.ELIGIBILITY)
"""Why a licence could not be used, so that not using it is no waste. A rota is a way to use it (LIC-6)."""


@dataclass(frozen=True)
class Standing:
    """All that a verdict goes by. `exempt`: an exemption that reaches the quarter's last day is in force."""

    activated_at: datetime
    used_at: datetime | None = None
    suspension: str | None = None
    exempt: bool = False


def began(quarter: Quarter) -> datetime:
    """The quarter's first instant."""
    return start_of(quarter.first_day)


def over(quarter: Quarter) -> datetime:
    """The first instant after the quarter."""
    return end_of(quarter.last_day)


def verdict(quarter: Quarter, licence: Standing) -> Verdict:
    """What the audit of this quarter finds of a licence that it looks at."""
    if licence.used_at is not None and licence.used_at >= began(quarter):
        return Verdict.USED if licence.used_at < over(quarter) else Verdict.USED_SINCE
    if licence.suspension in RESTS:
        return Verdict.RESTING
    if licence.activated_at > began(quarter):
        return Verdict.YOUNG
    return Verdict.EXEMPT if licence.exempt else Verdict.UNUSED


def due_on(quarter: Quarter, calendar: Calendar) -> date:
    """The day from which the quarter's audit is due: the first working day after it; raises BeyondCalendar."""
    return first_working_day(quarter.next.first_day, calendar)


def audited(today: date, calendar: Calendar) -> Quarter:
    """The last quarter whose audit is due by this day; raises BeyondCalendar."""
    running = quarter_of(today)
    last = running.previous
    return last if due_on(last, calendar) <= today else last.previous


def warned_from(quarter: Quarter, days: int) -> date:
    """The day from which on holders are warned: so many days before the quarter is over."""
    return quarter.next.first_day - timedelta(days=days)


def warned_for(today: date, days: int, calendar: Calendar) -> Quarter:
    """The quarter for which warnings go out on this day.

    The one that runs, in its last days; else the last that is audited, for whoever was not warned in time.
    """
    running = quarter_of(today)
    return running if today >= warned_from(running, days) else audited(today, calendar)


def ends_on(quarter: Quarter, warned_on: date, days: int, calendar: Calendar) -> date:
    """The day on which an unused licence ends: when the audit is due, and never so soon after its warning."""
    return max(due_on(quarter, calendar), warned_on + timedelta(days=days))


def warned_before(today: date, days: int) -> datetime:
    """Whoever was warned before this instant may lose an unused licence on this day."""
    return end_of(today - timedelta(days=days))

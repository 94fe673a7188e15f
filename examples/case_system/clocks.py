"""The protocol's times (OP 4.1 to 4.3): a referral is looked at within 24 hours, research takes five working days, planning five more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
REVIEW = timedelta(hours=24)
RESEARCH_WORKING_DAYS = 5
PLANNING_WORKING_DAYS = 5

_SATURDAY = 5


def review_by(referred_at: datetime) -> datetime:
    """The last instant for the 24-hour review: hours that pass, nights and weekends with them."""
    return referred_at + REVIEW


def working_days_after(day: date, number: int) -> date:
    """The working day so many after this one: no weekends, no bank holidays of England."""
    bank_holidays = holidays.country_holidays("GB", subdiv="ENG", years=(day.year, day.year + 1))
    while number:
        day += timedelta(days=1)
        number -= day.weekday() < _SATURDAY and day not in bank_holidays
    return day


def london_day(instant: datetime) -> date:
    """The day that it is in London then."""
    return instant.astimezone(LONDON).date()


def said(text: str | None) -> str:
    """An instant or a day as people read it."""
    if not text:
        return ""
    if len(text) == len("2026-11-21"):
        day = date.fromisoformat(text)
        return f"{day.day} {day:%B %Y}"
    instant = datetime.fromisoformat(text).astimezone(LONDON)
    return f"{instant.day} {instant:%B %Y, %H:%M}"

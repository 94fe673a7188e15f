"""One clock for the whole service.

Instants are aware and in UTC. A calendar date is always a London date, and it is only made here, so
that the two nights a year on which the clocks change are decided in one place.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Says what time it is; the only thing in the service that may."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved: for tests, and for jobs run *as of* an instant."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._at += by


def london_date(instant: datetime) -> date:
    """The calendar date in London at this instant."""
    return instant.astimezone(LONDON).date()


def said_day(day: date) -> str:
    """A date as people read it: *21 November 2026*."""
    return f"{day.day} {day:%B %Y}"


def said_time(instant: datetime) -> str:
    """A time of day as people read it, in London: *10:03am*."""
    there = instant.astimezone(LONDON)
    return f"{there.hour % 12 or 12}:{there:%M}{'am' if there.hour < 12 else 'pm'}"


def said_instant(instant: datetime) -> str:
    """An instant as people read it, in London, with the zone that its clocks showed: *Monday 23 November 2026 at 5:30pm GMT*."""
    there = instant.astimezone(LONDON)
    return f"{there:%A} {said_day(there.date())} at {said_time(instant)} {there:%Z}"


def showing(day: date, at: time) -> tuple[datetime, ...]:
    """The instants, in UTC and in order, at which clocks in London show this day and time.

    One, but for two nights a year: none in the hour that is left out in March, and two in the hour that comes
    twice in October.
    """
    shown = datetime.combine(day, at, LONDON)
    instants = dict.fromkeys(shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(
        sorted(each for each in instants if each.astimezone(LONDON).replace(tzinfo=None) == shown.replace(tzinfo=None))
    )


def start_of(day: date) -> datetime:
    """The instant at which this London date begins, in UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant after this London date, in UTC: the exclusive end of the day."""
    return start_of(day + timedelta(days=1))

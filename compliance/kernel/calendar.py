"""Working days of England, as far ahead as bank holidays are known, and calendar quarters (LIC-8).

Every function is given the calendar it is to go by, and a London date. Sums over Easter and Mondays would go on
for ever, but bank holidays do not follow from sums alone: New Year's Day, early May and every substitute day are
proclaimed, and one-off days are announced (Banking and Financial Dealings Act 1971, section 1). So the calendar
knows its last day, and asked beyond it everything here raises BeyondCalendar and guesses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

from .clock import said_day
from .errors import Conflict, Invalid

_DAY = timedelta(days=1)
_SATURDAY = 5
_FIRST = date(1972, 1, 1)


class BeyondCalendar(Conflict):
    """A working day was asked for that is further ahead than bank holidays are known."""

    code = "beyond-calendar"
    detail = "Bank holidays are not known so far ahead. Bring policies/calendar.toml up to date first."


@dataclass(frozen=True)
class Calendar:
    """`known_until` is the last day whose bank holidays are known; `added` and `taken_away` are one-off changes to them."""

    known_until: date
    added: tuple[date, ...] = ()
    taken_away: tuple[date, ...] = ()


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter of London dates, written as 2026-Q4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.number}"

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - _DAY

    @property
    def said(self) -> str:
        """As people read it: *October to December 2026*."""
        return f"{self.first_day:%B} to {self.last_day:%B %Y}"

    @property
    def next(self) -> Quarter:
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def previous(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)


def quarter_of(day: date) -> Quarter:
    """The quarter that this date falls in."""
    return Quarter(day.year, (day.month + 2) // 3)


def quarter_named(name: str) -> Quarter:
    """The quarter written like this; raises Invalid at `/quarter`."""
    year, _, number = name.partition("-Q")
    if (
        len(name) == 7
        and year.isascii()
        and year.isdigit()
        and number in ("1", "2", "3", "4")
        and 1 <= int(year) < 9999
    ):
        return Quarter(int(year), int(number))
    raise Invalid.at("/quarter", "Give a quarter such as 2026-Q4.")


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Whether England works on this day: neither a weekend nor a bank holiday; raises BeyondCalendar."""
    if day < _FIRST:
        raise BeyondCalendar(f"Bank holidays are known from {said_day(_FIRST)} on.")
    if day > calendar.known_until:
        raise BeyondCalendar(
            f"Bank holidays are known up to {said_day(calendar.known_until)} only, and {said_day(day)} is after it. "
            "Bring policies/calendar.toml up to date first."
        )
    if day.weekday() >= _SATURDAY or day in calendar.added:
        return False
    return day in calendar.taken_away or day not in _bank_holidays(day.year)


def first_working_day(day: date, calendar: Calendar) -> date:
    """This day if it is a working day, else the first one after it; raises BeyondCalendar."""
    while not is_working_day(day, calendar):
        day += _DAY
    return day


def next_working_day(day: date, calendar: Calendar) -> date:
    """The first working day after this day; raises BeyondCalendar."""
    return first_working_day(day + _DAY, calendar)


def add_working_days(day: date, days: int, calendar: Calendar) -> date:
    """The working day that is so many after this day, which is not counted itself; for 0 as `first_working_day`.

    Raises BeyondCalendar.
    """
    if days < 0:
        raise ValueError("working days are counted forwards")
    if days == 0:
        return first_working_day(day, calendar)
    for _ in range(days):
        day = next_working_day(day, calendar)
    return day


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> Mapping[date, str]:
    return country_holidays("GB", subdiv="ENG", years=year, expand=False)

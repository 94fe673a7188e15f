"""The times that the front page counts by, and a list is narrowed to: overdue, this quarter, each of the next years; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

YEARS = 10
"""Years after this one that are told apart; what comes after them is `later`."""

OVER, QUARTER, LATER = "over", "quarter", "later"
_MONTHS = 3


@dataclass(frozen=True)
class Span:
    """From one day to another, both of them in it; None where it is open."""

    first: date | None
    last: date | None


def quarter_end(today: date) -> date:
    """The last day of the quarter of the calendar that this day is in."""
    month = today.month + (-today.month) % _MONTHS
    return (date(today.year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def years(today: date) -> list[int]:
    """This year and the next ones, as they are told apart."""
    return list(range(today.year, today.year + YEARS + 1))


def codes(today: date) -> list[str]:
    """What a list can be narrowed to, in the order of time."""
    return [OVER, QUARTER, *(str(year) for year in years(today)), LATER]


def of(code: str, today: date) -> Span:
    """The days that a code means: this quarter and this year begin today, for what was before is over.

    Raises ValueError for a code that is none of `codes`.
    """
    if code not in codes(today):
        raise ValueError(code)
    if code == OVER:
        return Span(None, today - timedelta(days=1))
    if code == QUARTER:
        return Span(today, quarter_end(today))
    if code == LATER:
        return Span(date(today.year + YEARS + 1, 1, 1), None)
    year = int(code)
    return Span(max(today, date(year, 1, 1)), date(year, 12, 31))

"""What the first page is made of: things that wait, in three bands, and figures with the rows behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

AHEAD = timedelta(days=7)
"""How far ahead the first page looks."""

LONG = 4
"""Rows from which a band takes two columns."""

MANY = 8
"""Rows from which the bands stand one below the other, and only what is overdue says more than what it is."""


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: how many of it, what is to be done, and where.

    `late` is how many of them are past their day, `due` the first day by which something has to be done (or happens),
    and `urgent` that nobody should go past it.
    """

    number: int | None
    title: str
    says: str
    href: str
    does: str
    urgent: bool = False
    late: int = 0
    due: date | None = None


@dataclass(frozen=True)
class Figure:
    """A number that says how things stand, and the list that has exactly so many rows."""

    number: int
    title: str
    href: str


@dataclass(frozen=True)
class Band:
    """A column of the first page: what it is called, what stands in it, and what is said where nothing does."""

    title: str
    rows: tuple[Waiting, ...]
    nothing: str
    urgent: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it takes two columns to stand on one screen."""
        return len(self.rows) >= LONG


def bands(waiting: Iterable[Waiting], today: date) -> list[Band]:
    """What is overdue, what waits, and what the next seven days bring; each by its day, the urgent first."""
    rows = sorted(waiting, key=lambda each: (not each.urgent, each.due or date.max))
    late = [each for each in rows if is_late(each, today)]
    coming = [each for each in rows if not is_late(each, today) and _is_coming(each, today)]
    others = [each for each in rows if each not in late and each not in coming]
    return [
        Band("Overdue", tuple(late), "Nothing is overdue.", urgent=True),
        Band("Waits for you", tuple(others), "Nothing waits for you."),
        Band("Next 7 days", tuple(coming), "Nothing falls due in the next 7 days."),
    ]


def are_many(found: Iterable[Band]) -> bool:
    """Whether so much waits that each thing is said in a line, to stand on one screen."""
    return sum(len(each.rows) for each in found) >= MANY


def is_late(each: Waiting, today: date) -> bool:
    """Whether the day of this, or of some of it, is over."""
    return each.late > 0 or (each.due is not None and each.due < today)


def _is_coming(each: Waiting, today: date) -> bool:
    """Whether there is nothing to be done now, but its day is near."""
    return not each.urgent and each.due is not None and today <= each.due <= today + AHEAD

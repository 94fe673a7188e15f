"""Where a line through the months leads, and when it meets what there is; numbers in, a month out; pure (LIC-11, GOV-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil, sqrt

_WEEKS_A_YEAR, _MONTHS, _MINUTES = 52, 12, 60
_POINTS = 3
"""Months below which a line has no spread to speak of."""


class What(StrEnum):
    """What is counted of a month: as it stood at its end, or as much of it as there was in it."""

    ORGANISATIONS = "organisations"
    PEOPLE = "people"
    LICENCES = "licences"
    DECISIONS = "decisions"
    CASES = "cases"
    REQUESTS = "requests"
    AUDITS = "audits"
    REVIEWS = "reviews"


class Reach(StrEnum):
    """What can be said of when something runs out."""

    UNKNOWN = "unknown"
    NEVER = "never"
    OVER = "over"
    COMING = "coming"


@dataclass(frozen=True)
class Line:
    """A straight line through the months: what it is at the last of them, how much more a month, and how far that may be wrong."""

    now: float
    slope: float
    wrong: float

    def at(self, months: float) -> float:
        """Where it is so many months after the last."""
        return self.now + self.slope * months


@dataclass(frozen=True)
class RunsOut:
    """When something runs out at this growth: the month, and the first and last that are likely; None of what is too far off.

    `left` is how much of `all` is not taken yet; None where nobody knows.
    """

    reach: Reach
    all: int
    left: int | None
    month: date | None = None
    earliest: date | None = None
    latest: date | None = None


def line(values: Sequence[int | None], *, least: int) -> Line | None:
    """The line that fits these months best, by least squares; None where fewer than `least` of them are known."""
    known = [(place - len(values) + 1, value) for place, value in enumerate(values) if value is not None]
    if len(known) < max(2, least):
        return None
    count = len(known)
    middle_x, middle_y = sum(x for x, _ in known) / count, sum(y for _, y in known) / count
    spread = sum((x - middle_x) ** 2 for x, _ in known)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in known) / spread
    now = middle_y - slope * middle_x
    off = sum((y - (now + slope * x)) ** 2 for x, y in known)
    wrong = sqrt(off / (count - 2) / spread) if count >= _POINTS else 0.0
    return Line(now, slope, wrong)


def runs_out(
    values: Sequence[int | None], whole: int, *, last: date, least: int, furthest: int, taken: int | None = None
) -> RunsOut:
    """When a line through these months, the last of them `last`, meets `whole`: within `furthest` months, or not to be seen.

    `taken` is how much of it is taken today, where that is known better than by the last month that was counted.
    The first and last likely months take twice the error of the growth to either side.
    """
    present = taken if taken is not None else next((value for value in reversed(values) if value is not None), None)
    left = None if present is None else max(0, whole - present)
    if whole and left == 0:
        return RunsOut(Reach.OVER, whole, left)
    found = line(values, least=least)
    if left is None or found is None:
        return RunsOut(Reach.UNKNOWN, whole, left)
    month, earliest, latest = (
        _met(left, slope, last, furthest)
        for slope in (found.slope, found.slope + 2 * found.wrong, found.slope - 2 * found.wrong)
    )
    if month is None:
        return RunsOut(Reach.NEVER, whole, left, earliest=earliest)
    return RunsOut(Reach.COMING, whole, left, month, earliest, latest)


def minutes(counts: Mapping[What, int | None], each: Mapping[What, int]) -> int | None:
    """How many minutes a month's work took, by how long each thing takes; None where any of it is not known."""
    total = 0
    for what, long in each.items():
        count = counts.get(what)
        if count is None:
            return None
        total += count * long
    return total


def minutes_a_month(hours_a_week: int) -> int:
    """What hours a week are in minutes a month, of a year of 52 weeks."""
    return hours_a_week * _MINUTES * _WEEKS_A_YEAR // _MONTHS


def months_on(day: date, count: int) -> date:
    """The first day of the month so many months later."""
    place = day.year * _MONTHS + day.month - 1 + count
    return date(place // _MONTHS, place % _MONTHS + 1, 1)


def _met(left: int, slope: float, last: date, furthest: int) -> date | None:
    if slope <= 0:
        return None
    months = ceil(left / slope)
    return months_on(last, months) if months <= furthest else None

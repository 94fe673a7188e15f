"""A record's time as a line: from its opening to its earliest disposal, with everything that happened on it; pure (RET-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mark(StrEnum):
    """What a point on the line is."""

    OPENED = "opened"
    EVENT = "event"
    REVIEW = "review"
    HOLD = "hold"
    LIFTED = "lifted"
    TODAY = "today"
    NEXT_REVIEW = "next_review"
    ENDS = "ends"
    INSTRUCTED = "instructed"
    DISPOSED = "disposed"


_ORDER = {mark: place for place, mark in enumerate(Mark)}


@dataclass(frozen=True)
class Point:
    """One day on the line: what it is, and what happened, or is to."""

    on: date
    mark: Mark
    said: str


@dataclass(frozen=True)
class Held:
    """From when to when a hold was on the record; no end: it still is."""

    since: date
    until: date | None


@dataclass(frozen=True)
class Line:
    """The points in the order of time, and the holds below them.

    `ends_on` is the first day on which the record may go: None where that cannot be known, or is not told, and then the
    line has no end. `over`: the record was disposed of, and nothing comes after that.
    """

    points: tuple[Point, ...]
    holds: tuple[Held, ...]
    today: date
    ends_on: date | None
    over: bool

    @property
    def first(self) -> date:
        return self.points[0].on

    @property
    def last(self) -> date:
        """The last day that is drawn."""
        return max(self.points[-1].on, self.today if not self.over else self.first)

    def place(self, day: date) -> float:
        """Where a day stands between the first and the last: from 0 to 1."""
        days = (self.last - self.first).days
        return min(max((day - self.first).days / days, 0.0), 1.0) if days else 0.0


def line(
    points: Iterable[Point], holds: Iterable[Held], *, today: date, ends_on: date | None, over: bool = False
) -> Line:
    """The line of these points; today and the end stand on it, unless the record is gone."""
    whole = list(points)
    if not over:
        whole.append(Point(today, Mark.TODAY, "Today"))
        if ends_on is not None:
            whole.append(Point(ends_on, Mark.ENDS, "The first day on which it may be disposed of"))
    whole.sort(key=lambda point: (point.on, _ORDER[point.mark]))
    return Line(tuple(whole), tuple(holds), today, ends_on, over)

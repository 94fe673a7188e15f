"""Complaints as numbers: how many of which theme came when, how far they went, and how long they took; pure (COM-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from uuid import UUID

from compliance.kernel.calendar import Quarter, quarter_of

STAGES = (1, 2, 3, 4)


@dataclass(frozen=True)
class Seen:
    """A complaint as figures see it: nothing in it says which case, and nobody is named.

    `stage` is the highest it reached; `ended_on` is None while it is open. Both days are London's.
    """

    theme: str
    from_id: UUID
    about_id: UUID
    raised_on: date
    stage: int
    ended_on: date | None

    @property
    def quarter(self) -> Quarter:
        return quarter_of(self.raised_on)

    @property
    def days(self) -> int | None:
        """How long it took to its end, in calendar days; 0 where it ended on the day it was raised."""
        return (self.ended_on - self.raised_on).days if self.ended_on else None


@dataclass(frozen=True)
class Figures:
    """So many complaints: how many are open, how many reached each stage and no higher, and how long the ended ones took.

    `middle` is the days within which half of those that ended had ended, `longest` the most; None where none has.
    """

    raised: int
    open: int
    reached: Mapping[int, int]
    middle: int | None
    longest: int | None

    @property
    def ended(self) -> int:
        return self.raised - self.open


def figures(complaints: Iterable[Seen]) -> Figures:
    """These complaints as numbers."""
    rows = list(complaints)
    took = [each.days for each in rows if each.days is not None]
    return Figures(
        raised=len(rows),
        open=len(rows) - len(took),
        reached={stage: sum(each.stage == stage for each in rows) for stage in STAGES},
        middle=median_low(took) if took else None,
        longest=max(took, default=None),
    )


def span(today: date, quarters: int) -> list[Quarter]:
    """So many quarters, the last of which is the one that runs."""
    found = [quarter_of(today)]
    while len(found) < quarters:
        found.insert(0, found[0].previous)
    return found


def by_quarter(complaints: Sequence[Seen], quarters: Iterable[Quarter]) -> list[Figures]:
    """The figures of what was raised in each of these quarters."""
    return [figures(each for each in complaints if each.quarter == quarter) for quarter in quarters]

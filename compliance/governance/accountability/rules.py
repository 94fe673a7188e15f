"""From when an organisation's part is too little, and what of it leaves the hub: numbers in, an answer out (GOV-2)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from compliance.governance.figures.model import share

K = TypeVar("K", bound=Hashable)


class Standing(StrEnum):
    """How a rate stands against what is expected; `few` is too little to judge by, `unknown` is nothing told."""

    WELL = "well"
    BELOW = "below"
    FEW = "few"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Counted:
    """How much of what there was to do was done as it should be; nothing to do is nothing known."""

    part: int = 0
    whole: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.part + other.part, self.whole + other.whole)

    @property
    def share(self) -> int | None:
        """The rate in tenths of a per cent; None where there was nothing to do."""
        return share(self.part, self.whole)

    def is_below(self, least: int) -> bool:
        """Whether the rate itself, and not the one it is rounded to, is below so many per cent."""
        return self.part * 100 < least * self.whole


def complete_months(today: date, back: int) -> list[date]:
    """The first days of the last so many months that are over on the London date `today`, the oldest first."""
    last = today.year * 12 + today.month - 1
    return [date(place // 12, place % 12 + 1, 1) for place in range(last - back, last)]


def standing(counted: Counted, *, least: int, few: int) -> Standing:
    """How a rate stands: judged only where there was enough to do."""
    if not counted.whole:
        return Standing.UNKNOWN
    if counted.whole < few:
        return Standing.FEW
    return Standing.BELOW if counted.is_below(least) else Standing.WELL


def persistent(by_month: Mapping[date, Counted], *, months: int, least: int, few: int) -> Sequence[date]:
    """The last months in which there was something to do, if each of so many is below; none otherwise.

    A month without facts, or without anything to do, is neither: it is passed over. Together they must be enough to
    judge by.
    """
    known = [month for month in sorted(by_month) if by_month[month].whole][-months:]
    enough = sum(by_month[month].whole for month in known) >= few
    return known if len(known) == months and enough and all(by_month[m].is_below(least) for m in known) else ()


def hidden(counts: Mapping[K, int], small: int) -> frozenset[K]:
    """Which counts of a row or column that is summed up are not shown: the small ones, and with one alone the next.

    One hidden count beside a total would be found by taking the others from it. Nought hides nothing.
    """
    few = {key for key, count in counts.items() if 0 < count < small}
    others = [key for key, count in counts.items() if count >= small]
    if len(few) == 1 and others:
        few.add(min(others, key=lambda key: (counts[key], str(key))))
    return frozenset(few)

"""One model of figures for every report: what is counted, in words and digits that no dress may change (GOV-1, GOV-4).

A report is chapters; a chapter holds figures, grids and trends. Values are whole numbers in a `Unit`, and are written by
`said` alone: page, PDF and spreadsheet show the same digits. What is not known is None and is said so, never nought.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

NOT_KNOWN = "Not known"


class Unit(StrEnum):
    """In what a value is counted; a share is kept in tenths of a per cent, hours in minutes."""

    NUMBER = "number"
    SHARE = "share"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


@dataclass(frozen=True)
class Span:
    """The London dates a report speaks of: from `since` up to and not including `until`, and what people call them."""

    since: date
    until: date
    name: str


@dataclass(frozen=True)
class Figure:
    """One value: `code` is its name for programs and for comparing it with the last report's, unique in its chapter.

    `where` is the address of the rows behind it, from the service's root; empty where there are none. `instead` is
    written in its place where the value itself could point to somebody, and is then None.
    """

    code: str
    name: str
    value: int | None
    unit: Unit = Unit.NUMBER
    where: str = ""
    says: str = ""
    instead: str = ""

    @property
    def said(self) -> str:
        """The value as every dress writes it."""
        return self.instead or said(self.value, self.unit)


@dataclass(frozen=True)
class Grid:
    """Rows of a register, or values by organisation or area: each cell as it is written; `nothing` where there are none.

    `names` is False where no row tells which organisation, person or record it speaks of; what is anonymous has no others.
    """

    code: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    says: str = ""
    nothing: str = "Nothing to show."
    names: bool = True


@dataclass(frozen=True)
class Trend:
    """Values over time, one list a series, each as long as the labels; drawn as a picture with its table beside it."""

    code: str
    heading: str
    says: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[int | None]]]
    unit: Unit = Unit.NUMBER


@dataclass(frozen=True)
class Decision:
    """Something that only the readers of the report can decide: what is asked of them, why, and where it stands."""

    asks: str
    because: str
    where: str
    rule: str = ""


@dataclass(frozen=True)
class Chapter:
    """One subject of a report, and what of it needs a decision."""

    code: str
    heading: str
    says: str = ""
    figures: Sequence[Figure] = ()
    grids: Sequence[Grid] = ()
    trends: Sequence[Trend] = ()
    decisions: Sequence[Decision] = ()


@dataclass(frozen=True)
class Report:
    """A whole report as it stood at `at`: its kind, the span it speaks of, and its chapters in the order they are read.

    `says` is what a reader has to know of it first, such as that its span is not over.
    """

    kind: str
    title: str
    span: Span
    at: datetime
    chapters: Sequence[Chapter]
    says: Sequence[str] = ()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What needs a decision, from every chapter."""
        return tuple(each for chapter in self.chapters for each in chapter.decisions)


def share(part: int, whole: int) -> int | None:
    """A part of a whole in tenths of a per cent, halves rounded up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) if whole else None


def said(value: int | None, unit: Unit) -> str:
    """A value as people read it: 1,042; 81.5%; 3 days; 7.5 hours; 40 minutes; or that it is not known."""
    if value is None:
        return NOT_KNOWN
    if unit is Unit.SHARE:
        return f"{value // 10:,}.{value % 10}%"
    if unit is Unit.HOURS:
        tenths = (value * 10 + 30) // 60
        return f"{tenths // 10:,}.{tenths % 10} {'hour' if tenths == 10 else 'hours'}"
    if unit is Unit.NUMBER:
        return f"{value:,}"
    return f"{value:,} {unit.value[:-1] if value == 1 else unit.value}"

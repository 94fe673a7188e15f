"""A report as tables and pictures, in the order they are read: what every dress shows, and none adds to (GOV-1).

First what needs a decision, then what has changed since the last one, then the chapters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from compliance.kernel.clock import london_date, said_day, said_time
from compliance.papers.pictures import Chart, Series, columns, lines

from .changes import changes
from .model import Chapter, Decision, Grid, Report, Trend, Unit, said

COLUMNS_MOST = 3
"""Series that columns side by side can be told apart in; more of them are lines."""

_SHARE, _HOUR = 10, 60


@dataclass(frozen=True)
class Table:
    """Rows as they are written; `links` are addresses of the first cells, one a row, where there are any.

    `nothing` stands in the place of rows, `picture` is of the same values.
    """

    code: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    says: str = ""
    nothing: str = ""
    links: Sequence[str] = ()
    picture: Markup | None = None

    @property
    def pictured(self) -> str:
        """What a picture of it shows, for who cannot see it."""
        return f"{self.heading}. {self.says} The table says the same.".replace("  ", " ")


@dataclass(frozen=True)
class Part:
    """A chapter of the report, or what stands before them."""

    code: str
    heading: str
    says: str
    tables: Sequence[Table]


def parts(report: Report, before: Report | None = None) -> list[Part]:
    """The report in parts; `before` is the last one of its kind, which it is compared with. One for everybody asks nothing."""
    first = [_decisions(report.decisions)] if report.decisions or not _is_for_all(report) else []
    if before is not None:
        first.append(_changes(before, report))
    return [*first, *(_chapter(each) for each in report.chapters)]


def heading(report: Report) -> str:
    """What the report is called."""
    return f"{report.title}: {report.span.name}"


def counted(report: Report) -> str:
    """When it was counted, in words."""
    return f"Counted on {said_day(london_date(report.at))} at {said_time(report.at)} (UK local time)."


def _is_for_all(report: Report) -> bool:
    """Whether no figure leads to rows: what nobody may look behind asks nobody for a decision."""
    return not any(figure.where for chapter in report.chapters for figure in chapter.figures)


def _decisions(asked: Sequence[Decision]) -> Part:
    rows = [(each.asks, each.because, each.rule) for each in asked]
    says = "Nobody but you can decide this." if rows else ""
    columns = ("What is asked of you", "Why", "Rule")
    links = [each.where for each in asked]
    table = Table("decisions", "Decisions", columns, rows, "", "Nothing needs a decision from you.", links)
    return Part("decisions", "What needs a decision from you", says, (table,))


def _changes(before: Report, report: Report) -> Part:
    rows = [(each.heading, each.name, each.was, each.now, each.by) for each in changes(before, report)]
    columns = ("Chapter", "Figure", "Was", "Is", "By")
    says = f"Compared with {heading(before)}, counted on {said_day(london_date(before.at))}."
    return Part(
        "changes", "What has changed since the last one", says,
        (Table("changes", "Changes", columns, rows, "", "No figure has changed."),),
    )  # fmt: skip


def _chapter(chapter: Chapter) -> Part:
    rows = [(each.name, each.said, each.says) for each in chapter.figures]
    links = [each.where for each in chapter.figures]
    figures = Table("figures", "Figures", ("Figure", "Value", "Note"), rows, "", "No figures.", links)
    tables = (figures, *(_trend(chapter.code, each) for each in chapter.trends), *map(_grid, chapter.grids))
    return Part(chapter.code, chapter.heading, chapter.says, tables)


def _grid(grid: Grid) -> Table:
    return Table(grid.code, grid.heading, grid.columns, grid.rows, grid.says, grid.nothing)


def _trend(chapter: str, trend: Trend) -> Table:
    """A trend as a table, a row for each label, with the picture of it."""
    rows = [
        (label, *(said(values[place], trend.unit) for _, values in trend.series))
        for place, label in enumerate(trend.labels)
    ]
    names = ("When", *(name for name, _ in trend.series))
    return Table(trend.code, trend.heading, names, rows, trend.says, picture=_picture(chapter, trend))


def _picture(chapter: str, trend: Trend) -> Markup | None:
    """None where no value is known: there is nothing to be seen."""
    if all(value is None for _, values in trend.series for value in values):
        return None
    says = f"{trend.says}{' In per cent.' if trend.unit is Unit.SHARE else ''}"
    series = [Series(name, [_drawn(value, trend.unit) for value in values]) for name, values in trend.series]
    chart = Chart(f"{chapter}-{trend.code}".replace("_", "-"), trend.heading, says, trend.labels, series)
    if trend.unit is Unit.NUMBER and len(series) <= COLUMNS_MOST:
        return columns(chart)
    return lines(chart)


def _drawn(value: int | None, unit: Unit) -> int | None:
    """A value to whole per cent or hours: a picture's scale is in those, its table to the digit."""
    by = {Unit.SHARE: _SHARE, Unit.HOURS: _HOUR}.get(unit, 1)
    return None if value is None else (2 * value + by) // (2 * by)

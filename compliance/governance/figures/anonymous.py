"""A report that everybody may read: nobody is named, and no number in it points to somebody (GOV-4); pure.

What names is left out. A number below the least is not written, and every other is rounded to the nearest of so many,
so that no sum or difference of two of them tells a small one. Where a chapter has a small number, its shares and its
lengths of time are not written either: they would tell what it is a part of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .model import Chapter, Figure, Grid, Report, Trend, Unit, said

NOT_SHOWN = "Not shown: too few"
_NUMBER = re.compile(r"\d{1,3}(,\d{3})*|\d+", re.ASCII)
_SHARE = re.compile(r"(\d+)\.(\d)%", re.ASCII)


def made(report: Report, *, least: int) -> Report:
    """The same without names, decisions and small numbers; `least` is the smallest number that is written."""
    says = f"No organisation is named. Numbers are rounded to the nearest {least}; those below {least} are not written."
    chapters = tuple(_chapter(each, least) for each in report.chapters)
    return replace(report, chapters=chapters, says=(*report.says, says))


def _chapter(chapter: Chapter, least: int) -> Chapter:
    small = any(each.unit is Unit.NUMBER and _is_small(each.value, least) for each in chapter.figures)
    return replace(
        chapter,
        figures=tuple(replace(_figure(each, least, small), where="") for each in chapter.figures),
        grids=tuple(_grid(each, least) for each in chapter.grids if not each.names),
        trends=tuple(_trend(each, least) for each in chapter.trends if _can_be_drawn(each, least)),
        decisions=(),
    )


def _figure(figure: Figure, least: int, small: bool) -> Figure:
    if figure.value is None:
        return figure
    if figure.unit is Unit.NUMBER:
        if _is_small(figure.value, least):
            return replace(figure, value=None, instead=f"Fewer than {least}")
        return replace(figure, value=_rounded(figure.value, least))
    if small:
        return replace(figure, value=None, instead=NOT_SHOWN)
    return replace(figure, value=_whole(figure.value)) if figure.unit is Unit.SHARE else figure


def _grid(grid: Grid, least: int) -> Grid:
    """Cells that are numbers or shares as figures are; where one is small, every share of the grid is left out."""
    numbers = [_number(cell) for row in grid.rows for cell in row]
    small = any(_is_small(each, least) for each in numbers)
    return replace(grid, rows=tuple(tuple(_cell(cell, least, small) for cell in row) for row in grid.rows))


def _cell(cell: str, least: int, small: bool) -> str:
    number, part = _number(cell), _SHARE.fullmatch(cell)
    if number is not None:
        return f"Fewer than {least}" if _is_small(number, least) else f"{_rounded(number, least):,}"
    if part is not None:
        return NOT_SHOWN if small else said(_whole(int(part[1]) * 10 + int(part[2])), Unit.SHARE)
    return cell


def _can_be_drawn(trend: Trend, least: int) -> bool:
    """Whether no value is small; a share over time cannot be judged by itself, and is left out."""
    values = [each for _, series in trend.series for each in series]
    return trend.unit is Unit.NUMBER and not any(_is_small(each, least) for each in values)


def _trend(trend: Trend, least: int) -> Trend:
    return replace(trend, series=tuple((name, _all_rounded(values, least)) for name, values in trend.series))


def _all_rounded(values: Sequence[int | None], least: int) -> list[int | None]:
    return [None if each is None else _rounded(each, least) for each in values]


def _is_small(value: int | None, least: int) -> bool:
    return value is not None and 0 < value < least


def _rounded(value: int, least: int) -> int:
    """To the nearest multiple of the least, halves up."""
    return (2 * value + least) // (2 * least) * least


def _whole(value: int) -> int:
    """A share to the nearest whole per cent."""
    return (value + 5) // 10 * 10


def _number(cell: str) -> int | None:
    return int(cell.replace(",", "")) if _NUMBER.fullmatch(cell) else None

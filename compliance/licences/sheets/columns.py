"""The columns of a list: what they are called, and which row names them (LIC-4, GOV-7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .sheet import HEADING_ROWS, SheetRow, refused


@dataclass(frozen=True)
class Column:
    """A column: its code, its name in the template, other names for it, what goes into it, and whether it must be there."""

    code: str
    name: str
    also: tuple[str, ...]
    means: str
    needed: bool = False


ANSWER_COLUMNS = ("Row", "Answer", "Why", "Field")
"""What an answer adds: a file of answers can be mended and sent again."""

_SQUEEZED = re.compile(r"[^a-z]+")


@dataclass(frozen=True)
class Heading:
    """The row that names the columns, and where each of them is, counted from 0."""

    row: int
    places: dict[str, int]


def heading_of(rows: Sequence[SheetRow], columns: Sequence[Column]) -> Heading:
    """Find it among the first rows; raises Invalid at `/file` with what is missing, unknown, or there twice."""
    known = {_squeezed(name): column.code for column in columns for name in (column.code, column.name, *column.also)}
    answers = {_squeezed(name) for name in ANSWER_COLUMNS}
    first = max(rows[:HEADING_ROWS], key=lambda row: sum(_squeezed(cell) in known for cell in row.cells), default=None)
    named = [(place, cell.strip()) for place, cell in enumerate(first.cells if first else ()) if cell.strip()]
    if first is None or not any(_squeezed(cell) in known for _, cell in named):
        raise refused(f"The first row must name the columns: {_listed([each.name for each in columns])}. {_TEMPLATE}")
    if first.problem:
        raise refused("The row that names the columns has merged cells or a formula. " + _TEMPLATE)

    places: dict[str, int] = {}
    unknown, twice = [], []
    for place, cell in named:
        code = known.get(_squeezed(cell))
        if code is None:
            unknown += [] if _squeezed(cell) in answers else [cell[:40]]
        elif code in places:
            twice.append(cell[:40])
        else:
            places[code] = place
    if unknown:
        raise refused(
            f"We do not know the column {_listed(unknown)}. Take it out, or call it one of these: "
            f"{_listed([each.name for each in columns])}. {_TEMPLATE}"
        )
    if twice:
        raise refused(f"The column {_listed(twice)} is there twice. Keep one of them.")
    missing = [column.name for column in columns if column.needed and column.code not in places]
    if missing:
        raise refused(f"The column {_listed(missing)} is missing. {_TEMPLATE}")
    return Heading(first.number, places)


_TEMPLATE = "Download the template to see how."


def _squeezed(cell: str) -> str:
    return _SQUEEZED.sub("", cell.casefold())


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)

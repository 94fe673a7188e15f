"""The matrix as it stands in its two files: for each operation and whose thing, what each caller is answered with."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from flask import Flask

from tests.inventory import attempts, pages
from tests.inventory.answers import YES
from tests.inventory.callers import CALLERS, COME_TO_PAGES, named
from tests.inventory.world import Whose, World

Line = tuple[str, str]
Lines = dict[Line, dict[str, str]]

API = Path(__file__).with_name("matrix.csv")
PAGES = Path(__file__).with_name("pages.csv")
COLUMNS: dict[Path, tuple[str, ...]] = {API: CALLERS, PAGES: COME_TO_PAGES}


def read(path: Path) -> Lines:
    """The file; raises ValueError where its columns are not everybody who may come, or a line stands twice."""
    with path.open(newline="") as file:
        head, *rest = [[cell.strip() for cell in row] for row in csv.reader(file)]
    if head != ["operation", "whose", *map(named, COLUMNS[path])]:
        raise ValueError(f"{path.name} has other columns than there are callers")
    lines = {(row[0], row[1]): dict(zip(COLUMNS[path], row[2:], strict=True)) for row in rest}
    if len(lines) != len(rest):
        raise ValueError(f"{path.name} says of something twice what is answered")
    return lines


def written(path: Path, lines: Mapping[Line, Mapping[str, str]]) -> str:
    """The lines as the file has them: every column as wide as its widest word."""
    head = ["operation", "whose", *map(named, COLUMNS[path])]
    rows = [head, *([*line, *(lines[line][caller] for caller in COLUMNS[path])] for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "".join(
        ", ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in rows
    )


def there(path: Path, app: Flask) -> dict[str, tuple[Whose, ...]]:
    """Every operation that the file has to have, and upon whose things it is tried."""
    if path == API:
        return {operation: attempts.whose_of(operation) for operation in attempts.ATTEMPTS}
    return {operation: pages.whose_of(route) for operation, route in pages.page_doors(app).items()}


def lines_of(operation: str, whose: Iterable[Whose]) -> list[Line]:
    """The lines of one operation; one that is for nothing in particular has a single line."""
    asked = tuple(whose)
    return [(operation, "any" if len(asked) == 1 else each.value) for each in asked]


def observe(path: Path, world: World, operation: str) -> Lines:
    """Try an operation as everybody upon everything: what each is answered with now. The store is put back."""
    whose = there(path, world.app)[operation]
    observed: Lines = {}
    for line, each in zip(lines_of(operation, whose), whose, strict=True):
        observed[line] = {caller: _tried(path, world, operation, caller, each) for caller in COLUMNS[path]}
    if operation.startswith("GET "):
        world.put_back()
    return observed


def _tried(path: Path, world: World, operation: str, caller: str, whose: Whose) -> str:
    if path == PAGES:
        word = pages.answer(world, pages.page_doors(world.app)[operation], caller, whose)
    elif not attempts.comes(caller, operation):
        return "-"
    else:
        word = attempts.ATTEMPTS[operation](world, caller, whose)
    if word == YES and not operation.startswith("GET "):
        world.put_back()
    return word

"""A spreadsheet that somebody sends, as rows of text, within hard bounds; and how CSV is read.

Nothing of it is trusted. How much is read is bounded before anything is built from it, and reading stops at the first
row, cell or byte too many, so that a file that unpacks to more than memory costs what its first moments cost.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from compliance.kernel.errors import Invalid

POINTER = "/file"
HEADING_ROWS = 5
"""Rows above the list at the most: a note, and the names of the columns."""

TOO_LONG = (
    "This list is too long. Send {most:,} rows or fewer at a time, without rows below them that are formatted and "
    "empty: copy your rows into a new sheet if you see none."
)


_NOT_UTF_8 = (
    "The file was not saved as UTF-8, so it was read as Western European (Windows-1252). "
    "Check names with accents before you go on."
)


@dataclass(frozen=True)
class SheetRow:
    """One row that holds something: its number as spreadsheets show it, its cells, and why it cannot be read as it is."""

    number: int
    cells: tuple[str, ...]
    problem: str | None = None


@dataclass(frozen=True)
class Sheet:
    """Every row of the list, and what whoever sent it should know about how it was read."""

    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...] = ()


def refused(words: str) -> Invalid:
    """The file as a whole cannot be read."""
    return Invalid.at(POINTER, words)


def read_csv(content: bytes, *, most_rows: int) -> Sheet:
    """The rows of a CSV file, whatever stands between its cells; raises Invalid at `/file`."""
    text, notes = _decoded(content)
    if "\0" in text:
        raise refused("This is not a spreadsheet. Send an Excel file (.xlsx) or a CSV file.")
    head = text[:10_000].lstrip().partition("\n")[0]
    between = max(",;\t", key=head.count)
    rows = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=between), 1):
            if any(cell.strip() for cell in cells):
                rows.append(SheetRow(number, tuple(cells)))
            if len(rows) > most_rows + HEADING_ROWS:
                raise refused(TOO_LONG.format(most=most_rows))
    except csv.Error:
        raise refused("This CSV file cannot be read: a cell is far too long, or a quotation mark is missing.") from None
    return Sheet(tuple(rows), notes)


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), ()
        except UnicodeDecodeError:
            raise refused("This is not a spreadsheet. Send an Excel file (.xlsx) or a CSV file.") from None
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return _guessed(content), (_NOT_UTF_8,)


def _guessed(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise refused("This is not a spreadsheet. Send an Excel file (.xlsx) or a CSV file.") from None

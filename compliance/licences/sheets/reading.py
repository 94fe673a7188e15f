"""Taking a list in: CSV or XLSX, told apart by content and not by name."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from policies.values import Policy

from . import workbook
from .columns import Column, Heading, heading_of
from .sheet import Sheet, SheetRow, read_csv, refused

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_ZIPPED = b"PK\x03\x04"


def read(content: bytes, *, most_rows: int, most_bytes: int) -> Sheet:
    """The rows of a file; raises Invalid at `/file` for any other kind of file, and for what is out of bounds."""
    if not content:
        raise refused("Choose a file that is not empty.")
    if len(content) > most_bytes:
        raise refused(f"Choose a file of {most_bytes // 1_048_576} MB or less. Send a longer list in parts.")
    if content.startswith(_OLD_OFFICE):
        raise refused("This is an old Excel file, or one with a password. Save it as .xlsx or CSV without a password.")
    if content.startswith(_ZIPPED):
        return workbook.read(content, most_rows=most_rows)
    return read_csv(content, most_rows=most_rows)


def listed_in(ctx: Context, content: bytes, columns: Sequence[Column]) -> tuple[list[dict[str, str]], tuple[str, ...]]:
    """What each row of a file says, by column, and notes on how it was read; raises Invalid at `/file`.

    `row` is the row's number, and `problem` why it cannot be read as it is.
    """
    values = ctx.the(Policy).licences
    sheet = read(content, most_rows=values.bulk_rows, most_bytes=values.bulk_bytes)
    heading = heading_of(sheet.rows, columns)
    listed = [_by_column(row, heading) for row in sheet.rows if row.number > heading.row]
    if not listed:
        raise refused("There are no rows below the names of the columns. Fill in one row for each.")
    if len(listed) > values.bulk_rows:
        raise refused(f"Send {values.bulk_rows:,} rows or fewer at a time. This list has {len(listed):,}.")
    return listed, sheet.notes


def _by_column(row: SheetRow, heading: Heading) -> dict[str, str]:
    cells = dict.fromkeys(heading.places, "")
    cells |= {name: row.cells[place].strip() for name, place in heading.places.items() if place < len(row.cells)}
    return cells | {"row": str(row.number), "problem": row.problem or ""}

"""Lists as files: CSV, XLSX and JSON, each stamped with when it was produced and where the register itself stands (SIG-1, SIG-14).

A name can begin with `=`, and a spreadsheet would take it for a formula. In XLSX every cell is written as
text; in CSV such a cell gets an apostrophe before it, which spreadsheets do not show.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO

import xlsxwriter

from .clock import LONDON
from .errors import Invalid

_FORMULA = frozenset("=+-@\t\r\n|%＝＋－＠")
_CELL = 32_767
_CUT = " [cut here: see the register]"
_WIDEST = 48
_USUAL = 16
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
DEFINITIVE = "The register itself is the definitive version"


class Form(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.JSON: "application/json",
}


@dataclass(frozen=True)
class File:
    """A file to hand out."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Table:
    """A list as it goes into a file: what it is, when it was produced, where its register stands, its columns and rows.

    `most` is the number of rows it was cut at, None where it is whole; `sheet` names it where several share a file.
    """

    title: str
    stem: str
    produced_at: datetime
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    address: str
    most: int | None = None
    sheet: str = "Register"

    @property
    def notice(self) -> str:
        """The line above the columns."""
        cut = f" Only the first {self.most:,} entries are here: narrow the search for the others." if self.most else ""
        produced = f"{self.title}. Produced {moment(self.produced_at)} (UK time)."
        return f"{produced}{cut} {DEFINITIVE}: {self.address}"


def form_of(given: Form | str) -> Form:
    """The kind of file that is meant; raises Invalid at `/form`."""
    try:
        return Form(given)
    except ValueError:
        raise Invalid.at("/form", f"Choose one of these: {', '.join(Form)}.") from None


def write(table: Table, form: Form) -> File:
    """The table as a file of this form."""
    made = {Form.CSV: _csv, Form.JSON: _json}.get(form)
    return _file(table, form, made(table) if made else _xlsx([table]))


def write_book(tables: Sequence[Table]) -> File:
    """Several tables as the sheets of one spreadsheet, called after the first."""
    return _file(tables[0], Form.XLSX, _xlsx(tables))


def csv_lines(head: Table, rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """As `write`, for a table too long to be held: its head, and then each row as it comes."""
    # Spreadsheets take a file for UTF-8 only if it begins with this mark.
    yield codecs.BOM_UTF8
    for row in ([head.notice], head.columns):
        yield _csv_row(row)
    for row in rows:
        yield _csv_row(row)


def write_long_xlsx(head: Table, rows: Iterable[Sequence[str]], to: IO[bytes]) -> None:
    """As `write`, for a spreadsheet too long to be held: rows are written as they come, each column as wide as its name asks."""
    options = _AS_TEXT | {"constant_memory": True}
    with xlsxwriter.Workbook(to, options) as book:
        book.set_properties({"title": head.title, "comments": head.notice, "created": head.produced_at})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(head.sheet)
        for column, name in enumerate(head.columns):
            sheet.set_column(column, column, max(len(name) + 2, _USUAL))
        sheet.freeze_panes(2, 1)
        sheet.repeat_rows(1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, head.notice)
        for column, name in enumerate(head.columns):
            sheet.write_string(1, column, name, bold)
        for place, row in enumerate(rows, start=2):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(place, column, _whole(cell))


def moment(instant: datetime | None) -> str:
    """An instant as files say it, in UK local time; nothing for none."""
    return instant.astimezone(LONDON).strftime("%Y-%m-%d %H:%M") if instant else ""


def day(on: date | None) -> str:
    """A date as files say it; nothing for none."""
    return on.isoformat() if on else ""


def _file(table: Table, form: Form, content: bytes) -> File:
    stamp = table.produced_at.astimezone(LONDON).strftime("%Y-%m-%d")
    return File(f"{table.stem}-{stamp}.{form.value}", MEDIA_TYPES[form], content)


def _csv(table: Table) -> bytes:
    return b"".join(csv_lines(table, table.rows))


def _csv_row(row: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([_defused(cell) for cell in row])
    return text.getvalue().encode()


def _json(table: Table) -> bytes:
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return json.dumps({"notice": table.notice, "rows": rows}, ensure_ascii=False, indent=1).encode()


def _defused(cell: str) -> str:
    """With an apostrophe before it where a spreadsheet could take it for a formula, whatever unseen stands before that."""
    seen = next((each for each in cell if each in _FORMULA or not _unseen(each)), "")
    return f"'{cell}" if seen in _FORMULA else cell


def _unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")


def _whole(cell: str) -> str:
    """As much as a cell of a spreadsheet can hold, and that it was cut."""
    return cell if len(cell) <= _CELL else f"{cell[: _CELL - len(_CUT)]}{_CUT}"


def _xlsx(tables: Sequence[Table]) -> bytes:
    buffer = io.BytesIO()
    options = _AS_TEXT | {"in_memory": True}
    first = tables[0]
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": first.title, "comments": first.notice, "created": first.produced_at})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for table in tables:
            sheet = book.add_worksheet(table.sheet)
            sheet.write_string(0, 0, table.notice)
            for column, name in enumerate(table.columns):
                sheet.write_string(1, column, name, bold)
                longest = max((len(row[column]) for row in table.rows), default=0)
                sheet.set_column(column, column, min(max(len(name), longest) + 2, _WIDEST))
            for place, row in enumerate(table.rows, start=2):
                for column, cell in enumerate(row):
                    sheet.write_string(place, column, _whole(cell), wrapped)
            # The columns' names stay in sight, and stand on every page that is printed.
            sheet.freeze_panes(2, 1)
            sheet.repeat_rows(1)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.autofilter(1, 0, max(len(table.rows) + 1, 1), len(table.columns) - 1)
    return buffer.getvalue()

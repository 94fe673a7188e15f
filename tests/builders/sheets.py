"""Spreadsheets as people send them, and as nobody should."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl

HEADING = ("What", "Organisation", "Full name", "E-mail", "Areas", "Kind", "Cases", "Last day", "Reason")

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def a_row(email: str, **cells: str) -> tuple[str, ...]:
    """A joiner of one's own organisation, unless told otherwise."""
    known = {"E-mail": email, "Full name": "Kim Made-Up", "Areas": "mid-kent", "Reason": "Joins the team"}
    known |= {name.replace("_", " "): value for name, value in cells.items()}
    return tuple(known.get(name, "") for name in HEADING)


def a_csv(rows: Iterable[Sequence[str]], *, between: str = ",", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(between.join(f'"{cell}"' for cell in row) for row in (HEADING, *rows)).encode(encoding)


def an_xlsx(rows: Iterable[Sequence[Any]], *, heading: Sequence[str] = HEADING, **sheets: str) -> bytes:
    """As another program writes it: not by what the service itself writes with. `sheets` are further ones, by state."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(heading))
    for row in rows:
        sheet.append(list(row))
    for name, state in sheets.items():
        book.create_sheet(name).sheet_state = state
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def a_bare_xlsx(
    sheet: bytes, *, shared: bytes | None = None, more: dict[str, bytes] | None = None, head: bytes = b""
) -> bytes:
    """A workbook of one sheet, whose members are just these bytes."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_NS}" xmlns:r="{_REL}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml", head + b"<worksheet><sheetData>" + sheet + b"</sheetData></worksheet>"
        )
        if shared is not None:
            archive.writestr("xl/sharedStrings.xml", shared)
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return into.getvalue()


def a_bare_row(number: int, *cells: str) -> bytes:
    inner = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{number}">{inner}</row>'.encode()

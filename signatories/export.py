"""The registers as files: CSV and XLSX (SIG-1, SIG-8).

A name can begin with `=`, and a spreadsheet would take it for a formula. In XLSX every cell is written as
text; in CSV such a cell gets an apostrophe before it, which spreadsheets do not show.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import xlsxwriter

from compliance.kernel.clock import LONDON

from .queries import MOST, RegisterRow, WithdrawalRow
from .rules import DUTIES

_FORMULA = frozenset("=+-@\t\r\n|%＝＋－＠")
DEFINITIVE = "The register itself is the definitive version."


class Form(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Exported:
    """A file to hand out."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Table:
    """A register as it goes into a file: what it is, when it was produced, its columns and rows, whether it is cut."""

    title: str
    stem: str
    produced_at: datetime
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    cut: bool = False

    @property
    def notice(self) -> str:
        """The line above the columns."""
        cut = f" Only the first {MOST:,} entries are here: narrow the search for the others." if self.cut else ""
        return f"{self.title}. Produced {_moment(self.produced_at)} (UK time).{cut} {DEFINITIVE}"


def write(table: Table, form: Form) -> Exported:
    """The table as a file of this form."""
    content = _csv(table) if form is Form.CSV else _xlsx(table)
    stamp = table.produced_at.astimezone(LONDON).strftime("%Y-%m-%d")
    return Exported(f"{table.stem}-{stamp}.{form.value}", MEDIA_TYPES[form], content)


def of_register(rows: Sequence[RegisterRow], *, at: datetime, produced_at: datetime) -> Table:
    """The register of signatories: one line for each organisation and instrument."""
    lines = [
        (
            row.organisation.name,
            row.organisation.code,
            row.organisation.sector,
            ", ".join(row.areas),
            row.state.value,
            instrument,
            cell.state.value,
            cell.version or "",
            cell.signed_name or "",
            cell.signed_role or "",
            _moment(cell.signed_at),
            cell.method or "",
            _moment(cell.until),
            _moment(cell.withdrawn_at),
            row.isa.source or "" if instrument == "isa" else "",
            _moment(row.isa.checked_at) if instrument == "isa" else "",
            row.isa.due_on.isoformat() if instrument == "isa" else "",
        )
        for row in rows
        for instrument, cell in row.instruments.items()
    ]
    columns = (
        "Organisation", "Code", "Sector", "Areas", "State of the organisation", "Instrument", "State", "Version",
        "Signed by", "Role", "Signed", "How", "State may change", "Withdrawn", "Kept by", "Last checked", "Check due",
    )  # fmt: skip
    title = f"Register of signatories as at {_moment(at)}"
    return Table(title, "register-of-signatories", produced_at, columns, lines, cut=len(rows) >= MOST)


def of_withdrawals(rows: Sequence[WithdrawalRow], *, produced_at: datetime) -> Table:
    """The withdrawal register (SIG-8), with the duties that stay and who acknowledged them (SIG-7)."""
    lines = [
        (
            row.organisation,
            row.withdrawal.instruments,
            _moment(row.withdrawal.effective_at),
            row.withdrawal.letter_on.isoformat(),
            row.letter,
            row.letter_sha256,
            row.withdrawal.reasons,
            row.recorded_by,
            str(row.withdrawal.people_removed),
            str(row.withdrawal.licences_ended),
            DUTIES,
            row.withdrawal.duties_acknowledged_by or "",
            _moment(row.withdrawal.duties_acknowledged_at),
        )
        for row in rows
    ]
    columns = (
        "Organisation", "Instruments", "In effect from", "Date of letter", "Letter", "SHA-256 of letter", "Rationale",
        "Recorded by", "People removed", "Licences ended", "Duties that stay", "Duties acknowledged by",
        "Duties acknowledged",
    )  # fmt: skip
    title = "Register of withdrawals"
    return Table(title, "register-of-withdrawals", produced_at, columns, lines, cut=len(rows) >= MOST)


def _csv(table: Table) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([table.notice])
    writer.writerow(table.columns)
    writer.writerows([_defused(cell) for cell in row] for row in table.rows)
    # Spreadsheets take a file for UTF-8 only if it begins with this mark.
    return text.getvalue().encode("utf-8-sig")


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" \u00a0")[:1] in _FORMULA and cell.strip() else cell


def _xlsx(table: Table) -> bytes:
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": table.title, "comments": table.notice, "created": table.produced_at})
        sheet = book.add_worksheet("Register")
        bold = book.add_format({"bold": True})
        sheet.write_string(0, 0, table.notice)
        for column, name in enumerate(table.columns):
            sheet.write_string(1, column, name, bold)
        for place, row in enumerate(table.rows, start=2):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell)
        sheet.freeze_panes(2, 1)
        sheet.autofilter(1, 0, max(len(table.rows) + 1, 1), len(table.columns) - 1)
    return buffer.getvalue()


def _moment(instant: datetime | None) -> str:
    return instant.astimezone(LONDON).strftime("%Y-%m-%d %H:%M") if instant else ""

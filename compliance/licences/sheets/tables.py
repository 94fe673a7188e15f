"""The template for a list, and the answers to one, as files (LIC-4, GOV-7)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

from compliance.kernel.context import Context
from compliance.kernel.tables import MEDIA_TYPES, File, Form, Table

from .answers import Answer
from .columns import ANSWER_COLUMNS, Column


@dataclass(frozen=True)
class Kind:
    """A kind of list: its columns, what its files and its sheet are called, and the page that takes it."""

    columns: tuple[Column, ...]
    stem: str
    title: str
    sheet: str
    path: str


def template(kind: Kind, form: Form) -> File:
    """An empty list: its first row names the columns; in a workbook, a second sheet says what goes where."""
    names = [column.name for column in kind.columns]
    if form is Form.CSV:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerow(names)
        return File(f"{kind.stem}.csv", MEDIA_TYPES[form], text.getvalue().encode("utf-8-sig"))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        # As text, so that a day stays as it was typed.
        plain = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(kind.sheet)
        sheet.set_column(0, len(names) - 1, 24, plain)
        for place, name in enumerate(names):
            sheet.write_string(0, place, name, bold)
        sheet.freeze_panes(1, 0)
        help_sheet = book.add_worksheet("How to fill it in")
        help_sheet.set_column(0, 0, 20)
        help_sheet.set_column(1, 1, 90)
        for place, column in enumerate(kind.columns):
            help_sheet.write_string(place, 0, column.name, bold)
            help_sheet.write_string(place, 1, column.means)
    return File(f"{kind.stem}.xlsx", MEDIA_TYPES[Form.XLSX], buffer.getvalue())


def of_answers(ctx: Context, kind: Kind, answers: Sequence[Answer]) -> Table:
    """Every row as it was sent, with its number and what became of it; the refused ones can be mended and sent again."""
    return Table(
        title=kind.title,
        stem=f"{kind.stem}-answered",
        produced_at=ctx.now(),
        columns=(*ANSWER_COLUMNS, *(column.name for column in kind.columns)),
        rows=[
            (
                str(answer.row),
                "Taken" if answer.taken else "Refused",
                answer.says,
                answer.field,
                *(answer.cells.get(column.code, "") for column in kind.columns),
            )
            for answer in answers
        ],
        address=f"{ctx.house.settings.base_url}{kind.path}",
        sheet="Answers",
    )

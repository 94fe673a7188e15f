"""The template for a list of requests, and the answer to one, as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import xlsxwriter

from compliance.kernel.context import Context
from compliance.kernel.tables import MEDIA_TYPES, File, Form, Table

from .columns import ANSWER_COLUMNS, COLUMNS
from .use_cases import Answer

_STEM = "licence-requests"


def template(form: Form) -> File:
    """An empty list: its first row names the columns; in a workbook, a second sheet says what goes where."""
    names = [column.name for column in COLUMNS]
    if form is Form.CSV:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerow(names)
        return File(f"{_STEM}.csv", MEDIA_TYPES[form], text.getvalue().encode("utf-8-sig"))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        # As text, so that a day stays as it was typed.
        plain = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("Requests")
        sheet.set_column(0, len(names) - 1, 24, plain)
        for place, name in enumerate(names):
            sheet.write_string(0, place, name, bold)
        sheet.freeze_panes(1, 0)
        help_sheet = book.add_worksheet("How to fill it in")
        help_sheet.set_column(0, 0, 20)
        help_sheet.set_column(1, 1, 90)
        for place, column in enumerate(COLUMNS):
            help_sheet.write_string(place, 0, column.name, bold)
            help_sheet.write_string(place, 1, column.means)
    return File(f"{_STEM}.xlsx", MEDIA_TYPES[Form.XLSX], buffer.getvalue())


def of_answers(ctx: Context, answers: Sequence[Answer]) -> Table:
    """Every row as it was sent, with its number and what became of it; the refused ones can be mended and sent again."""
    return Table(
        title="Answers to a list of licence requests",
        stem="licence-requests-answered",
        produced_at=ctx.now(),
        columns=(*ANSWER_COLUMNS, *(column.name for column in COLUMNS)),
        rows=[
            (
                str(answer.row),
                "Taken" if answer.taken else "Refused",
                answer.says,
                answer.field,
                *(answer.cells.get(column.code, "") for column in COLUMNS),
            )
            for answer in answers
        ],
        address=f"{ctx.house.settings.base_url}/licences/bulk",
        sheet="Answers",
    )

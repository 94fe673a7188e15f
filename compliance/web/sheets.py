"""Lists by spreadsheet on their pages: looked at first, carried along from page to page, and their files (LIC-4, GOV-7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.events import Event
from audit.lists import ListExported
from audit.record import record
from compliance.kernel import tables as files
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.tables import Form
from compliance.licences.sheets import tables
from compliance.licences.sheets.answers import Answer, Cells, number_of
from compliance.licences.sheets.columns import Column
from compliance.licences.sheets.reading import listed_in
from compliance.licences.sheets.tables import Kind
from compliance.web.forms.plain import telling
from compliance.web.forms.sheets import Again, Send
from compliance.web.replies import Reply, attachment, show
from policies.values import Policy

CarryOut = Callable[[Context, Sequence[Cells]], list[Answer]]
First = Callable[[Send], Reply]
"""Shows the page that takes a file, with what stood in the way of the last one."""


@dataclass(frozen=True)
class About:
    """What a kind of list does, and what its pages say: the endpoints they lead back to, what a row asks for, what it made.

    `tried` is the event that so many rows were looked at (AUD-1), and `answers` what its answers are called in the log.
    `then` says what becomes of the rows that were taken, and `twice` what they are refused as when sent again.
    """

    kind: Kind
    carry_out: CarryOut
    tried: Callable[..., Event]
    answers: str
    first: str
    home: str
    home_text: str
    column: str
    of: Callable[[Cells], str]
    made: Callable[[UUID], str]
    then: str
    twice: str


_LONGEST = 5_000
_SAID = frozenset({"taken", "says", "field"})


class _OnlyLooking(Exception):
    """What would become of each row is known; nothing of it is kept."""

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__()
        self.answers = answers


def looked_at(about: About, first: First) -> Reply:
    """Take a file, and say for each row what would become of it, with the button that sends them; nothing is done yet."""
    form = Send()
    if form.sent():
        with telling(form):
            with reading() as ctx:
                rows, notes = listed_in(ctx, form.file.data.read(), about.kind.columns)
            answers, carried = _tried(about, rows), json.dumps(rows)
            again = Again(formdata=None)
            return show("sheet_preview.html", again, about=about, answers=answers, rows=carried, notes=notes)
    return first(form)


def sent(about: About, first: First) -> Reply:
    """Carry out the rows that were looked at, and say what became of each, with the answers to take away."""
    form = Again()
    if form.sent():
        with telling(form):
            rows = _rows_in(form.rows.data, about.kind.columns)
            with work() as ctx:
                answers = about.carry_out(ctx, rows)
            return show("sheet_done.html", Again(formdata=None), about=about, answers=answers, kept=_kept(answers))
    return first(_told_again(form))


def _tried(about: About, rows: Sequence[Cells]) -> list[Answer]:
    """What would become of each row: it is carried out by the same steps, in a transaction that is given up."""
    try:
        with work() as ctx:
            raise _OnlyLooking(about.carry_out(ctx, rows))
    except _OnlyLooking as looked:
        with work() as ctx:
            record(ctx, about.tried(rows=len(looked.answers)))
        return looked.answers


def _rows_in(text: str | None, columns: Sequence[Column]) -> list[dict[str, str]]:
    """The rows that the page before has carried along; raises Invalid where it is not that."""
    found = _loaded(text)
    most = in_force(Policy).licences.bulk_rows
    known = _known(columns)
    if not isinstance(found, list) or not 1 <= len(found) <= most or not all(_is_row(row, known) for row in found):
        raise Invalid("The list did not arrive whole. Send the file again.")
    return found


def template_of(kind: Kind, form: str) -> Reply:
    """An empty list to fill in; raises NotFound for any other kind of file than CSV and XLSX."""
    if form not in ("csv", "xlsx"):
        raise NotFound()
    file = tables.template(kind, Form(form))
    return attachment(file.content, file.media_type, file.file_name)


def answers_of(about: About, form: str) -> Reply:
    """The answers that were just given, as a file; raises NotFound where none are sent along."""
    again = Again()
    if form not in list(Form) or not again.sent():
        raise NotFound()
    given = _answers(again.rows.data, about.kind.columns)
    with work() as ctx:
        file = files.write(tables.of_answers(ctx, about.kind, given), Form(form))
        record(ctx, ListExported(what=about.answers, form=form, rows=len(given)))
    return attachment(file.content, file.media_type, file.file_name)


def _told_again(refused: Again) -> Send:
    """The first page, with what stood in the way of the second."""
    form = Send(formdata=None)
    form.at_large, form.rule, form.status = refused.at_large, refused.rule, refused.status
    return form


def _kept(given: Sequence[Answer]) -> str:
    said = ({"taken": "yes" if each.taken else "", "says": each.says, "field": each.field} for each in given)
    return json.dumps(
        [dict(each.cells) | {"row": str(each.row)} | words for each, words in zip(given, said, strict=True)]
    )


def _answers(text: str | None, columns: Sequence[Column]) -> list[Answer]:
    found, known = _loaded(text), _known(columns) | _SAID
    if not isinstance(found, list) or not all(_is_row(row, known) for row in found):
        raise NotFound()
    return [
        Answer(number_of(row), row, bool(row.get("taken")), row.get("says", ""), row.get("field", "")) for row in found
    ]


def _loaded(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except (ValueError, RecursionError):
        return None


def _known(columns: Sequence[Column]) -> frozenset[str]:
    return frozenset({"row", "problem", *(column.code for column in columns)})


def _is_row(row: Any, known: frozenset[str]) -> bool:
    return isinstance(row, dict) and all(
        name in known and isinstance(cell, str) and len(cell) <= _LONGEST for name, cell in row.items()
    )

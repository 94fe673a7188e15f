"""Asking for many licences at once, by spreadsheet: a template, what would become of each row, and the answers (LIC-4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from audit.lists import ListExported
from audit.record import record
from compliance.kernel import tables as files
from compliance.kernel.context import house, in_force, reading, work
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.tables import Form
from compliance.licences.bulk import tables
from compliance.licences.bulk.columns import COLUMNS
from compliance.licences.bulk.events import BulkRequestTried
from compliance.licences.bulk.reading import asked_in
from compliance.licences.bulk.use_cases import Answer, carry_out
from compliance.web.access import guarded
from compliance.web.forms.bulk import Again, Send
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, attachment, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("bulk", __name__, url_prefix="/licences/bulk")

_KNOWN = frozenset({"row", "problem", *(column.code for column in COLUMNS)})
_LONGEST = 5_000


class _OnlyLooking(Exception):
    """What would become of each row is known; nothing of it is kept."""

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__()
        self.answers = answers


@pages.route("", methods=["GET", "POST"])
@guarded(Permission.LICENCE_REQUEST, upload=True)
def bulk() -> Reply:
    """Send a spreadsheet, and see for each row what would become of it; nothing is done yet."""
    form = Send()
    if form.sent():
        with telling(form):
            with reading() as ctx:
                rows, notes = asked_in(ctx, form.file.data.read())
            answers = _tried(rows)
            return show("bulk_preview.html", Again(formdata=None), answers=answers, rows=json.dumps(rows), notes=notes)
    return show("bulk.html", form, columns=COLUMNS, most=in_force(Policy).licences.bulk_rows)


@pages.get("/template.<form>")
@guarded(Permission.LICENCE_REQUEST)
def template(form: str) -> Reply:
    """An empty list to fill in."""
    if form not in ("csv", "xlsx"):
        raise NotFound()
    file = tables.template(Form(form))
    return attachment(file.content, file.media_type, file.file_name)


@pages.post("/requests")
@guarded(Permission.LICENCE_REQUEST)
def send() -> Reply:
    """Carry the list out: every row that can be taken is, in one transaction, and each other is answered with why."""
    form = Again()
    if form.sent():
        with telling(form):
            rows = _rows(form.rows.data)
            with work() as ctx:
                answers = carry_out(ctx, rows)
            return show("bulk_done.html", Again(formdata=None), answers=answers, kept=json.dumps(_kept(answers)))
    return show("bulk.html", _told_again(form), columns=COLUMNS, most=in_force(Policy).licences.bulk_rows)


@pages.post("/answers.<form>")
@guarded(Permission.LICENCE_REQUEST)
def answers(form: str) -> Reply:
    """The answers that were just given, as a file: those refused can be mended in it, and sent again."""
    if form not in list(Form):
        raise NotFound()
    again = Again()
    if not again.sent():
        raise NotFound()
    given = _answers(again.rows.data)
    with work() as ctx:
        file = files.write(tables.of_answers(ctx, given), Form(form))
        record(ctx, ListExported(what="bulk-answers", form=form, rows=len(given)))
    return attachment(file.content, file.media_type, file.file_name)


def _tried(rows: Sequence[dict[str, str]]) -> list[Answer]:
    """What would become of each row: it is carried out by the same steps, in a transaction that is given up."""
    try:
        with work() as ctx:
            raise _OnlyLooking(carry_out(ctx, rows))
    except _OnlyLooking as looked:
        with work() as ctx:
            record(ctx, BulkRequestTried(rows=len(looked.answers)))
        return looked.answers


def _rows(text: str | None) -> list[dict[str, str]]:
    """The rows that the page before has carried along; raises Invalid where it is not that."""
    try:
        found: Any = json.loads(text or "")
    except (ValueError, RecursionError):
        found = None
    most = house().the(Policy).licences.bulk_rows
    if not isinstance(found, list) or not 1 <= len(found) <= most or not all(_is_row(row) for row in found):
        raise Invalid("The list did not arrive whole. Send the file again.")
    return found


def _is_row(row: Any, more: frozenset[str] = frozenset()) -> bool:
    return isinstance(row, dict) and all(
        name in _KNOWN | more and isinstance(cell, str) and len(cell) <= _LONGEST for name, cell in row.items()
    )


def _kept(given: Sequence[Answer]) -> list[dict[str, str]]:
    said = ({"taken": "yes" if each.taken else "", "says": each.says, "field": each.field} for each in given)
    return [dict(each.cells) | {"row": str(each.row)} | words for each, words in zip(given, said, strict=True)]


def _answers(text: str | None) -> list[Answer]:
    try:
        found: Any = json.loads(text or "")
    except (ValueError, RecursionError):
        found = None
    more = frozenset({"taken", "says", "field"})
    if not isinstance(found, list) or not all(_is_row(row, more) for row in found):
        raise NotFound()
    return [
        Answer(
            int(row["row"]) if row.get("row", "").isdigit() else 0, row, bool(row.get("taken")), row.get("says", ""),
            row.get("field", ""),
        )
        for row in found
    ]  # fmt: skip


def _told_again(refused: Again) -> Send:
    """The first page, with what stood in the way of the second."""
    form = Send(formdata=None)
    form.at_large, form.rule, form.status = refused.at_large, refused.rule, refused.status
    return form

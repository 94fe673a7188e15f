"""Asking for many licences at once, by spreadsheet: a template, what would become of each row, and the answers (LIC-4)."""

from __future__ import annotations

from flask import Blueprint, url_for

from compliance.kernel.context import in_force
from compliance.licences.bulk.columns import COLUMNS, KIND
from compliance.licences.bulk.events import BulkRequestTried
from compliance.licences.bulk.use_cases import carry_out
from compliance.web import sheets
from compliance.web.access import guarded
from compliance.web.forms.sheets import Send
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("bulk", __name__, url_prefix="/licences/bulk")

ABOUT = sheets.About(
    kind=KIND,
    carry_out=carry_out,
    tried=BulkRequestTried,
    answers="bulk-answers",
    first="bulk.bulk",
    home="licences.licences",
    home_text="Back to licences",
    column="Request",
    of=lambda cells: (cells.get("what") or "joiner").capitalize(),
    made=lambda licence_id: url_for("licences.licence", licence_id=licence_id),
    then="The MARAC Hub Team decides on each request once its checklist is complete.",
    twice="asked for already",
)


@pages.route("", methods=["GET", "POST"])
@guarded(Permission.LICENCE_REQUEST, upload=True)
def bulk() -> Reply:
    """Send a spreadsheet, and see for each row what would become of it; nothing is done yet."""
    return sheets.looked_at(ABOUT, _first)


@pages.get("/template.<form>")
@guarded(Permission.LICENCE_REQUEST)
def template(form: str) -> Reply:
    """An empty list to fill in."""
    return sheets.template_of(KIND, form)


@pages.post("/requests")
@guarded(Permission.LICENCE_REQUEST)
def send() -> Reply:
    """Carry the list out: every row that can be taken is, in one transaction, and each other is answered with why."""
    return sheets.sent(ABOUT, _first)


@pages.post("/answers.<form>")
@guarded(Permission.LICENCE_REQUEST)
def answers(form: str) -> Reply:
    """The answers that were just given, as a file: those refused can be mended in it, and sent again."""
    return sheets.answers_of(ABOUT, form)


def _first(form: Send) -> Reply:
    return show("bulk.html", form, columns=COLUMNS, most=in_force(Policy).licences.bulk_rows)

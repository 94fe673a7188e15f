"""Everything held on one organisation, as a page and to be taken away (SIG-14)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint

from compliance.governance import use_cases
from compliance.governance.packs import Pack, document, sheets
from compliance.governance.use_cases import Form
from compliance.kernel.clock import london_date
from compliance.kernel.context import house, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import write_book
from compliance.papers.issuing import issue
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.evidence import EvidenceQuestion
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, attachment, show
from policies.permissions import Permission

pages = Blueprint("evidence", __name__, url_prefix="/organisations/<uuid:organisation_id>/evidence")


@pages.get("")
@guarded(Permission.EVIDENCE_READ)
def evidence(organisation_id: UUID) -> Reply:
    """The pack as a page, now or as at the end of a past day."""
    form = EvidenceQuestion()
    as_at = form.as_at.data if form.understood() else None
    pack: Pack | None = None
    if as_at is not None:
        with telling(form), work() as ctx:
            pack = use_cases.view_evidence(ctx, organisation_id, as_at=as_at)
    if pack is None:
        with work() as ctx:
            pack = use_cases.view_evidence(ctx, organisation_id)
    today = london_date(house().clock.now())
    return show("evidence.html", form, pack=pack, day=london_date(pack.at) if pack.past else None, today=today)


@pages.get("/export.<paper>")
@guarded(Permission.EVIDENCE_READ)
def export(organisation_id: UUID, paper: str) -> Reply:
    """The same as a signed PDF or as a spreadsheet."""
    if paper not in list(Form):
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        pack = use_cases.export_evidence(ctx, organisation_id, paper, as_at=_day())
    file = issue(house(), document(pack)) if paper == Form.PDF else write_book(sheets(pack))
    return attachment(file.content, file.media_type, file.file_name)


def _day() -> date | None:
    """The day that the page gave its links."""
    text = lists.asked("day")
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None

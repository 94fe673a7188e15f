"""Putting the evidence on an organisation before whoever may see it, and letting it be taken away (SIG-14)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission
from signatories import queries as register

from .events import EvidenceExported, EvidenceViewed
from .gathering import gather
from .packs import Pack


class Form(StrEnum):
    """As what a pack can be taken away."""

    PDF = "pdf"
    XLSX = "xlsx"


def view_evidence(ctx: Context, organisation_id: UUID, *, as_at: datetime | date | None = None) -> Pack:
    """Show everything held on one organisation, now or at an instant or the end of a day; that it was shown is recorded.

    Its own people, the hub and information governance may see it; to others it does not exist (ROL-4).
    """
    pack = _pack(ctx, organisation_id, as_at)
    record(ctx, EvidenceViewed(subject=organisation_id, organisation=organisation_id, as_at=_asked(pack)))
    return pack


def export_evidence(
    ctx: Context, organisation_id: UUID, form: Form | str, *, as_at: datetime | date | None = None
) -> Pack:
    """Hand the same out as a file, after a fresh code; it is written once this unit of work is over."""
    try:
        kind = Form(form)
    except ValueError:
        raise Invalid.at("/form", f"Choose one of these: {', '.join(Form)}.") from None
    pack = _pack(ctx, organisation_id, as_at)
    require_fresh(ctx)

    record(
        ctx,
        EvidenceExported(
            subject=organisation_id, organisation=organisation_id, form=kind.value, rows=pack.rows, as_at=_asked(pack)
        ),
    )
    return pack


def _pack(ctx: Context, organisation_id: UUID, as_at: datetime | date | None) -> Pack:
    require(ctx, Permission.EVIDENCE_READ, organisation=organisation_id)
    return gather(ctx, organisation_id, register.instant_of(ctx, as_at))


def _asked(pack: Pack) -> str | None:
    return pack.at.isoformat() if pack.past else None

"""Telling the hub that the case system has not confirmed a disposal: neither record nor case stands in the letter (RET-8, GOV-5)."""

from __future__ import annotations

from sqlalchemy import select

from compliance.decisions.exceptions.queries import kept_from_one_of
from compliance.identity.those_with import hub_wide
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from policies.permissions import Permission

from .models import DisposalItem, DisposalManifest
from .rules import called


def not_confirmed(ctx: Context, manifest: DisposalManifest, records: int) -> None:
    """Those who may agree to disposals, the hub's managers and the officer among them, learn that so many records of this manifest were not confirmed for too long."""
    named = select(DisposalItem.reference).where(DisposalItem.manifest_id == manifest.id)
    never = kept_from_one_of(ctx, named)
    today = london_date(ctx.now())
    for person in hub_wide(ctx, Permission.DISPOSAL_APPROVE):
        if person.id in never:
            continue
        tell(
            ctx, person, "disposal_not_confirmed", once=f"disposal_not_confirmed:{manifest.id}:{today}:{person.id}", called=called(manifest.year, manifest.number),
            records=f"{records} {'record' if records == 1 else 'records'}", page=f"{ctx.house.settings.base_url}/retention/disposals/{manifest.id}",
            told=said_day(manifest.instruct_from or today),
        )  # fmt: skip

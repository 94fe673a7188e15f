"""From whom a proposal to dispose of records is kept: whoever is kept from a case on its manifest (DEC-6)."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, select

from compliance.decisions.exceptions.queries import kept_from_one_of, none_kept
from compliance.identity.proposals.acts import Hidden
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from retention.models import RetentionRecord

from .models import DisposalItem, DisposalManifest


def _unseen(ctx: Context) -> ColumnElement[bool]:
    """The condition that a proposal is for a manifest with a case on it that the actor is kept from."""
    if ctx.actor.person_id is None:
        return false()
    return exists().where(
        DisposalManifest.proposal_id == Proposal.id,
        DisposalItem.manifest_id == DisposalManifest.id,
        ~none_kept(ctx, DisposalItem.reference),
    )


def _kept(ctx: Context, proposal: Proposal) -> frozenset[UUID]:
    """Everybody who is kept from a case among the records that it asks for."""
    record_ids = [parse_id(each) for each in json.loads(proposal.asked)["records"]]
    return kept_from_one_of(ctx, select(RetentionRecord.reference).where(RetentionRecord.id.in_(record_ids)))


HIDDEN = Hidden(unseen=_unseen, kept=_kept)

"""A manifest with all that its page says: what is on it, whose move it is, and what was left out and why (RET-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from audit.record import record as enter
from compliance.identity.proposals.models import Proposal
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from policies.access import may
from policies.permissions import Permission
from policies.values import Policy

from . import chasing, queries
from .events import ManifestViewed
from .models import DisposalItem, DisposalManifest
from .rules import NEXT, ItemStatus, Status, Step


@dataclass(frozen=True)
class Whole:
    """A manifest for its page. `may_call_off` is whether the asker can call it off now, `may_decide` whether they may be the second person.

    `escalate_on` is when the hub is told that something was not confirmed, where nothing else happens.
    """

    manifest: DisposalManifest
    items: Sequence[DisposalItem]
    counted: Mapping[str, int]
    names: Mapping[str, str]
    proposal: Proposal
    may_call_off: bool
    may_decide: bool
    late: int
    chased_on: date | None
    escalated_on: date | None
    next_chase: date | None

    def number(self, status: ItemStatus) -> int:
        """How many of its records stand here."""
        return self.counted.get(status.value, 0)


def view(ctx: Context, manifest_id: UUID) -> Whole:
    """Show a manifest, and keep that it was shown. Raises NotFound, Forbidden."""
    whole = of(ctx, manifest_id)
    enter(ctx, ManifestViewed(subject=whole.manifest.id))
    return whole


def of(ctx: Context, manifest_id: UUID) -> Whole:
    """A manifest with all that belongs to it. Raises NotFound, Forbidden."""
    manifest = queries.visible(ctx, manifest_id)
    items, days = queries.items_of(ctx, manifest.id), ctx.the(Policy).disposal.confirm_days
    today = london_date(ctx.now())
    coming = [day for item in items if (day := chasing.next_chase(item, days)) is not None]
    chased = [item.chased_on for item in items if item.chased_on is not None]
    escalated = [item.escalated_on for item in items if item.escalated_on is not None]
    told = [item.instructed_at for item in items if item.status == ItemStatus.INSTRUCTED.value and item.instructed_at]
    proposal = ctx.session.get_one(Proposal, manifest.proposal_id)
    proposes = may(ctx, Permission.DISPOSAL_PROPOSE)
    return Whole(
        manifest=manifest,
        items=items,
        counted=Counter(item.status for item in items),
        names=names_of(ctx, {who for who in (manifest.proposed_by, manifest.approved_by) if who}),
        proposal=proposal,
        may_call_off=proposes and (Status(manifest.status), Step.CALL_OFF) in NEXT,
        may_decide=may(ctx, Permission.DISPOSAL_APPROVE) or proposal.proposer == ctx.actor.id,
        late=sum((today - london_date(each)).days >= days for each in told),
        chased_on=max(chased, default=None),
        escalated_on=max(escalated, default=None),
        next_chase=min(coming, default=None),
    )

"""Reading how the policy came to be what it is: the changes two people made, and those that wait (IDN-9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.context import Context
from policies.in_force import PolicyChange

from .proposals.models import Proposal
from .proposals.rules import State
from .queries import names_of
from .use_cases.policy_changes import POLICY_CHANGE


@dataclass(frozen=True)
class Changed:
    """One change of one value: what it was and became, whose two decisions it was, and why."""

    number: int
    name: str
    before: Any
    after: Any
    changed_at: datetime
    proposed_by: str | None
    approved_by: str | None
    reason: str | None


@dataclass(frozen=True)
class Waiting:
    """A change that somebody proposed and nobody has decided on."""

    id: UUID
    name: str
    after: Any
    ends_at: datetime


def changes(ctx: Context) -> list[Changed]:
    """Every change, the newest first. Anybody who is signed in may know them."""
    rows = ctx.session.execute(
        select(PolicyChange, Proposal)
        .outerjoin(Proposal, Proposal.id == PolicyChange.proposal_id)
        .order_by(PolicyChange.number.desc())
    ).all()
    agreed = [row.Proposal for row in rows if row.Proposal is not None]
    names = names_of(ctx, {who for each in agreed for who in (each.proposer, each.decided_by) if who})
    return [_told(row.PolicyChange, row.Proposal, names) for row in rows]


def waiting(ctx: Context) -> dict[str, Waiting]:
    """What waits for a second person, by the name of the value."""
    proposals = ctx.session.scalars(
        select(Proposal).where(
            Proposal.kind == POLICY_CHANGE, Proposal.state == State.PROPOSED, Proposal.ends_at > ctx.now()
        )
    )
    read = ((proposal, json.loads(proposal.asked)) for proposal in proposals)
    return {
        asked["name"]: Waiting(proposal.id, asked["name"], asked["after"], proposal.ends_at) for proposal, asked in read
    }


def _told(change: PolicyChange, agreed: Proposal | None, names: Mapping[str, str]) -> Changed:
    return Changed(
        number=change.number,
        name=change.name,
        before=json.loads(change.before),
        after=json.loads(change.after),
        changed_at=change.changed_at,
        proposed_by=names.get(agreed.proposer) if agreed is not None else None,
        approved_by=names.get(agreed.decided_by or "") if agreed is not None else None,
        reason=agreed.reason if agreed is not None else None,
    )

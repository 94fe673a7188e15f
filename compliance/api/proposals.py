"""What takes two people: what waits, and deciding on it, for people's own sign-ins (ROL-3)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Blueprint

from compliance.identity.proposals import queries, use_cases
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import Context, reading, work

from .access import signed_in
from .reading import Body, Prose, Secret, parse, parse_nothing
from .replies import Reply, changed, present

proposals = Blueprint("proposals", __name__, url_prefix="/api/v1/proposals")


class Agreed(Body):
    digest: Secret


class Refused(Body):
    reason: Prose


@proposals.get("")
@signed_in
def list_proposals() -> Reply:
    """What waits for the caller, what they asked for, what others have to decide, and what was decided lately."""
    with reading() as ctx:
        lists = {
            "to_decide": queries.to_decide(ctx),
            "asked_for": queries.asked_for(ctx),
            "for_others": queries.for_others(ctx),
            "decided": queries.decided(ctx),
        }
        return present({name: [_proposal(row) for row in rows] for name, rows in lists.items()})


@proposals.get("/<uuid:proposal_id>")
@signed_in
def read_proposal(proposal_id: UUID) -> Reply:
    """Everything asked; the digest that a decision names; and why the caller cannot be the second person, if so."""
    with reading() as ctx:
        return present(_whole(ctx, queries.visible(ctx, proposal_id)))


@proposals.post("/<uuid:proposal_id>/approval")
@signed_in
def approve(proposal_id: UUID) -> Reply:
    """Agree to what the digest names, and have it done."""
    body = parse(Agreed)
    with work() as ctx:
        found = use_cases.approve(ctx, proposal_id, digest=body.digest)
        said = _proposal(found)
    return changed(ctx, said, revision=found.revision)


@proposals.post("/<uuid:proposal_id>/refusal")
@signed_in
def refuse(proposal_id: UUID) -> Reply:
    """Say no, and why."""
    body = parse(Refused)
    with work() as ctx:
        found = use_cases.refuse(ctx, proposal_id, reason=body.reason)
        said = _proposal(found)
    return changed(ctx, said, revision=found.revision)


@proposals.delete("/<uuid:proposal_id>")
@signed_in
def take_back(proposal_id: UUID) -> Reply:
    """Take back what one asked for; the proposal stays to be read."""
    parse_nothing()
    with work() as ctx:
        found = use_cases.take_back(ctx, proposal_id)
        said = _proposal(found)
    return changed(ctx, said, revision=found.revision)


def _whole(ctx: Context, proposal: Proposal) -> dict[str, Any]:
    refusal = queries.why_not(ctx, proposal)
    return _proposal(proposal) | {"cannot_approve": refusal.code if refusal else None}


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "kind": proposal.kind,
        "asked": json.loads(proposal.asked),
        "digest": proposal.digest,
        "reason": proposal.reason,
        "proposer": proposal.proposer,
        "beneficiary_id": proposal.beneficiary_id,
        "organisation_id": proposal.organisation_id,
        "proposed_at": proposal.proposed_at,
        "ends_at": proposal.ends_at,
        "state": proposal.state,
        "decided_by": proposal.decided_by,
        "decided_at": proposal.decided_at,
        "decision_reason": proposal.decision_reason,
    }

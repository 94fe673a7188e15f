"""Proposing what takes two people, and deciding on it (ROL-3)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity.models import Person
from compliance.identity.queries import require_fresh
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Forbidden
from compliance.kernel.ids import parse_id
from compliance.kernel.text import prose
from policies.access import require
from policies.values import Policy

from . import letters, queries, rules
from .acts import ACTS
from .errors import NotTheProposer, NotWhatWasAsked, ProposalOver, WaitsAlready
from .events import ActApproved, ActProposed, ActRefused, ActTakenBack, ProposalEvent, ProposalExpired
from .models import Proposal
from .rules import State, Step


def propose(
    ctx: Context,
    kind: str,
    asked: Mapping[str, Any],
    *,
    thing: str,
    reason: str,
    beneficiary_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> Proposal:
    """Ask for an act of this kind; nothing is done until a second person agrees to exactly this.

    `thing` names what it would change: while one proposal waits for it there is no second. Whoever calls this has
    looked at what is asked. Only a person proposes: a command acts alone. Raises Forbidden, FreshCodeNeeded,
    WaitsAlready, and Invalid at /reason.
    """
    require(ctx, ACTS[kind].propose, organisation=organisation_id)
    if ctx.actor.person_id is None:
        raise Forbidden()
    require_fresh(ctx)
    why = prose(reason, pointer="/reason", limit=1000)
    text = rules.written(asked)

    proposal = Proposal(
        id=ctx.new_id(),
        kind=kind,
        thing=thing,
        asked=text,
        reason=why,
        proposer=ctx.actor.id,
        beneficiary_id=beneficiary_id,
        organisation_id=organisation_id,
        proposed_at=ctx.now(),
        ends_at=ctx.now() + timedelta(days=ctx.the(Policy).two_people.proposal_days),
        state=State.PROPOSED,
    )
    proposal.digest = rules.digest(proposal.bound)
    expire_left(ctx, kind, thing)
    ctx.session.add(proposal)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, "uq_proposals_kind_thing"):
            raise WaitsAlready() from problem
        raise

    record(ctx, _told(ActProposed, proposal, person=None if ACTS[kind].hidden else beneficiary_id))
    letters.proposal_waits(ctx, proposal)
    return proposal


def approve(ctx: Context, proposal_id: UUID, *, digest: str) -> Proposal:
    """Agree to what the digest names, and do it, in this transaction.

    Raises OwnProposal, ForOneself, TooNew, FreshCodeNeeded, ProposalOver, NotWhatWasAsked, ProposerGone, and
    whatever stands in the act's own way by now.
    """
    proposal = _decidable(ctx, proposal_id)
    what_it_is = rules.digest(proposal.bound)
    if not (_same(digest, proposal.digest) and _same(what_it_is, proposal.digest)):
        raise NotWhatWasAsked()
    void = queries.why_void(ctx, proposal)
    if void is not None:
        raise void

    _end(ctx, proposal, Step.APPROVE)
    record(ctx, _told(ActApproved, proposal))

    ACTS[proposal.kind].carry_out(ctx, proposal, json.loads(proposal.asked))
    return proposal


def refuse(ctx: Context, proposal_id: UUID, *, reason: str) -> Proposal:
    """Say no, and why. Raises as `approve` does, and Invalid at /reason."""
    proposal = _decidable(ctx, proposal_id)
    why = prose(reason, pointer="/reason", limit=1000)

    _end(ctx, proposal, Step.REFUSE)
    proposal.decision_reason = why

    record(ctx, _told(ActRefused, proposal))
    return proposal


def take_back(ctx: Context, proposal_id: UUID) -> Proposal:
    """The proposer no longer wants it. Raises NotTheProposer and ProposalOver."""
    proposal = queries.visible(ctx, proposal_id, lock=True)
    if proposal.proposer != ctx.actor.id:
        raise NotTheProposer()
    _require_open(ctx, proposal)

    _end(ctx, proposal, Step.TAKE_BACK)

    record(ctx, _told(ActTakenBack, proposal))
    return proposal


def fall_away(ctx: Context, proposal_id: UUID) -> bool:
    """What it asks for is no more: close it, unless it is closed already; and whether that was to do.

    Whoever calls this has looked at who may. The room that the act belongs to learns of it as of one that was taken back.
    """
    proposal = ctx.session.get_one(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if proposal.state != State.PROPOSED:
        return False
    _end(ctx, proposal, Step.TAKE_BACK)
    record(ctx, _told(ActTakenBack, proposal))
    return True


def expire(ctx: Context, proposal_id: UUID) -> None:
    """Close one that nobody decided in time; one that is closed already stays as it is."""
    proposal = ctx.session.get_one(Proposal, proposal_id, with_for_update=True)
    if proposal.state == State.PROPOSED and proposal.ends_at <= ctx.now():
        _end(ctx, proposal, Step.EXPIRE)
        record(ctx, _told(ProposalExpired, proposal))


def expire_left(ctx: Context, kind: str, thing: str) -> None:
    """Close what waits for this very thing, if it was left too long, so that it can be proposed anew."""
    for proposal_id in queries.left(ctx, kind, thing):
        expire(ctx, proposal_id)
    ctx.session.flush()


def _decidable(ctx: Context, proposal_id: UUID) -> Proposal:
    """The proposal, locked, once it is the actor's to decide; whoever has a part in it is as they are now.

    Everybody's rights are looked at again after they are locked: a role that ended, or an account that was locked,
    a moment ago must not slip through between the door and here (DEC-4).
    """
    _hold_still(ctx, queries.visible(ctx, proposal_id))
    proposal = queries.visible(ctx, proposal_id, lock=True)
    refusal = queries.why_not_second(ctx, proposal)
    if refusal is not None:
        raise refusal
    require_fresh(ctx)
    _require_open(ctx, proposal)
    second = ctx.session.get(Person, ctx.actor.person_id)
    if second is None or not queries.holds_now(ctx, second, ACTS[proposal.kind].approve, proposal.organisation_id):
        raise Forbidden()
    return proposal


def _hold_still(ctx: Context, proposal: Proposal) -> None:
    """Lock the accounts of the two people and of whom it is for, in one order, before the proposal itself."""
    people = {parse_id(proposal.proposer), proposal.beneficiary_id, ctx.actor.person_id} - {None}
    locking = select(Person).where(Person.id.in_(people)).order_by(Person.id)
    ctx.session.scalars(locking.with_for_update(key_share=True).execution_options(populate_existing=True)).all()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "backslashreplace"), other.encode())


def _require_open(ctx: Context, proposal: Proposal) -> None:
    if proposal.state != State.PROPOSED or proposal.ends_at <= ctx.now():
        raise ProposalOver()


def _end(ctx: Context, proposal: Proposal, step: Step) -> None:
    proposal.state = rules.NEXT[State(proposal.state), step]
    proposal.decided_by = ctx.actor.id
    proposal.decided_at = ctx.now()


def _told(kind: type[ProposalEvent], proposal: Proposal, **more: Any) -> ProposalEvent:
    return kind(
        subject=proposal.id, organisation=proposal.organisation_id, act=proposal.kind, digest=proposal.digest, **more
    )

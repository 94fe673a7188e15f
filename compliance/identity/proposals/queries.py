"""Reading proposals: those that somebody may know of, and whether they may be the second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from compliance.identity.models import Person, RoleHeld
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, NotFound, Refusal
from policies.access import may
from policies.values import Policy

from . import rules
from .acts import ACTS
from .errors import ForOneself, OwnProposal, TooNew
from .models import Proposal
from .rules import State

PAGE = 50


def visible(ctx: Context, proposal_id: UUID, *, lock: bool = False) -> Proposal:
    """A proposal that the actor made or may decide on; every other answers as if it did not exist (ROL-4)."""
    wanted = select(Proposal).where(Proposal.id == proposal_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.execute(wanted).scalar_one_or_none()
    if found is None or not (found.proposer == ctx.actor.id or _may_approve(ctx, found)):
        raise NotFound()
    return found


def waiting(ctx: Context, *, limit: int = PAGE) -> list[Proposal]:
    """What waits for the actor as a second person, and what they proposed and waits for others; oldest first."""
    return _listed(ctx, _open(ctx).order_by(Proposal.proposed_at, Proposal.id).limit(limit))


def decided(ctx: Context, *, limit: int = PAGE) -> list[Proposal]:
    """What was decided or left, the newest first."""
    over = select(Proposal).where(or_(Proposal.state != State.PROPOSED, Proposal.ends_at <= ctx.now()))
    return _listed(ctx, over.where(_known(ctx)).order_by(Proposal.proposed_at.desc(), Proposal.id).limit(limit))


def due_to_expire(ctx: Context) -> Sequence[UUID]:
    """Those that nobody decided in time."""
    late = select(Proposal.id).where(Proposal.state == State.PROPOSED, Proposal.ends_at <= ctx.now())
    return ctx.session.scalars(late.order_by(Proposal.ends_at, Proposal.id)).all()


def left(ctx: Context, kind: str, thing: str) -> Sequence[UUID]:
    """What waited for this very thing and was left too long."""
    late = select(Proposal.id).where(
        Proposal.kind == kind, Proposal.thing == thing, Proposal.state == State.PROPOSED, Proposal.ends_at <= ctx.now()
    )
    return ctx.session.scalars(late).all()


def why_not(ctx: Context, proposal: Proposal) -> Refusal | None:
    """Why the actor cannot be the second person, or None where they can."""
    if not _may_approve(ctx, proposal):
        return Forbidden()
    if proposal.proposer == ctx.actor.id:
        return OwnProposal()
    person_id = ctx.actor.person_id
    if person_id is None:
        return Forbidden()
    if proposal.beneficiary_id == person_id:
        return ForOneself()
    made_at, promoted_at = _made_or_promoted(ctx, person_id, proposal.proposer)
    days = ctx.the(Policy).two_people.newcomer_days
    if rules.too_new(ctx.now(), days, made_at=made_at, promoted_at=promoted_at):
        return TooNew()
    return None


def _made_or_promoted(ctx: Context, person_id: UUID, proposer: str) -> tuple[datetime | None, datetime | None]:
    """When this proposer made the person's account, and when they last had a part in giving them a role."""
    made = select(Person.created_at).where(Person.id == person_id, Person.created_by == proposer)
    promoted = select(func.max(RoleHeld.granted_at)).where(
        RoleHeld.person_id == person_id, or_(RoleHeld.granted_by == proposer, RoleHeld.approved_by == proposer)
    )
    return ctx.session.execute(made).scalar_one_or_none(), ctx.session.execute(promoted).scalar_one_or_none()


def _may_approve(ctx: Context, proposal: Proposal) -> bool:
    return may(ctx, ACTS[proposal.kind].approve, organisation=proposal.organisation_id)


def _open(ctx: Context) -> Select[Proposal]:
    return select(Proposal).where(Proposal.state == State.PROPOSED, Proposal.ends_at > ctx.now(), _known(ctx))


def _known(ctx: Context) -> ColumnElement[bool]:
    kinds = [act.kind for act in ACTS.values() if may(ctx, act.approve)]
    return or_(Proposal.proposer == ctx.actor.id, Proposal.kind.in_(kinds))


def _listed(ctx: Context, wanted: Select[Proposal]) -> list[Proposal]:
    return list(ctx.session.scalars(wanted))

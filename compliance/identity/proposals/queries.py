"""Reading proposals: those that somebody may know of, and whether they may be the second person."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import actor_for
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, NotFound, Refusal
from compliance.kernel.ids import parse_id
from policies.access import Access, could, may
from policies.permissions import Permission
from policies.values import Policy

from . import rules
from .acts import ACTS, permissions
from .errors import ForOneself, OwnProposal, ProposerGone, TooNew
from .models import Proposal
from .rules import State

PAGE = 50


def visible(ctx: Context, proposal_id: UUID, *, lock: bool = False) -> Proposal:
    """A proposal that the actor made or may decide on; every other answers as if it did not exist (ROL-4, DEC-6)."""
    wanted = select(Proposal).where(Proposal.id == proposal_id, _not_hidden(ctx))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.execute(wanted).scalar_one_or_none()
    if found is None or not (found.proposer == ctx.actor.id or _may_approve(ctx, found)):
        raise NotFound()
    return found


def takes_part(ctx: Context) -> bool:
    """Whether the actor could propose or decide on any kind of act: what menus go by."""
    return any(could(ctx, permission) for permission in permissions())


def to_decide(ctx: Context, *, limit: int = PAGE) -> list[Proposal]:
    """What waits for the actor as a second person, the oldest first."""
    return _listed(ctx, _open(ctx).where(_decides(ctx)), limit)


def number_to_decide(ctx: Context) -> int:
    """How many wait for the actor as a second person."""
    wanted = select(func.count()).select_from(_open(ctx).where(_decides(ctx)).subquery())
    return ctx.session.execute(wanted).scalar_one()


def asked_for(ctx: Context, *, limit: int = PAGE) -> list[Proposal]:
    """What the actor proposed and waits for somebody else, the oldest first."""
    return _listed(ctx, _open(ctx).where(Proposal.proposer == ctx.actor.id), limit)


def for_others(ctx: Context, *, limit: int = PAGE) -> list[Proposal]:
    """What the actor knows of by their role, and somebody else has to decide: it is for them, or they are too new."""
    return _listed(ctx, _open(ctx).where(Proposal.proposer != ctx.actor.id, ~_decides(ctx)), limit)


def decided(ctx: Context, *, limit: int = PAGE) -> list[Proposal]:
    """What was decided or left, the newest first."""
    over = select(Proposal).where(or_(Proposal.state != State.PROPOSED, Proposal.ends_at <= ctx.now()), known(ctx))
    last = func.coalesce(Proposal.decided_at, Proposal.ends_at)
    return list(ctx.session.scalars(over.order_by(last.desc(), Proposal.id).limit(limit)))


def about(ctx: Context, person_id: UUID, *, limit: int = PAGE) -> list[Proposal]:
    """What waits for a decision and is for this person, as far as the actor may know of it."""
    return _listed(ctx, _open(ctx).where(Proposal.beneficiary_id == person_id), limit)


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
    """Why the actor cannot agree to it as the second person, or None where they can."""
    return why_not_second(ctx, proposal) or why_void(ctx, proposal)


def why_not_second(ctx: Context, proposal: Proposal) -> Refusal | None:
    """Why the actor cannot be the second person, whatever they would decide; None where they can."""
    if proposal.proposer == ctx.actor.id:
        return OwnProposal()
    person_id = ctx.actor.person_id
    if person_id is None or not _may_approve(ctx, proposal):
        return Forbidden()
    if proposal.beneficiary_id == person_id:
        return ForOneself()
    too_new = select(_too_new(ctx, person_id)).where(Proposal.id == proposal.id)
    return TooNew() if ctx.session.execute(too_new).scalar_one() else None


def why_void(ctx: Context, proposal: Proposal) -> Refusal | None:
    """Why nobody can agree to it any more: whoever proposed it could not propose it now; None where they could."""
    proposer = parse_id(proposal.proposer)
    person = ctx.session.get(Person, proposer) if proposer else None
    standing = person is not None and holds_now(ctx, person, ACTS[proposal.kind].propose, proposal.organisation_id)
    return None if standing else ProposerGone()


def holds_now(ctx: Context, person: Person, permission: Permission, organisation_id: UUID | None) -> bool:
    """Whether somebody, whose account is open, has this permission by a role as the store has it now."""
    if person.locked_at or person.closed_at:
        return False
    return ctx.the(Access).permits(actor_for(ctx, person), permission, organisation_id)


def _may_approve(ctx: Context, proposal: Proposal) -> bool:
    return may(ctx, ACTS[proposal.kind].approve, organisation=proposal.organisation_id)


def _open(ctx: Context) -> Select[Proposal]:
    return select(Proposal).where(Proposal.state == State.PROPOSED, Proposal.ends_at > ctx.now(), known(ctx))


def known(ctx: Context) -> ColumnElement[bool]:
    """The condition that the actor may know of it: they made it, or may decide on its kind, and it is not kept from them (ROL-4)."""
    return and_(or_(Proposal.proposer == ctx.actor.id, _approves(ctx)), _not_hidden(ctx))


def _not_hidden(ctx: Context) -> ColumnElement[bool]:
    """The condition that it is of no kind that is kept from some, or not kept from the actor (DEC-6)."""
    kept = [and_(Proposal.kind == act.kind, act.hidden.unseen(ctx)) for act in ACTS.values() if act.hidden]
    return and_(true(), *(~each for each in kept))


def _approves(ctx: Context) -> ColumnElement[bool]:
    return Proposal.kind.in_([act.kind for act in ACTS.values() if may(ctx, act.approve)])


def _decides(ctx: Context) -> ColumnElement[bool]:
    """The condition that the actor can be the second person: what `why_not_second` says of one."""
    me = ctx.actor.person_id
    return and_(
        _approves(ctx),
        Proposal.proposer != ctx.actor.id,
        or_(Proposal.beneficiary_id.is_(None), Proposal.beneficiary_id != me),
        ~_too_new(ctx, me),
    )


def _too_new(ctx: Context, person_id: UUID | None) -> ColumnElement[bool]:
    """The condition that the proposer made this person's account, or had a part in giving them a role, lately.

    A role that has ended since counts: who gave it had their hand in who decides.
    """
    since = rules.newcomer_since(ctx.now(), ctx.the(Policy).two_people.newcomer_days)
    made = exists().where(Person.id == person_id, Person.created_by == Proposal.proposer, Person.created_at > since)
    promoted = exists().where(
        RoleHeld.person_id == person_id,
        or_(RoleHeld.granted_by == Proposal.proposer, RoleHeld.approved_by == Proposal.proposer),
        RoleHeld.granted_at > since,
    )
    return or_(made, promoted)


def _listed(ctx: Context, wanted: Select[Proposal], limit: int) -> list[Proposal]:
    return list(ctx.session.scalars(wanted.order_by(Proposal.proposed_at, Proposal.id).limit(limit)))

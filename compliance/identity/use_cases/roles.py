"""Giving a role and taking it back (ROL-1, ROL-3, ROL-4).

A partner's role is given by one member of the hub. A role that reaches beyond one organisation takes two: what one
asks for waits as a proposal, and the second person's agreement gives it. An operator's command acts alone, because
it brings in the first two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity import queries, rules
from compliance.identity.errors import (
    AccountClosed,
    LastManager,
    NoSuchRole,
    OwnRole,
    RoleAlreadyHeld,
    RoleForHubTeamOnly,
    RoleForPartnersOnly,
    RoleOutsideOrganisation,
    RoleOver,
)
from compliance.identity.events import RoleEnded, RoleGranted
from compliance.identity.models import Person, RoleHeld
from compliance.identity.proposals.acts import takes_two
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.use_cases import propose
from compliance.identity.rules import RoleEnd, Scope
from compliance.kernel.clock import LONDON, end_of, london_date, said_day
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from compliance.kernel.text import prose
from policies.access import could
from policies.permissions import Permission

from .letters import tell
from .people import within_reach

ROLE_GRANT = "role.grant"
"""The kind of the act that two people give a role by; what is asked is whose, which, and until which day."""

LONGEST = timedelta(days=3653)
"""A role with an end ends within ten years: a later day is a slip of the pen."""


def grant_role(
    ctx: Context,
    person_id: UUID,
    *,
    role: str,
    organisation_id: UUID | None = None,
    reason: str,
    ends_on: date | None = None,
) -> RoleHeld | Proposal:
    """Give somebody else a role: a partner's for their own organisation, any other for the whole hub.

    Gives the role as it is held or, where a second person is asked for, the proposal that waits for them.
    `ends_on` is the last day, in London; without it the role is held until it is taken back.

    Raises OwnRole, FreshCodeNeeded, NoSuchRole, RoleForHubTeamOnly, RoleForPartnersOnly, RoleOutsideOrganisation,
    RoleAlreadyHeld, AccountClosed, Invalid at /reason or /ends_on, and WaitsAlready.
    """
    person = within_reach(ctx, Permission.ROLE_GRANT, person_id)
    if ctx.actor.person_id == person.id:
        raise OwnRole()
    queries.require_fresh(ctx)
    why = prose(reason, pointer="/reason", limit=1000)
    reach = _fits(ctx, person, role, organisation_id)
    ends_at = _end_of(ctx, ends_on)

    if rules.ROLES[role] is not Scope.ORGANISATION and ctx.actor.kind != "command":
        asked = {"person_id": str(person.id), "role": role, "ends_on": ends_on.isoformat() if ends_on else None}
        thing = f"role:{person.id}:{role}"
        return propose(ctx, ROLE_GRANT, asked, thing=thing, reason=why, beneficiary_id=person.id)
    return _give(ctx, person, RoleHeld(role=role, organisation_id=reach, ends_at=ends_at, reason=why))


@takes_two(ROLE_GRANT, propose=Permission.ROLE_GRANT, approve=Permission.ROLE_APPROVE)
def give_role(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Give the role that two people agreed on, if nothing stands in its way by now; raises as `grant_role` does."""
    person = queries.person(ctx, UUID(asked["person_id"]), lock=True)
    role, last = str(asked["role"]), asked["ends_on"]
    reach = _fits(ctx, person, role, None)
    ends_at = _end_of(ctx, date.fromisoformat(last) if last else None)

    held = RoleHeld(role=role, organisation_id=reach, ends_at=ends_at, reason=proposal.reason)
    _give(ctx, person, held, proposal)


def end_role(ctx: Context, role_held_id: UUID, *, reason: str) -> None:
    """Take a role back; it counts for nothing from this commit on (DEC-4).

    Raises RoleOver, FreshCodeNeeded, Invalid at /reason, and LastManager: somebody has to be able to let others in.
    """
    if not could(ctx, Permission.ROLE_GRANT):
        raise Forbidden()
    found = select(RoleHeld.person_id, RoleHeld.role).where(RoleHeld.id == role_held_id)
    whose = ctx.session.execute(found).one_or_none()
    if whose is None:
        raise NotFound()
    if whose.role == "hub_manager":
        _hold_managers_still(ctx)
    person = within_reach(ctx, Permission.ROLE_GRANT, whose.person_id)
    queries.require_fresh(ctx)
    why = prose(reason, pointer="/reason", limit=1000)
    held = _locked(ctx, role_held_id)
    if held.ended_at or (held.ends_at and held.ends_at <= ctx.now()):
        raise RoleOver()
    if held.role == "hub_manager":
        _somebody_else_manages(ctx, person)

    held.ended_at = ctx.now()
    held.end_reason = why

    _record_end(ctx, person, held, RoleEnd.TAKEN_BACK)


def close_role(ctx: Context, role_held_id: UUID) -> None:
    """Close a role whose last day has passed, so that the log says so; one that is closed already stays as it is."""
    whose = select(RoleHeld.person_id).where(RoleHeld.id == role_held_id)
    person = queries.person(ctx, ctx.session.execute(whose).scalar_one(), lock=True)
    held = _locked(ctx, role_held_id)
    if held.ended_at or held.ends_at is None or held.ends_at > ctx.now():
        return

    held.ended_at = held.ends_at

    _record_end(ctx, person, held, RoleEnd.LAST_DAY)


def end_roles_at(
    ctx: Context, organisation_id: UUID, *, but: Collection[str], given_before: datetime | None = None
) -> None:
    """The organisation has left: whoever acted for it does so no more, but for the roles by which it can come back.

    With `given_before` only those that were given before that instant (SIG-6, SIG-9). Acts by rule: no leave is asked.
    """
    held = (
        select(RoleHeld, Person)
        .join(Person, Person.id == RoleHeld.person_id)
        .where(
            RoleHeld.organisation_id == organisation_id,
            RoleHeld.role.not_in(but),
            queries.still_held(ctx.now()),
            *([RoleHeld.granted_at < given_before] if given_before else []),
        )
        .order_by(RoleHeld.id)
    )
    for row, person in ctx.session.execute(held.with_for_update(of=RoleHeld)).all():
        row.ended_at = ctx.now()
        row.end_reason = str(RoleEnd.ORGANISATION_LEFT)
        _record_end(ctx, person, row, RoleEnd.ORGANISATION_LEFT)


def _fits(ctx: Context, person: Person, role: str, organisation_id: UUID | None) -> UUID | None:
    """How far the role would reach, or why this person cannot be given it now."""
    reach = _reach_of(person, role, organisation_id)
    if person.closed_at:
        raise AccountClosed()
    if any(held.role == role for held in queries.roles_held(ctx, person.id)):
        raise RoleAlreadyHeld()
    return reach


def _give(ctx: Context, person: Person, held: RoleHeld, proposal: Proposal | None = None) -> RoleHeld:
    held.id, held.person_id, held.granted_at = ctx.new_id(), person.id, ctx.now()
    held.granted_by = proposal.proposer if proposal else ctx.actor.id
    held.approved_by = ctx.actor.id if proposal else None
    ctx.session.add(held)

    record(
        ctx,
        RoleGranted(
            subject=person.id,
            organisation=person.organisation_id,
            held=held.id,
            role=held.role,
            proposal=proposal.id if proposal else None,
        ),
    )
    _tell(ctx, person, "role_given", held.role, _lasts(held))
    return held


def _locked(ctx: Context, role_held_id: UUID) -> RoleHeld:
    wanted = select(RoleHeld).where(RoleHeld.id == role_held_id)
    locking = wanted.with_for_update().execution_options(populate_existing=True)
    return ctx.session.execute(locking).scalar_one()


def _hold_managers_still(ctx: Context) -> None:
    """Lock every manager's account, in one order and before any other lock: two who end each other's role come one by
    one, and neither waits for the other for ever."""
    managing = select(RoleHeld.person_id).where(RoleHeld.role == "hub_manager", RoleHeld.ended_at.is_(None))
    locking = select(Person.id).where(Person.id.in_(managing)).order_by(Person.id)
    ctx.session.execute(locking.with_for_update(key_share=True)).all()


def _somebody_else_manages(ctx: Context, person: Person) -> None:
    """Refuse unless another open account holds the manager's role. The managers' accounts are held by the caller."""
    managing = (
        select(RoleHeld.person_id)
        .join(Person, Person.id == RoleHeld.person_id)
        .where(
            RoleHeld.role == "hub_manager",
            queries.still_held(ctx.now()),
            Person.hub_team,
            Person.locked_at.is_(None),
            Person.closed_at.is_(None),
        )
    )
    managers = ctx.session.scalars(managing).all()
    if not set(managers) - {person.id}:
        raise LastManager()


def _record_end(ctx: Context, person: Person, held: RoleHeld, why: RoleEnd) -> None:
    record(
        ctx,
        RoleEnded(
            subject=person.id, organisation=person.organisation_id, held=held.id, role=held.role, reason=str(why)
        ),
    )
    _tell(ctx, person, "role_ended", held.role, _ENDED[why])


_ENDED = {
    RoleEnd.TAKEN_BACK: "The MARAC Hub Team took it back.",
    RoleEnd.LAST_DAY: "It was given until a last day, which has passed.",
    RoleEnd.ORGANISATION_LEFT: "Your organisation has withdrawn from the MARAC.",
}


def _tell(ctx: Context, person: Person, letter: str, role: str, says: str) -> None:
    """Write to whoever it concerns; somebody who has not begun yet reads what they hold when they do."""
    if queries.live_password(ctx, person.id) is not None:
        tell(ctx, person, letter, role=rules.ROLE_NAMES[role], says=says)


def _lasts(held: RoleHeld) -> str:
    if held.ends_at is None:
        return "You hold it until the MARAC Hub Team takes it back."
    last = london_date(held.ends_at.astimezone(LONDON) - timedelta(hours=1))
    return f"Your last day in it is {said_day(last)}."


def _end_of(ctx: Context, ends_on: date | None) -> datetime | None:
    """The instant at which a role with this last day ends; raises Invalid at /ends_on."""
    if ends_on is None:
        return None
    today = london_date(ctx.now())
    if not today <= ends_on <= today + LONGEST:
        raise Invalid.at("/ends_on", "Choose a last day from today on, within ten years.")
    return end_of(ends_on)


def _reach_of(person: Person, role: str, organisation_id: UUID | None) -> UUID | None:
    """How far the role would reach, or why this person cannot hold it."""
    scope = rules.ROLES.get(role)
    if scope is None:
        raise NoSuchRole(fields=(FieldError("/role", NoSuchRole.detail),))
    if not rules.may_hold(role, hub_team=person.hub_team):
        raise RoleForHubTeamOnly() if scope is Scope.HUB_TEAM else RoleForPartnersOnly()
    if scope is not Scope.ORGANISATION:
        if organisation_id is not None:
            raise _outside()
        return None
    if person.organisation_id is None or organisation_id not in (None, person.organisation_id):
        raise _outside()
    return person.organisation_id


def _outside() -> RoleOutsideOrganisation:
    return RoleOutsideOrganisation(fields=(FieldError("/organisation_id", RoleOutsideOrganisation.detail),))

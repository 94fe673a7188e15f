"""Giving a role and taking it back (ROL-1, ROL-3, ROL-4)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity import queries, rules
from compliance.identity.errors import (
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
from compliance.identity.rules import Scope
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError, Forbidden, NotFound
from policies.access import could
from policies.permissions import Permission

from .people import within_reach


def grant_role(ctx: Context, person_id: UUID, *, role: str, organisation_id: UUID | None = None) -> RoleHeld:
    """Give somebody else a role: a partner's for their own organisation, any other for the whole hub.

    Raises OwnRole, FreshCodeNeeded, NoSuchRole, RoleForHubTeamOnly, RoleForPartnersOnly,
    RoleOutsideOrganisation and RoleAlreadyHeld.
    """
    person = within_reach(ctx, Permission.ROLE_GRANT, person_id)
    if ctx.actor.person_id == person.id:
        raise OwnRole()
    queries.require_fresh(ctx)
    reach = _reach_of(person, role, organisation_id)
    if any(held.role == role for held in queries.roles_held(ctx, person.id)):
        raise RoleAlreadyHeld()

    row = RoleHeld(
        id=ctx.new_id(),
        person_id=person.id,
        role=role,
        organisation_id=reach,
        granted_by=ctx.actor.id,
        granted_at=ctx.now(),
    )
    ctx.session.add(row)

    record(ctx, RoleGranted(subject=person.id, organisation=person.organisation_id, held=row.id, role=role))
    return row


def end_role(ctx: Context, role_held_id: UUID) -> None:
    """Take a role back; it counts for nothing from this commit on (DEC-4). Raises RoleOver, FreshCodeNeeded."""
    if not could(ctx, Permission.ROLE_GRANT):
        raise Forbidden()
    whose = select(RoleHeld.person_id).where(RoleHeld.id == role_held_id)
    person_id = ctx.session.execute(whose).scalar_one_or_none()
    if person_id is None:
        raise NotFound()
    person = within_reach(ctx, Permission.ROLE_GRANT, person_id)
    queries.require_fresh(ctx)
    held = ctx.session.execute(select(RoleHeld).where(RoleHeld.id == role_held_id).with_for_update()).scalar_one()
    if held.ended_at:
        raise RoleOver()

    held.ended_at = ctx.now()

    record(ctx, RoleEnded(subject=person.id, organisation=person.organisation_id, held=held.id, role=held.role))


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

"""Roles: which somebody holds, giving one, and taking one back (ROL-1, ROL-3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from compliance.identity import queries, use_cases
from compliance.identity.models import RoleHeld
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import reading, work
from compliance.kernel.errors import NotFound
from policies.access import may
from policies.permissions import Permission

from .access import guarded
from .reading import Body, Code, Day, Prose, parse
from .replies import Reply, changed, present

roles = Blueprint("roles", __name__, url_prefix="/api/v1/people/<uuid:person_id>/roles")


class Given(Body):
    role: Code
    reason: Prose
    organisation_id: UUID | None = None
    ends_on: Day | None = None


class Ended(Body):
    reason: Prose


@roles.get("")
@guarded(Permission.ACCOUNT_RESET)
def list_roles(person_id: UUID) -> Reply:
    """Every role somebody holds now, the oldest first."""
    with reading() as ctx:
        person = queries.person(ctx, person_id)
        if not may(ctx, Permission.ACCOUNT_RESET, organisation=person.organisation_id):
            raise NotFound()
        return present({"items": [_held(held) for held in queries.roles_held(ctx, person_id)]})


@roles.post("")
@guarded(Permission.ROLE_GRANT)
def give_role(person_id: UUID) -> Reply:
    """Give a role: a partner's at once (201); any other waits as a proposal for a second person (202)."""
    body = parse(Given)
    with work() as ctx:
        given = use_cases.grant_role(
            ctx,
            person_id,
            role=body.role,
            organisation_id=body.organisation_id,
            reason=body.reason,
            ends_on=body.ends_on,
        )
        waits = isinstance(given, Proposal)
        said = {"proposal": given.id, "ends_at": given.ends_at} if isinstance(given, Proposal) else _held(given)
    return changed(ctx, said, 202 if waits else 201)


@roles.post("/<uuid:role_held_id>/end")
@guarded(Permission.ROLE_GRANT)
def end_role(person_id: UUID, role_held_id: UUID) -> Reply:
    """Take a role back; it counts for nothing from here on (DEC-4)."""
    body = parse(Ended)
    with work() as ctx:
        if role_held_id not in {held.id for held in queries.roles_held(ctx, person_id)}:
            raise NotFound()
        use_cases.end_role(ctx, role_held_id, reason=body.reason)
    return changed(ctx, {"id": role_held_id})


def _held(held: RoleHeld) -> dict[str, Any]:
    return {
        "id": held.id,
        "role": held.role,
        "organisation_id": held.organisation_id,
        "granted_at": held.granted_at,
        "granted_by": held.granted_by,
        "approved_by": held.approved_by,
        "reason": held.reason,
        "ends_at": held.ends_at,
    }

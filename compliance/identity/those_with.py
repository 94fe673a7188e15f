"""Who has a permission now, so that they can be told of what waits for them: by the roles they hold and can use."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.context import Context
from policies.access import Access
from policies.permissions import Permission

from .models import Person, RoleHeld
from .queries import still_held

MOST = 500
"""People at the most: more than any hub has for one thing, so that nobody is left out of a group of every signatory."""


def hub_wide(ctx: Context, *permissions: Permission) -> Sequence[Person]:
    """Those who have any of these for the whole hub, and whose account is open and not locked."""
    return _holders(ctx, {each.value for each in permissions}, "hub", None)


def of_organisation(ctx: Context, organisation_id: UUID, *permissions: Permission) -> Sequence[Person]:
    """Those who have any of these by a role for this organisation, and whose account is open and not locked."""
    return _holders(ctx, {each.value for each in permissions}, "organisation", organisation_id)


def _holders(ctx: Context, permissions: set[str], reach: str, organisation_id: UUID | None) -> Sequence[Person]:
    roles = [
        role
        for role, granted in ctx.the(Access).table.items()
        if any(permission in permissions and distance == reach for permission, distance in granted)
    ]
    able = select(RoleHeld.person_id).where(
        RoleHeld.role.in_(roles), RoleHeld.organisation_id == organisation_id, still_held(ctx.now())
    )
    wanted = select(Person).where(Person.id.in_(able), Person.closed_at.is_(None), Person.locked_at.is_(None))
    return ctx.session.scalars(wanted.order_by(Person.id).limit(MOST)).all()

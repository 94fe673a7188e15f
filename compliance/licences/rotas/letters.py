"""Telling those who can mend it that a rota has turns with nobody in them: the delegates, and the hub (LIC-6, GOV-5)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.kernel.context import Context
from compliance.notices.writing import write
from policies.access import Access
from policies.permissions import Permission

from .models import Rota

MOST = 20
"""So many are told of one person's turns: enough that one of them is at work."""


def turns_left_empty(ctx: Context, rota: Rota, licence_id: UUID) -> None:
    """Write to those whose roles let them change the timetable; whose turns they were is read after signing in."""
    table = ctx.the(Access).table
    of_organisation, of_hub = (
        [role for role, granted in table.items() if (Permission.ROTA_MANAGE, distance) in granted]
        for distance in ("organisation", "hub")
    )
    holders = select(RoleHeld.person_id).where(
        still_held(ctx.now()),
        or_(
            RoleHeld.role.in_(of_hub),
            RoleHeld.role.in_(of_organisation) & (RoleHeld.organisation_id == rota.organisation_id),
        ),
    )
    told = select(Person).where(Person.id.in_(holders), Person.locked_at.is_(None), Person.closed_at.is_(None))
    for person in ctx.session.scalars(told.order_by(Person.id).limit(MOST)):
        write(
            ctx,
            "turns_left_empty",
            to=person.email,
            person_id=person.id,
            once=f"turns-left-empty:{licence_id}:{person.id}",
            name=person.full_name,
            address=f"{ctx.house.settings.base_url}/licences/rotas/{rota.id}",
        )

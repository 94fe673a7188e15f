"""Telling those who can answer that a seat is offered: the organisation's delegates, and the hub (LIC-5, GOV-5)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from compliance.notices.writing import write
from policies.access import Access
from policies.permissions import Permission

from .models import SeatOffer

_A_MOMENT = timedelta(microseconds=1)

MOST = 20
"""So many are told of one offer: enough that one of them is at work."""


def seat_offered(ctx: Context, offer: SeatOffer) -> None:
    """Write to those whose roles let them answer, without saying whom it is for: that is read after signing in."""
    table = ctx.the(Access).table
    answers, gives = (Permission.OFFER_ANSWER, "organisation"), (Permission.LICENCE_APPROVE, "hub")
    of_organisation = [role for role, granted in table.items() if answers in granted]
    of_hub = [role for role, granted in table.items() if gives in granted]
    holders = select(RoleHeld.person_id).where(
        still_held(ctx.now()),
        or_(
            RoleHeld.role.in_(of_hub),
            RoleHeld.role.in_(of_organisation) & (RoleHeld.organisation_id == offer.organisation_id),
        ),
    )
    told = select(Person).where(Person.id.in_(holders), Person.locked_at.is_(None), Person.closed_at.is_(None))
    for person in ctx.session.scalars(told.order_by(Person.id).limit(MOST)):
        write(
            ctx,
            "seat_offered",
            to=person.email,
            person_id=person.id,
            once=f"seat-offer:{offer.id}:{person.id}",
            useless_at=offer.ends_at,
            name=person.full_name,
            address=f"{ctx.house.settings.base_url}/licences/{offer.licence_id}",
            until=said_day(london_date(offer.ends_at - _A_MOMENT)),
        )

"""Telling those who may be the second person that somebody waits for them (GOV-5)."""

from __future__ import annotations

from sqlalchemy import select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from compliance.notices.queries import KEPT
from compliance.notices.writing import write
from policies.access import Access

from .acts import ACTS
from .models import Proposal

MOST = 20
"""So many are told of one proposal: enough that one of them is at work."""


def proposal_waits(ctx: Context, proposal: Proposal) -> None:
    """Write to those whose roles let them decide, without saying what is asked: that is read after signing in."""
    act = ACTS[proposal.kind]
    wanted = (act.approve, "hub")
    roles = [role for role, granted in ctx.the(Access).table.items() if wanted in granted]
    parties = {parse_id(proposal.proposer), proposal.beneficiary_id} - {None}
    kept = act.hidden.kept(ctx, proposal) if act.hidden else frozenset()
    holders = select(RoleHeld.person_id).where(RoleHeld.role.in_(roles), still_held(ctx.now()))
    seconds = select(Person).where(
        Person.id.in_(holders), Person.id.not_in(parties | kept), Person.locked_at.is_(None), Person.closed_at.is_(None)
    )
    for person in ctx.session.scalars(seconds.order_by(Person.id).limit(MOST)):
        write(
            ctx,
            "proposal_waits",
            to=person.email,
            person_id=person.id,
            once=f"{KEPT}{proposal.id}:{person.id}" if act.hidden else None,
            useless_at=proposal.ends_at,
            name=person.full_name,
            address=f"{ctx.house.settings.base_url}/proposals/{proposal.id}",
            until=said_day(london_date(proposal.ends_at)),
        )

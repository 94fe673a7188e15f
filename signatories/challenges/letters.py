"""Telling whoever challenged an entry, whose it is, and who can decide (SIG-3, GOV-5)."""

from __future__ import annotations

from sqlalchemy import or_, select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.identity.use_cases.letters import tell
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from policies.access import Access
from policies.permissions import Permission
from signatories.models import Organisation

from .models import Challenge

SIGNS = "authorised_signatory"

MOST = 40
"""So many are told at the most of one thing."""


def raised(ctx: Context, challenge: Challenge) -> None:
    """The challenger has it in writing, the organisation knows, and those who can decide are asked to."""
    deciders = [
        role for role, granted in ctx.the(Access).table.items() if (Permission.CHALLENGE_DECIDE.value, "hub") in granted
    ]
    decides = select(RoleHeld.person_id).where(RoleHeld.role.in_(deciders), still_held(ctx.now()))
    of_the_hub = set(ctx.session.scalars(decides))
    for person in _whom(ctx, challenge, also=deciders):
        waits = person.id in of_the_hub and str(person.id) != challenge.raised_by
        _tell(ctx, challenge, person, "challenge_waits" if waits else "challenge_raised")


def decided(ctx: Context, challenge: Challenge) -> None:
    """The challenger and the organisation learn that somebody has looked, and where the outcome is read."""
    for person in _whom(ctx, challenge):
        _tell(ctx, challenge, person, "challenge_decided")


def _tell(ctx: Context, challenge: Challenge, person: Person, kind: str) -> None:
    organisation = ctx.session.get_one(Organisation, challenge.organisation_id)
    page = f"{ctx.house.settings.base_url}/register/challenges/{challenge.id}"
    once = f"challenge:{challenge.id}:{kind}:{person.id}"
    tell(ctx, person, kind, once=once, organisation=organisation.name, page=page)


def _whom(ctx: Context, challenge: Challenge, also: list[str] | None = None) -> list[Person]:
    """The challenger, the organisation's authorised signatories, and whoever has one of these roles of the hub."""
    holds = (RoleHeld.role == SIGNS) & (RoleHeld.organisation_id == challenge.organisation_id)
    if also:
        holds = holds | (RoleHeld.role.in_(also) & RoleHeld.organisation_id.is_(None))
    holders = select(RoleHeld.person_id).where(still_held(ctx.now()), holds)
    wanted = (
        select(Person)
        .where(or_(Person.id.in_(holders), Person.id == parse_id(challenge.raised_by)), Person.closed_at.is_(None))
        .order_by(Person.id)
        .limit(MOST)
    )
    return list(ctx.session.scalars(wanted))

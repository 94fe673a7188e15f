"""Which organisations were given their pack and say it has arrived, and which were not yet (GOV-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from policies.access import reach, require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .models import WelcomePack


class Which(StrEnum):
    """Whom the list shows: all, those without a pack, those that have not said theirs has arrived, or those whose last
    pack lacks something of today's."""

    ALL = "all"
    WITHOUT = "without"
    UNCONFIRMED = "unconfirmed"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Welcomed:
    """An organisation and its newest pack: when it was given, of what, and when it said that it has arrived.

    None and nothing where it has none, or has not said so.
    """

    id: UUID
    name: str
    joined_at: datetime
    given_on: date | None
    items: tuple[str, ...]
    lacks: tuple[str, ...]
    received_at: datetime | None


def welcomed(ctx: Context, *, which: Which = Which.ALL, search: str | None = None) -> list[Welcomed]:
    """The organisations within reach: those without a pack first, who joined last before the others; raises Forbidden."""
    within = reach(ctx, Permission.WELCOME_READ)
    newest = (
        select(WelcomePack.organisation_id, func.max(WelcomePack.given_on).label("day"))
        .group_by(WelcomePack.organisation_id)
        .subquery()
    )
    wanted = (
        select(
            Organisation.id,
            Organisation.name,
            Organisation.created_at,
            WelcomePack.given_on,
            WelcomePack.items,
            WelcomePack.received_at,
        )
        .outerjoin(newest, newest.c.organisation_id == Organisation.id)
        .outerjoin(
            WelcomePack,
            (WelcomePack.organisation_id == Organisation.id) & (WelcomePack.given_on == newest.c.day),
        )
        .order_by(WelcomePack.given_on.is_not(None), Organisation.created_at.desc(), Organisation.name, Organisation.id)
    )
    if within is not None:
        wanted = wanted.where(Organisation.id.in_(within))
    if search and search.strip():
        wanted = wanted.where(Organisation.name.icontains(search.strip(), autoescape=True))
    codes = list(ctx.the(Policy).welcome)
    rows = []
    for place, name, joined_at, given_on, items, received_at in ctx.session.execute(wanted):
        had = tuple((items or "").split())
        lacks = tuple(code for code in codes if code not in had)
        rows.append(Welcomed(place, name, joined_at, given_on, had, lacks, received_at))
    if which is Which.WITHOUT:
        return [row for row in rows if row.given_on is None]
    if which is Which.UNCONFIRMED:
        return [row for row in rows if row.given_on is not None and row.received_at is None]
    if which is Which.INCOMPLETE:
        return [row for row in rows if row.given_on is not None and row.lacks]
    return rows


def to_receive(ctx: Context, organisation_id: UUID) -> WelcomePack:
    """The newest pack of one's own organisation; raises Forbidden, and NotFound where it has none or is another's."""
    require(ctx, Permission.WELCOME_RECEIVE, organisation=organisation_id)
    theirs = select(WelcomePack).where(WelcomePack.organisation_id == organisation_id)
    found = ctx.session.scalars(theirs.order_by(WelcomePack.given_on.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def without(ctx: Context) -> int:
    """How many organisations were never given a pack."""
    had = select(WelcomePack.id).where(WelcomePack.organisation_id == Organisation.id).exists()
    return ctx.session.scalar(select(func.count(Organisation.id)).where(~had)) or 0

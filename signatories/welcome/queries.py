"""Which organisations were given their pack and say it has arrived, and which were not yet (GOV-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, true
from sqlalchemy.orm import aliased

from compliance.kernel.context import Context
from compliance.kernel.counting import counts
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


@dataclass(frozen=True)
class Counted:
    """Of the organisations within reach: how many have no pack, and have not said that their newest has arrived."""

    without: int
    unconfirmed: int


def counted(ctx: Context) -> Counted:
    """What the first page says of packs: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row; raises Forbidden."""
    later = aliased(WelcomePack)
    newer = (later.organisation_id == WelcomePack.organisation_id) & (later.given_on > WelcomePack.given_on)
    waits = select(WelcomePack.id).where(
        WelcomePack.organisation_id == Organisation.id,
        WelcomePack.received_at.is_(None),
        ~select(later.id).where(newer).exists(),
    )
    within = reach(ctx, Permission.WELCOME_READ)
    return (
        select(func.count(case((~_had(), 1))), func.count(case((waits.exists(), 1))))
        .select_from(Organisation)
        .where(true() if within is None else Organisation.id.in_(within))
    )


def without(ctx: Context) -> int:
    """How many organisations were never given a pack."""
    return ctx.session.scalar(select(func.count(Organisation.id)).where(~_had())) or 0


def _had() -> ColumnElement[bool]:
    """As a condition on organisations: one was given to them."""
    return select(WelcomePack.id).where(WelcomePack.organisation_id == Organisation.id).exists()

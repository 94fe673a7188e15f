"""Reading what the case system counted: what stands, what it said before, and sums to count rates from (GOV-2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel.context import Context
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import reach
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .models import Fact, FactTold
from .rules import Group

MOST = 500

SORTS = Sorts(
    Fact.id,
    {
        "month": By(Fact.month, date),
        "organisation": By(func.lower(Organisation.name)),
        "area": By(Fact.area),
        "counter": By(Fact.counter),
        "told": By(Fact.told_at, datetime),
    },
    usual="-month",
)


@dataclass(frozen=True)
class Listed:
    """A fact in the list, with the name of the organisation it is about."""

    fact: Fact
    organisation: str


@dataclass(frozen=True)
class Sum:
    """What a counter comes to for an organisation in an area and a month, whether told case by case or all together."""

    organisation_id: UUID
    area: str
    month: date
    counter: str
    count: int


def standing(ctx: Context, groups: Collection[Group]) -> list[Fact]:
    """The facts that stand for these organisations and months, among them all that a group could clash with."""
    organisations = {organisation for organisation, *_ in groups}
    months = {month for _, _, month, _ in groups}
    references = {reference for *_, reference in groups}
    wanted = select(Fact).where(
        Fact.organisation_id.in_(organisations), Fact.month.in_(months), Fact.reference.in_(references)
    )
    return list(ctx.session.scalars(wanted))


def told_otherwise(ctx: Context, groups: Collection[Group]) -> set[Group]:
    """Those of these groups whose month already has counts told the other way: case by case, or all together."""
    organisations = {organisation for organisation, *_ in groups}
    months = {month for _, _, month, _ in groups}
    by_case = Fact.reference != ""
    rows = ctx.session.execute(
        select(Fact.organisation_id, Fact.area, Fact.month, by_case)
        .where(Fact.organisation_id.in_(organisations), Fact.month.in_(months), Fact.count > 0)
        .group_by(Fact.organisation_id, Fact.area, Fact.month, by_case)
    )
    known = {(row[0], row[1], row[2], bool(row[3])) for row in rows}
    return {group for group in groups if (group[0], group[1], group[2], not group[3]) in known}


def sums(ctx: Context, *, since: date, until: date, within: Collection[UUID] | None = None) -> list[Sum]:
    """What every counter comes to for the months from `since` up to and not including `until`: what rates are counted from.

    As far as the actor may read facts; narrowed to `within` where that is given.
    """
    rows = ctx.session.execute(
        select(Fact.organisation_id, Fact.area, Fact.month, Fact.counter, func.sum(Fact.count))
        .where(_reach(ctx), Fact.month >= since, Fact.month < until)
        .where(true() if within is None else Fact.organisation_id.in_(within))
        .group_by(Fact.organisation_id, Fact.area, Fact.month, Fact.counter)
        .order_by(Fact.organisation_id, Fact.area, Fact.month, Fact.counter)
    )
    return [Sum(*row) for row in rows]


def facts(
    ctx: Context,
    *,
    counter: str | None = None,
    area: str | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """What was told, as far as the actor may know it, the newest months first; raises Invalid at `/limit`, `/sort`, `/after`."""
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted: Select[Fact, str] = (
        select(Fact, Organisation.name)
        .join(Organisation, Organisation.id == Fact.organisation_id)
        .where(_reach(ctx), none_kept(ctx, Fact.reference))
    )
    if counter is not None:
        wanted = wanted.where(Fact.counter == counter)
    if area is not None:
        wanted = wanted.where(Fact.area.in_(ctx.the(Policy).area_codes(area)))
    if search and search.strip():
        said = search.strip()
        wanted = wanted.where(
            or_(Organisation.name.icontains(said, autoescape=True), Fact.reference.icontains(said, autoescape=True))
        )
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))


def history(ctx: Context, fact_id: UUID) -> list[FactTold]:
    """Everything that was told of one fact, the newest first."""
    wanted = (
        select(FactTold)
        .join(Fact, Fact.id == FactTold.fact_id)
        .where(FactTold.fact_id == fact_id, _reach(ctx), none_kept(ctx, Fact.reference))
    )
    return list(ctx.session.scalars(wanted.order_by(FactTold.told_at.desc(), FactTold.id).limit(MOST)))


def _reach(ctx: Context) -> ColumnElement[bool]:
    within = reach(ctx, Permission.FACTS_READ)
    return true() if within is None else Fact.organisation_id.in_(within)

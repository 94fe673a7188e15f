"""The report of the audit of use: each quarter in figures and line by line, and the exemptions (LIC-8).

A quarter that still lasts, or whose audit is under way, shows what would be found today of whoever has no verdict yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Select, and_, case, func, or_, select
from sqlalchemy.orm import Bundle

from compliance.identity.models import Person
from compliance.kernel.calendar import Quarter, quarter_named, quarter_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.keyset import By, Page, Sorts
from compliance.licences.models import LastUse, Licence
from compliance.licences.rules import HOLDS_A_SEAT
from policies.access import reach
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import rules
from .models import UseExemption, UseVerdict, UseWarning
from .queries import audited, ends_on, finding, in_force, looked_at, today
from .rules import Verdict

MOST = 500
"""Rows of a page at the most."""

QUARTERS = 40


@dataclass(frozen=True)
class Line:
    """One licence in one quarter. `judged_at` is None while `verdict` is only what would be found today.

    `ends_on` is the day on which it ended, or will end unless it is used; None where it is left alone.
    """

    licence_id: UUID
    person: str
    email: str
    organisation_id: UUID
    organisation: str
    used_at: datetime | None
    warned_at: datetime | None
    exempt_until: date | None
    verdict: Verdict
    judged_at: datetime | None
    ends_on: date | None


@dataclass(frozen=True)
class Tally:
    """A quarter in figures: its licences by verdict, and how many of them have theirs for good.

    `due_on` is the first day of its audit; `open` whether licences may still be judged, `running` whether it lasts.
    """

    quarter: Quarter
    due_on: date
    counts: dict[Verdict, int]
    judged: int
    open: bool
    running: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Exempt:
    """An exemption as it is shown, and whose licence it is for; `at_stake` while it could still keep the licence."""

    exemption: UseExemption
    person: str
    organisation: str
    at_stake: bool


def sorts(quarter: Quarter) -> Sorts:
    """How the lines of a quarter can be sorted; licences never used come before the one whose use is longest ago."""
    return Sorts(
        Licence.id,
        {
            "person": By(func.lower(Person.full_name)),
            "organisation": By(func.lower(Organisation.name)),
            "used": By(_used(), datetime, nullable=True),
            "verdict": By(_verdict(quarter)),
        },
        usual="used",
    )


def named(ctx: Context, name: str) -> Quarter:
    """The quarter of this name, where it has begun; raises NotFound."""
    try:
        quarter = quarter_named(name)
    except Invalid:
        raise NotFound() from None
    if quarter > quarter_of(today(ctx)):
        raise NotFound()
    return quarter


def lines(
    ctx: Context,
    quarter: Quarter,
    *,
    verdict: Verdict | None = None,
    organisation_id: UUID | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Line]:
    """The licences of a quarter within the asker's reach: with their verdict, or what would be found today."""
    within = reach(ctx, Permission.LICENCE_READ)
    order = sorts(quarter)
    chosen = order.known(sort)

    wanted = _of(ctx, quarter, select(_bundle(quarter)), within)
    if verdict is not None:
        wanted = wanted.where(_verdict(quarter) == verdict.value)
    if organisation_id is not None:
        wanted = wanted.where(Licence.organisation_id == organisation_id)
    if search and search.strip():
        looked_in = (Person.full_name, Person.email, Organisation.name)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))

    page = order.page(ctx.session, wanted, sort=chosen, after=order.read(after, chosen), limit=min(limit, MOST))
    return page.each(lambda row: _line(ctx, quarter, row))


def tally(ctx: Context, quarter: Quarter) -> Tally:
    """A quarter in figures, as far as the asker may look."""
    within = reach(ctx, Permission.LICENCE_READ)
    found = _verdict(quarter).label("found")
    counted = _of(ctx, quarter, select(found, func.count(), func.count(UseVerdict.id)), within).group_by(found)
    rows = ctx.session.execute(counted).all()
    return Tally(
        quarter,
        rules.due_on(quarter, ctx.the(Policy).calendar),
        {Verdict(code): number for code, number, _ in rows},
        sum(given for _, _, given in rows),
        quarter >= audited(ctx),
        quarter == quarter_of(today(ctx)),
    )


def to_come(ctx: Context) -> list[Tally]:
    """The quarters that are not judged to the end: the one under way, any that waits for its day, the one that runs."""
    last, running = audited(ctx), quarter_of(today(ctx))
    under_way = tally(ctx, last)
    found = [under_way] if 0 < under_way.judged < under_way.total else []
    found += [tally(ctx, quarter) for quarter in (last.next, last.next.next) if quarter <= running]
    return found[::-1]


def past(ctx: Context) -> list[Tally]:
    """The quarters that were audited, the newest first, by the verdicts given in them."""
    within = reach(ctx, Permission.LICENCE_READ)
    counted = select(UseVerdict.quarter, UseVerdict.verdict, func.count()).group_by(
        UseVerdict.quarter, UseVerdict.verdict
    )
    if within is not None:
        counted = counted.where(UseVerdict.organisation_id.in_(within))
    found: dict[str, dict[Verdict, int]] = {}
    for name, code, number in ctx.session.execute(counted.order_by(UseVerdict.quarter.desc())):
        found.setdefault(name, {})[Verdict(code)] = number
    last, calendar = audited(ctx), ctx.the(Policy).calendar
    return [
        Tally(
            quarter_named(name), rules.due_on(quarter_named(name), calendar), counts, sum(counts.values()),
            quarter_named(name) >= last, False,
        )
        for name, counts in list(found.items())[:QUARTERS]
    ]  # fmt: skip


EXEMPTION_SORTS = Sorts(
    UseExemption.id,
    {
        "person": By(func.lower(Person.full_name)),
        "organisation": By(func.lower(Organisation.name)),
        "ends": By(UseExemption.ends_on, date),
    },
    usual="ends",
)
"""How exemptions can be sorted; the one that ends first stands at the head where nobody asks."""


def exemptions(
    ctx: Context,
    *,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Exempt]:
    """The exemptions in force within the asker's reach."""
    within = reach(ctx, Permission.LICENCE_READ)
    chosen = EXEMPTION_SORTS.known(sort)
    wanted = (
        select(UseExemption)
        .join(Licence, Licence.id == UseExemption.licence_id)
        .join(Person, Person.id == Licence.person_id)
        .join(Organisation, Organisation.id == Licence.organisation_id)
        .where(in_force(ctx), Licence.status.in_(HOLDS_A_SEAT))
    )
    if within is not None:
        wanted = wanted.where(Licence.organisation_id.in_(within))
    if search and search.strip():
        looked_in = (Person.full_name, Organisation.name, UseExemption.reason)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))

    behind = EXEMPTION_SORTS.read(after, chosen)
    page = EXEMPTION_SORTS.page(ctx.session, wanted, sort=chosen, after=behind, limit=min(limit, MOST))
    named = ctx.session.execute(
        select(Licence.id, Person.full_name, Organisation.name)
        .join(Person, Person.id == Licence.person_id)
        .join(Organisation, Organisation.id == Licence.organisation_id)
        .where(Licence.id.in_([row.licence_id for row in page.rows]))
    )
    names = {licence_id: (person, organisation) for licence_id, person, organisation in named}
    last_day = audited(ctx).next.last_day
    return page.each(lambda row: Exempt(row, *names[row.licence_id], row.ends_on >= last_day))


def _of(
    ctx: Context, quarter: Quarter, chosen: Select[*tuple[Any, ...]], within: frozenset[UUID] | None
) -> Select[*tuple[Any, ...]]:
    """The licences of a quarter: those judged and, while it may still be audited, those that wait for it."""
    name = str(quarter)
    wanted = (
        chosen.select_from(Licence)
        .join(Person, Person.id == Licence.person_id)
        .join(Organisation, Organisation.id == Licence.organisation_id)
        .outerjoin(LastUse, LastUse.licence_id == Licence.id)
        .outerjoin(UseWarning, and_(UseWarning.licence_id == Licence.id, UseWarning.quarter == name))
        .outerjoin(UseVerdict, and_(UseVerdict.licence_id == Licence.id, UseVerdict.quarter == name))
    )
    has_verdict = UseVerdict.id.is_not(None)
    wanted = wanted.where(or_(has_verdict, looked_at(quarter)) if quarter >= audited(ctx) else has_verdict)
    return wanted if within is None else wanted.where(Licence.organisation_id.in_(within))


def _verdict(quarter: Quarter) -> ColumnElement[str]:
    return func.coalesce(UseVerdict.verdict, finding(quarter))


def _used() -> ColumnElement[datetime | None]:
    return case((UseVerdict.id.is_not(None), UseVerdict.last_used_at), else_=LastUse.used_at)


def _bundle(quarter: Quarter) -> Bundle[Any]:
    until = (
        select(func.max(UseExemption.ends_on))
        .where(UseExemption.licence_id == Licence.id, UseExemption.ended_at.is_(None))
        .correlate(Licence)
        .scalar_subquery()
    )
    columns: tuple[Label[Any], ...] = (
        Licence.id.label("id"),
        Person.full_name.label("person"),
        Person.email.label("email"),
        Licence.organisation_id.label("organisation_id"),
        Organisation.name.label("organisation"),
        _used().label("used_at"),
        func.coalesce(UseVerdict.warned_at, UseWarning.warned_at).label("warned_at"),
        until.label("exempt_until"),
        _verdict(quarter).label("verdict"),
        UseVerdict.judged_at.label("judged_at"),
    )
    return Bundle("line", *columns)


def _line(ctx: Context, quarter: Quarter, row: Any) -> Line:
    verdict = Verdict(row.verdict)
    day = None
    if verdict is Verdict.UNUSED:
        day = london_date(row.judged_at) if row.judged_at else ends_on(ctx, quarter, row.warned_at)
    return Line(
        row.id, row.person, row.email, row.organisation_id, row.organisation, row.used_at, row.warned_at,
        row.exempt_until, verdict, row.judged_at, day,
    )  # fmt: skip

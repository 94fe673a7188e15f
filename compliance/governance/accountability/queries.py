"""Reading how each organisation takes its part, from what the case system counted (GOV-2, ROL-4).

Whoever may read the facts may read what is counted from them: nothing is hidden here that they cannot add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, true

from compliance.governance.escalations.models import Escalation
from compliance.governance.facts.models import Fact
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, NotFound
from policies.access import could, may, reach
from policies.accountability_groups import Measure
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .owed import NOTHING, Owed, owed
from .rules import Counted, Standing, complete_months, persistent, standing

ByMonth = dict[date, Counted]


class Which(StrEnum):
    """What the list is narrowed to."""

    ALL = "all"
    BELOW = "below"
    PERSISTENT = "persistent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rate:
    """One measure of an organisation: counted over the last months, how it stands, and the months of a persistent failure."""

    measure: Measure
    counted: Counted
    standing: Standing
    failing: Sequence[date] = ()


@dataclass(frozen=True)
class Open:
    """An escalation that is open: about what, and before which group."""

    id: UUID
    about: str
    level: str


@dataclass(frozen=True)
class Standings:
    """One organisation: its rates by measure, what the hub owes it, and what is open about it."""

    id: UUID
    name: str
    rates: Mapping[str, Rate]
    owed: Owed
    escalations: Sequence[Open]

    def is_about(self, which: Which) -> bool:
        """Whether the list narrowed so has it."""
        rates = self.rates.values()
        return {
            Which.ALL: True,
            Which.BELOW: any(rate.standing is Standing.BELOW for rate in rates),
            Which.PERSISTENT: any(rate.failing for rate in rates),
            Which.UNKNOWN: all(rate.standing is Standing.UNKNOWN for rate in rates),
        }[which]


@dataclass(frozen=True)
class Whole:
    """One organisation in full: its standing, each measure month by month, and by area over the months that are counted."""

    standings: Standings
    months: Sequence[date]
    by_month: Mapping[str, ByMonth]
    by_area: Mapping[str, Mapping[str, Counted]]


def standings(
    ctx: Context, *, which: Which = Which.ALL, area: str | None = None, search: str | None = None
) -> list[Standings]:
    """Every organisation that the actor may read the facts of, by name: few statements however many there are.

    `area` counts that area alone. Raises Forbidden.
    """
    within = reach(ctx, Permission.FACTS_READ)
    wanted = select(Organisation.id, Organisation.name).where(true() if within is None else Organisation.id.in_(within))
    if search and search.strip():
        wanted = wanted.where(Organisation.name.icontains(search.strip(), autoescape=True))
    named = ctx.session.execute(wanted.order_by(func.lower(Organisation.name), Organisation.id)).all()
    found = _standings(ctx, [(row[0], row[1]) for row in named], within, area)
    return [each for each in found if each.is_about(which)]


def whole(ctx: Context, organisation_id: UUID) -> Whole:
    """One organisation in full; raises NotFound for one whose facts the actor may not read, Forbidden for no facts at all."""
    name = ctx.session.scalars(select(Organisation.name).where(Organisation.id == organisation_id)).one_or_none()
    if name is None or not may(ctx, Permission.FACTS_READ, organisation=organisation_id):
        raise NotFound() if could(ctx, Permission.FACTS_READ) else Forbidden()
    policy = ctx.the(Policy)
    months = complete_months(london_date(ctx.now()), policy.accountability.months_shown)
    by_month = counted_by_month(ctx, months, {organisation_id}).get(organisation_id, {})
    one = _standings(ctx, [(organisation_id, name)], {organisation_id}, None)[0]
    recent = months[-policy.accountability.months_counted :]
    return Whole(one, months, by_month, _by_area(ctx, organisation_id, recent))


def below(ctx: Context, organisation_id: UUID) -> list[Rate]:
    """What this organisation does too little of over the counted months, in one statement; none where nothing was told.

    Raises NotFound for one whose facts the actor may not read.
    """
    if not may(ctx, Permission.FACTS_READ, organisation=organisation_id):
        raise NotFound()
    policy = ctx.the(Policy)
    values = policy.accountability
    told = counted_by_month(ctx, complete_months(london_date(ctx.now()), values.months_counted), {organisation_id})
    found = []
    for code, by_month in told.get(organisation_id, {}).items():
        measure, counted = policy.measures[code], sum(by_month.values(), Counted())
        stands = standing(counted, least=measure.least, few=values.counted_least)
        if stands is Standing.BELOW:
            found.append(Rate(measure, counted, stands))
    return found


def failing(ctx: Context, within: Collection[UUID] | None = None) -> list[Standings]:
    """Organisations that persistently fail, for the job that puts them before the groups; as they stand, whoever asks."""
    wanted = select(Organisation.id, Organisation.name).where(true() if within is None else Organisation.id.in_(within))
    named = [(row[0], row[1]) for row in ctx.session.execute(wanted.order_by(Organisation.id))]
    return [each for each in _standings(ctx, named, within, None) if each.is_about(Which.PERSISTENT)]


def counted_by_month(
    ctx: Context, months: Sequence[date], within: Collection[UUID] | None, area: str | None = None
) -> dict[UUID, dict[str, ByMonth]]:
    """By organisation and measure, what was counted in each of these months; a month that nobody told of is not there."""
    policy = ctx.the(Policy)
    rows = ctx.session.execute(
        select(Fact.organisation_id, Fact.month, *_sums(policy.measures))
        .where(*_of(policy, months, within, area))
        .group_by(Fact.organisation_id, Fact.month)
    )
    found: dict[UUID, dict[str, ByMonth]] = defaultdict(lambda: defaultdict(dict))
    for organisation, month, *sums in rows:
        for code, counted in _paired(policy.measures, sums):
            found[organisation][code][month] = counted
    return found


def counted_by_area(ctx: Context, months: Sequence[date]) -> dict[str, dict[str, Counted]]:
    """By area as it is now and measure, what all organisations together did in these months."""
    return _areas(ctx, months, None)


def _by_area(ctx: Context, organisation_id: UUID, months: Sequence[date]) -> dict[str, dict[str, Counted]]:
    return _areas(ctx, months, {organisation_id})


def _areas(ctx: Context, months: Sequence[date], within: Collection[UUID] | None) -> dict[str, dict[str, Counted]]:
    policy = ctx.the(Policy)
    rows = ctx.session.execute(
        select(Fact.area, *_sums(policy.measures)).where(*_of(policy, months, within, None)).group_by(Fact.area)
    )
    found: dict[str, dict[str, Counted]] = defaultdict(lambda: defaultdict(Counted))
    for area, *sums in rows:
        for code, counted in _paired(policy.measures, sums):
            found[policy.area_now.get(area, area)][code] += counted
    return found


def _standings(
    ctx: Context, named: Sequence[tuple[UUID, str]], within: Collection[UUID] | None, area: str | None
) -> list[Standings]:
    policy = ctx.the(Policy)
    values = policy.accountability
    months = complete_months(london_date(ctx.now()), max(values.looked_back_months, values.months_counted))
    told = counted_by_month(ctx, months, within, area)
    owes, ended = owed(ctx, within), _escalations(ctx, within)
    found = []
    for one, name in named:
        known = ended.get(one, [])
        rates = {
            measure.code: _rate(policy, measure, told.get(one, {}).get(measure.code, {}), months, known)
            for measure in policy.measures.values()
        }
        open_ones = [Open(it.id, it.about, it.level) for it in known if it.ended_at is None]
        found.append(Standings(one, name, rates, owes.get(one, NOTHING), open_ones))
    return found


def _rate(policy: Policy, measure: Measure, by_month: ByMonth, months: Sequence[date], known: Sequence[Any]) -> Rate:
    values = policy.accountability
    counted = sum((by_month.get(month, Counted()) for month in months[-values.months_counted :]), Counted())
    over = [london_date(it.ended_at) for it in known if it.about == measure.about and it.ended_at is not None]
    since = max(over).replace(day=1) if over else None
    looked_at = {
        month: by_month[month]
        for month in months[-values.looked_back_months :]
        if month in by_month and (since is None or month > since)
    }
    return Rate(
        measure,
        counted,
        standing(counted, least=measure.least, few=values.counted_least),
        persistent(looked_at, months=values.persistent_months, least=measure.least, few=values.counted_least),
    )


def _escalations(ctx: Context, within: Collection[UUID] | None) -> dict[UUID, list[Any]]:
    """Every escalation of each organisation: what was before the groups and ended is judged by the months after it alone."""
    rows = ctx.session.execute(
        select(
            Escalation.organisation_id, Escalation.id, Escalation.about, Escalation.level, Escalation.ended_at
        ).where(true() if within is None else Escalation.organisation_id.in_(within))
    )
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.organisation_id].append(row)
    return found


def _sums(measures: Mapping[str, Measure]) -> list[ColumnElement[int]]:
    """Two sums for each measure: what was done, and what there was to do or was missed."""

    def summed(counter: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((Fact.counter == counter, Fact.count), else_=0)), 0)

    return [summed(name) for each in measures.values() for name in (each.part, each.whole or each.missed)]


def _paired(measures: Mapping[str, Measure], sums: Sequence[int]) -> list[tuple[str, Counted]]:
    """The sums of a row as what each measure counts; one that there was nothing of is not there."""
    found = []
    for place, (code, measure) in enumerate(measures.items()):
        part, rest = int(sums[2 * place]), int(sums[2 * place + 1])
        counted = Counted(part, rest if measure.whole else part + rest)
        if counted.whole:
            found.append((code, counted))
    return found


def _of(
    policy: Policy, months: Sequence[date], within: Collection[UUID] | None, area: str | None
) -> list[ColumnElement[bool]]:
    counters = {name for each in policy.measures.values() for name in (each.part, each.whole, each.missed) if name}
    asked: list[ColumnElement[bool]] = [Fact.month.in_(months), Fact.counter.in_(sorted(counters))]
    if within is not None:
        asked.append(Fact.organisation_id.in_(within))
    if area is not None:
        asked.append(Fact.area.in_(policy.area_codes(area)))
    return asked

"""How partners take their part, for the groups that hold them to it (GOV-1, GOV-2).

Partners and the hub see their own counts in full on their pages. What leaves the hub shows no small count of cases: not
what there was to do, nor what was or was not done of it, nor one that could be found from a total and the others.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from compliance.governance.accountability import owed, queries
from compliance.governance.accountability.rules import Counted, hidden
from compliance.governance.escalations import queries as escalations
from compliance.governance.escalations.rules import Standing as Stands
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span, Trend, Unit, said
from compliance.governance.figures.spans import begin, end
from compliance.kernel.context import Context
from policies.accountability_groups import Measure
from policies.values import Policy
from signatories.models import Organisation

K = TypeVar("K", bound=Hashable)

FEWER, NOT_SHOWN = "Fewer than {}", "Not shown"


def chapter(ctx: Context, span: Span) -> Chapter:
    """Attendance, actions and research of the span by organisation and area, and the escalations that are open."""
    policy = ctx.the(Policy)
    months = _months(span)
    told = queries.counted_by_month(ctx, months, None)
    by_organisation = {
        one: {code: _sum(by_month) for code, by_month in measures.items()} for one, measures in told.items()
    }
    names = {row[0]: row[1] for row in ctx.session.execute(select(Organisation.id, Organisation.name))}
    debts = owed.owed(ctx)
    without = owed.without(ctx, begin(span), end(ctx, span))
    measures = policy.measures
    whole = {code: _total(each.get(code) for each in by_organisation.values()) for code in measures}
    below = {
        code: sum(
            1
            for each in by_organisation.values()
            if code in each and each[code].whole >= policy.accountability.counted_least
            and each[code].is_below(measure.least)
        )
        for code, measure in measures.items()
    }  # fmt: skip
    counted = _escalations(ctx)
    return Chapter(
        code="accountability",
        heading="Accountability",
        says=f"As the case system reported it for {span.name}. What it told nothing of is not known, and is not nought.",
        figures=[
            *(_figure(policy, measure, whole[code]) for code, measure in measures.items()),
            *(
                Figure(f"below_{code}", f"Organisations below {measure.least}%: {measure.name.lower()}", below[code],
                       where="/accountability?which=below")
                for code, measure in measures.items()
            ),
            Figure("owed", "Licences that partners wait for today", sum(each.waiting for each in debts.values()),
                   where="/licences?status=requested"),
            Figure("owed_without", "Licences there was no seat for", sum(without.values()), where="/accountability",
                   says="Refused for want of a seat, or taken back after too long a wait for one."),
            Figure("escalations_open", "Escalations that are open", counted["open"], where="/escalations"),
            Figure("escalations_overdue", "Of them, not answered in time", counted["overdue"],
                   where="/escalations?which=overdue"),
        ],
        grids=[_by_organisation(policy, by_organisation, names, debts, without), _by_area(ctx, policy, months)],
        trends=[_trend(policy, told, months)],
        decisions=_decisions(counted),
    )  # fmt: skip


def _figure(policy: Policy, measure: Measure, counted: Counted) -> Figure:
    says = f"{measure.says}; {measure.least}% is expected."
    few = _is_small(policy, measure, counted.whole)
    value, instead = (None, FEWER.format(policy.accountability.small_number)) if few else (counted.share, "")
    return Figure(measure.code, measure.name, value, Unit.SHARE, where="/accountability", says=says, instead=instead)


def _is_small(policy: Policy, measure: Measure, count: int) -> bool:
    """Whether a count could point to a case."""
    return measure.of_cases and 0 < count < policy.accountability.small_number


def _by_organisation(
    policy: Policy,
    by_organisation: Mapping[UUID, Mapping[str, Counted]],
    names: Mapping[UUID, str],
    debts: Mapping[UUID, owed.Owed],
    without: Mapping[UUID, int],
) -> Grid:
    rates = (each.name for each in policy.measures.values())
    columns = ["Organisation", *rates, "Licences it waits for", "There was no seat for"]
    shown = {code: _cells(policy, code, {one: each.get(code, Counted()) for one, each in by_organisation.items()})
             for code in policy.measures}  # fmt: skip
    rows = [
        [
            names[one],
            *(shown[code][one] for code in policy.measures),
            f"{debts.get(one, owed.NOTHING).waiting:,}",
            f"{without.get(one, 0):,}",
        ]
        for one in sorted(by_organisation, key=lambda one: (names[one].casefold(), str(one)))
    ]
    return Grid(
        "by_organisation", "By organisation", columns, rows,
        says="Whoever is not here was told nothing of. Nobody is blamed for research that had to wait for a seat.",
        nothing="The case system reported nothing for these months.",
    )  # fmt: skip


def _by_area(ctx: Context, policy: Policy, months: Sequence[date]) -> Grid:
    found = queries.counted_by_area(ctx, months)
    shown = {code: _cells(policy, code, {area: found[area].get(code, Counted()) for area in found})
             for code in policy.measures}  # fmt: skip
    rows = [
        [policy.area_name(area), *(shown[code][area] for code in policy.measures)]
        for area in (*(code for code in policy.areas if code in found), *sorted(set(found) - set(policy.areas)))
    ]
    return Grid(
        "by_area", "By area", ["Area", *(each.name for each in policy.measures.values())], rows,
        says="An area that was renamed or merged counts under its name of today.",
        nothing="The case system reported nothing for these months.",
    )  # fmt: skip


def _cells(policy: Policy, code: str, counted: Mapping[K, Counted]) -> dict[K, str]:
    """Each cell of a column as it leaves the hub: a rate with what it is counted from, or as much of it as points to nobody."""
    measure, small = policy.measures[code], policy.accountability.small_number
    away = hidden({key: each.whole for key, each in counted.items()}, small) if measure.of_cases else ()
    cells = {}
    for key, each in counted.items():
        if not each.whole:
            cells[key] = said(None, Unit.SHARE)
        elif key in away:
            cells[key] = FEWER.format(small) if each.whole < small else NOT_SHOWN
        elif _is_small(policy, measure, each.part) or _is_small(policy, measure, each.whole - each.part):
            cells[key] = f"About {((each.share or 0) + 25) // 50 * 5}%"
        else:
            cells[key] = f"{said(each.share, Unit.SHARE)} ({each.part:,} of {each.whole:,})"
    return cells


def _trend(policy: Policy, told: Mapping[UUID, Mapping[str, queries.ByMonth]], months: Sequence[date]) -> Trend:
    series = []
    for code, measure in policy.measures.items():
        monthly = [_total(each.get(code, {}).get(month) for each in told.values()) for month in months]
        shares = [None if _is_small(policy, measure, each.whole) else each.share for each in monthly]
        series.append((measure.name, shares))
    says = "Each rate over all partners, month by month."
    return Trend("rates", "Month by month", says, [f"{month:%b %Y}" for month in months], series, Unit.SHARE)


def _decisions(counted: Mapping[str, int]) -> list[Decision]:
    waiting = counted["answered"] + counted["overdue"]
    if not waiting:
        return []
    one = waiting == 1
    return [
        Decision(
            f"End {'it' if one else 'each'}, or raise it to the group above.",
            f"{waiting:,} {'escalation was' if one else 'escalations were'} answered, or not answered in time.",
            "/escalations",
            "GOV-2",
        )
    ]


def _escalations(ctx: Context) -> dict[str, int]:
    found = escalations.of_everybody(ctx)
    return {
        "open": found.asked + found.overdue + found.answered,
        Stands.OVERDUE.value: found.overdue,
        Stands.ANSWERED.value: found.answered,
    }


def _months(span: Span) -> list[date]:
    """The first days of the months of a span."""
    first, last = span.since.year * 12 + span.since.month - 1, span.until.year * 12 + span.until.month - 1
    return [date(place // 12, place % 12 + 1, 1) for place in range(first, max(last, first + 1))]


def _sum(by_month: queries.ByMonth) -> Counted:
    return sum(by_month.values(), Counted())


def _total(several: Iterable[Counted | None]) -> Counted:
    return sum((each for each in several if each is not None), Counted())

"""How each organisation takes its part: meetings, actions, research, and what the hub owes it (GOV-2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.accountability import owed, queries, tables
from compliance.governance.accountability.queries import Standings, Which, Whole
from compliance.governance.figures.model import Unit, said
from compliance.kernel.context import Context, in_force, work
from compliance.kernel.tables import Table
from compliance.web import charts, lists
from compliance.web.access import guarded
from compliance.web.charts import Chart, Series
from compliance.web.forms.accountability import AccountabilityQuestion
from compliance.web.forms.escalations import LEVELS
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("accountability", __name__, url_prefix="/accountability")


@pages.get("")
@guarded(Permission.FACTS_READ)
def organisations() -> Reply:
    """Every organisation one may know of, with each rate, what it is counted from, and what it waits for."""
    form, policy = _question(), in_force(Policy)
    form.understood()
    sort = _sort(policy)
    with work() as ctx:
        rows = _in_order(queries.standings(ctx, **_asked(form)), sort)
        since = owed.counted_since(ctx)
        record(ctx, ListViewed(what="accountability", rows=len(rows)))
    return show(
        "accountability.html", form, sheet=lists.cut(rows), sort=sort, measures=policy.measures, levels=LEVELS,
        values=policy.accountability, rate=_rate, since=since,
        filtered=_asked(form) != _EVERYTHING,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.FACTS_READ)
def export(form: str) -> Reply:
    """The organisations as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), _sort(in_force(Policy))

    def table(ctx: Context) -> Table:
        return tables.of_standings(ctx, _in_order(queries.standings(ctx, **asked), sort))

    return lists.file_of(form, "accountability", table)


@pages.get("/<uuid:organisation_id>")
@guarded(Permission.FACTS_READ)
def organisation(organisation_id: UUID) -> Reply:
    """One organisation: each rate month by month and by area, what the hub owes it, and what is open about it."""
    policy = in_force(Policy)
    with work() as ctx:
        found, since = queries.whole(ctx, organisation_id), owed.counted_since(ctx)
        record(
            ctx, ListViewed(what="accountability-organisation", rows=len(found.months), organisation=organisation_id)
        )
    areas = [(policy.area_name(code), by) for code, by in found.by_area.items()]
    return show(
        "accountability_one.html", found=found, measures=policy.measures, levels=LEVELS, values=policy.accountability,
        pictures=_pictures(found), areas=sorted(areas), rate=_rate, since=since,
    )  # fmt: skip


_EVERYTHING: dict[str, Any] = {"which": Which.ALL, "area": None, "search": None}


def _question() -> AccountabilityQuestion:
    form = AccountabilityQuestion()
    form.area.choices = [("", "Every area"), *((code, each.name) for code, each in in_force(Policy).areas.items())]
    return form


def _asked(form: AccountabilityQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data) if form.which.data in list(Which) else Which.ALL,
        "area": form.area.data if form.area.data in in_force(Policy).areas else None,
        "search": form.search.data or None,
    }


def _sort(policy: Policy) -> str:
    keys = ["name", *policy.measures, "owed", "without"]
    return lists.one_of("sort", [*keys, *(f"-{key}" for key in keys)]) or "name"


def _in_order(rows: list[Standings], sort: str) -> list[Standings]:
    """Sorted as asked; what is not known stands last, whichever way."""
    key, down = sort.removeprefix("-"), sort.startswith("-")
    if key == "name":
        return rows[::-1] if down else rows

    def value(row: Standings) -> int | None:
        owes = {"owed": row.owed.waiting, "without": row.owed.without}
        return owes[key] if key in owes else row.rates[key].counted.share

    known = [row for row in rows if value(row) is not None]
    known.sort(key=lambda row: value(row) or 0, reverse=down)
    return known + [row for row in rows if value(row) is None]


def _rate(tenths: int | None) -> str:
    return said(tenths, Unit.SHARE)


def _pictures(found: Whole) -> dict[str, Any]:
    """Each measure over time, in whole per cent; none where nothing was ever reported."""
    pictures = {}
    for code, by_month in found.by_month.items():
        measure = found.standings.rates[code].measure
        shares = [by_month[month].share if month in by_month else None for month in found.months]
        values = [None if share is None else (share + 5) // 10 for share in shares]
        pictures[code] = charts.lines(
            Chart(
                f"chart-{code}",
                f"{measure.name}, per cent, month by month",
                f"{measure.says}. {measure.least} per cent is expected.",
                [f"{month:%b %y}" for month in found.months],
                [Series(measure.name, values), Series("Expected", [measure.least for _ in found.months])],
            )
        )
    return pictures

"""Where a seat is wasted, who waits for one, and what would free it: on one page, and changed from none (LIC-11)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, in_force, work
from compliance.kernel.tables import Table
from compliance.licences.capacity import queries, tables
from compliance.licences.capacity.figures import MONTHS, SORTS, By, in_order
from compliance.licences.capacity.queries import Asked, Capacity
from compliance.licences.capacity.rules import Way
from compliance.licences.capacity.what_if import Question, what_if
from compliance.licences.quarterly.rules import Verdict
from compliance.licences.rules import Kind
from compliance.licences.waiting import queries as waiting
from compliance.web import charts, lists
from compliance.web.access import guarded
from compliance.web.charts import Chart, Series
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("capacity", __name__, url_prefix="/licences/capacity")

DAYS = (7, 14, 30, 60, 90, 180)
"""The days without use that can be chosen, besides the policy's own."""

FOUND = {
    "Used": (Verdict.USED, Verdict.USED_SINCE),
    "Not used": (Verdict.UNUSED,),
    "Left alone": (Verdict.YOUNG, Verdict.EXEMPT, Verdict.RESTING),
}
"""What the audits of use found, as the picture sums it up (LIC-8)."""


@pages.get("")
@guarded(Permission.CAPACITY_READ)
def capacity() -> Reply:
    """Seats, use and demand: by kind, by organisation, sector or area, and over time."""
    asked, sort = _asked(), _sort()
    back = int(lists.one_of("months", [str(each) for each in MONTHS]) or MONTHS[0])
    with work() as ctx:
        found = queries.capacity(ctx, asked, months_back=back)
        rows = in_order(found.rows, sort)
        record(ctx, ListViewed(what="capacity", rows=len(rows)))
    return show(
        "capacity.html",
        found=found,
        sheet=lists.cut(rows),
        asked=asked,
        sort=sort,
        back=back,
        pictures=_pictures(found),
        verdicts=FOUND,
        filtered=asked != Asked(),
        **_choices(found.days),
    )


@pages.get("/export.<form>")
@guarded(Permission.CAPACITY_READ)
def export(form: str) -> Reply:
    """The table as it was asked for and sorted, as a file."""

    def table(ctx: Context) -> Table:
        asked = _asked()
        found = queries.capacity(ctx, asked)
        return tables.of_capacity(ctx, found, in_order(found.rows, _sort()), asked.by)

    return lists.file_of(form, "capacity", table)


@pages.get("/what-if")
@guarded(Permission.CAPACITY_READ)
def consider() -> Reply:
    """Who could be served today if idle seats were freed, or shared by rota; nothing is carried out by it."""
    question = Question(
        kind=Kind(lists.one_of("kind", list(Kind)) or Kind.STANDING),
        days=_days(),
        area=lists.one_of("area", in_force(Policy).areas),
        rotas=lists.one_of("rotas", ("yes",)) is not None,
    )
    with work() as ctx:
        answer = what_if(ctx, question)
        record(ctx, ListViewed(what="capacity-what-if", rows=len(answer.lines)))
        order = waiting.order(ctx)
    return show("what_if.html", answer=answer, asked=question, order=order, Way=Way, **_choices(answer.terms.idle_days))


def _asked() -> Asked:
    """What the table is narrowed to."""
    kind = lists.one_of("kind", list(Kind))
    return Asked(
        by=By(lists.one_of("by", list(By)) or By.ORGANISATION),
        days=_days(),
        kind=Kind(kind) if kind else None,
        area=lists.one_of("area", in_force(Policy).areas),
        sector=lists.asked("sector"),
        search=lists.asked("search"),
    )


def _days() -> int | None:
    text = lists.one_of("days", [str(each) for each in DAYS])
    return int(text) if text else None


def _sort() -> str:
    return lists.one_of("sort", [*SORTS, *(f"-{key}" for key in SORTS)]) or "-idle"


def _choices(days: int) -> dict[str, Any]:
    usual = in_force(Policy).capacity.idle_days
    return {"days": sorted({*DAYS, usual, days}), "usual": usual, "areas": in_force(Policy).areas.values()}


def _pictures(found: Capacity) -> dict[str, Any]:
    """Seats and people over time; none where nothing is known yet."""
    pictures: dict[str, Any] = {}
    known = [past for past in found.past if past.held is not None]
    if known:
        first, last = known[0], known[-1]
        pictures["past"] = charts.lines(
            Chart(
                "chart-past",
                "Licences held and people waiting, month by month",
                f"Licences held went from {first.held} at the end of {first.month.name} to {last.held} now; "
                f"people waiting from {first.waiting} to {last.waiting}.",
                [past.month.short for past in found.past],
                [
                    Series("Licences held", [past.held for past in found.past]),
                    Series("People waiting", [past.waiting for past in found.past]),
                ],
            )
        )
    if found.quarters:
        latest = found.quarters[-1]
        sums = {name: [latest.verdicts.get(each, 0) for each in which] for name, which in FOUND.items()}
        pictures["use"] = charts.columns(
            Chart(
                "chart-use",
                "What the audits of use found, quarter by quarter",
                f"In {latest.quarter}: "
                + ", ".join(f"{sum(each)} {name.lower()}" for name, each in sums.items())
                + ".",
                [quarter.quarter for quarter in found.quarters],
                [
                    Series(name, [sum(q.verdicts.get(each, 0) for each in which) for q in found.quarters])
                    for name, which in FOUND.items()
                ],
            )
        )
    return pictures

"""How the hub grows, and when seats and the co-ordinators' hours run out (LIC-11)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.growth import queries, tables
from compliance.governance.growth.queries import Growth
from compliance.governance.growth.rules import What
from compliance.governance.growth.saying import NAMES, said
from compliance.kernel.context import Context, in_force, work
from compliance.kernel.tables import Table
from compliance.web import charts, lists
from compliance.web.access import guarded
from compliance.web.charts import Chart, Series
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("growth", __name__, url_prefix="/growth")

SHOWN = (
    ("size", "Organisations, people and licences", "At the end of each month.",
     (What.ORGANISATIONS, What.PEOPLE, What.LICENCES)),
    ("decisions", "Decisions", "Answered in each month, those of a batch one by one.", (What.DECISIONS,)),
    ("cases", "Cases with access", "Cases that somebody had access to in each month, as the case system reported.", (What.CASES,)),
    ("work", "What the co-ordinators had to do", "Begun in each month.", (What.REQUESTS, What.AUDITS, What.REVIEWS)),
)  # fmt: skip
"""The pictures: key, title, what it shows, and of which counts."""


@pages.get("")
@guarded(Permission.GROWTH_READ)
def growth() -> Reply:
    """The months that are over as pictures with their tables, and where they lead."""
    with work() as ctx:
        found = queries.growth(ctx)
        record(ctx, ListViewed(what="growth", rows=len(found.months)))
    return show(
        "growth.html", found=found, pictures=[_picture(found, *each) for each in SHOWN], names=NAMES,
        seats=said(found.seats, "seats"), hours=said(found.hours, "the co-ordinators’ hours"),
        values=in_force(Policy).growth, month=found.minutes[-1] if found.minutes else None,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.GROWTH_READ)
def export(form: str) -> Reply:
    """The months as a file."""

    def table(ctx: Context) -> Table:
        return tables.of_growth(ctx, queries.growth(ctx))

    return lists.file_of(form, "growth", table)


def _picture(found: Growth, key: str, title: str, says: str, counts: tuple[What, ...]) -> dict[str, Any]:
    """One picture and the table of it; no picture where nothing was counted yet."""
    known = any(value is not None for what in counts for value in found.counts[what])
    chart = Chart(
        f"chart-{key}", title, says, [f"{month:%b %y}" for month in found.months],
        [Series(NAMES[what], found.counts[what]) for what in counts],
    )  # fmt: skip
    return {"key": key, "title": title, "says": says, "counts": counts, "drawn": charts.lines(chart) if known else None}

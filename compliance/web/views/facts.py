"""What the case system counts of each organisation, as it reported it (GOV-2)."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.facts import queries, tables
from compliance.kernel.context import Context, in_force, work
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.sharing import FactQuestion
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("facts", __name__, url_prefix="/facts")


@pages.get("")
@guarded(Permission.FACTS_READ)
def facts() -> Reply:
    """The facts one may know of: searched, filtered, sorted, a page at a time."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    policy = in_force(Policy)
    with work() as ctx:
        page = queries.facts(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="facts", rows=len(page.rows)))
    return show(
        "facts.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        counters=policy.fact_counters, filtered=any(_asked(form).values()),
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.FACTS_READ)
def export(form: str) -> Reply:
    """The facts as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.facts, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_facts(ctx, rows, most=most)

    return lists.file_of(form, "facts", table)


def _question() -> FactQuestion:
    form, policy = FactQuestion(), in_force(Policy)
    form.counter.choices = [("", "Anything"), *((code, each.name) for code, each in policy.fact_counters.items())]
    form.area.choices = [("", "Every area"), *((code, area.name) for code, area in policy.areas.items())]
    return form


def _asked(form: FactQuestion) -> dict[str, Any]:
    policy = in_force(Policy)
    return {
        "counter": form.counter.data if form.counter.data in policy.fact_counters else None,
        "area": form.area.data if form.area.data in policy.areas else None,
        "search": form.search.data or None,
    }

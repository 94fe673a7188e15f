"""Records whose time is kept here: how it stands with all of them, the list, and one with its time as a line (RET-1)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record as enter
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, in_force, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import charts, lists, time_line
from compliance.web.access import guarded
from compliance.web.charts import Chart, Series
from compliance.web.disposal_words import OBSTACLES
from compliance.web.forms.records import RecordQuestion
from compliance.web.forms.retention_reviews import TRIGGERS
from compliance.web.replies import Reply, show
from compliance.web.words import count
from policies.permissions import Permission
from policies.values import Policy
from retention import figures, queries, showing, spans, tables
from retention.figures import Figures
from retention.holds import queries as holds
from retention.queries import Which
from retention.reviews.rules import Kind
from retention.rules import GROUPS
from signatories import queries as register

pages = Blueprint("records", __name__, url_prefix="/retention")

WHICH = {
    Which.KEPT: "Kept",
    Which.OVERDUE: "Kept, and overdue for review",
    Which.HELD: "Kept, and under a hold",
    Which.INSTRUCTED: "Being disposed of",
    Which.DISPOSED: "Disposed of",
    Which.ALL: "All",
}
BECAUSE = {Kind.DUE.value: "Its time came"} | {each.value: words for each, words in TRIGGERS.items()}


@pages.get("")
@guarded(Permission.RETENTION_READ)
def front() -> Reply:
    """How it stands: due this quarter and in the next years, overdue, held, going and gone."""
    with work() as ctx:
        found = figures.figures(ctx)
        counted = holds.counted(ctx)
        enter(ctx, ListViewed(what="retention", rows=found.kept))
    return show(
        "retention.html", found=found, holds=counted, picture=_picture(found), codes=_named(found), says=spans.QUARTER
    )


@pages.get("/records")
@guarded(Permission.RETENTION_READ)
def records() -> Reply:
    """The records: searched, filtered, sorted, a page at a time; what is reviewed first stands first."""
    with work() as ctx:
        form = _question(ctx)
        form.understood()
        asked = _asked(ctx, form)
        sorts = queries.sorts_of(asked["which"])
        sort = lists.sort_of(sorts)
        after = lists.place_of(sorts, sort)
        page = queries.records(ctx, **asked, sort=sort, after=after, limit=lists.PAGE)
        enter(ctx, ListViewed(what="records", rows=len(page.rows)))
    return show(
        "retention_records.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        usual=sorts.usual, hold=asked["hold"],
        filtered=any(value for name, value in asked.items() if name != "which") or asked["which"] is not Which.KEPT,
    )  # fmt: skip


@pages.get("/records/export.<form>")
@guarded(Permission.RETENTION_READ)
def export(form: str) -> Reply:
    """The records as they were searched and sorted, as a file."""

    def table(ctx: Context) -> Table:
        asked = _asked(ctx, _question(ctx))
        sort = lists.sort_of(queries.sorts_of(asked["which"]))

        rows, most = lists.walked(partial(queries.records, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_records(ctx, rows, most=most)

    return lists.file_of(form, "records", table)


@pages.get("/records/<uuid:record_id>")
@guarded(Permission.RETENTION_READ)
def record(record_id: UUID) -> Reply:
    """One record: its facts and why, its time as a line, and what stands in the way of its disposal now."""
    with work() as ctx:
        whole = showing.view(ctx, record_id)
    policy = in_force(Policy)
    return show(
        "retention_record.html", whole=whole, its=whole.listed.record, picture=time_line.drawn(whole.line),
        obstacles=OBSTACLES, because=BECAUSE, grounds=policy.hold_grounds, kinds=policy.retention_events,
        years=policy.retention.group_1_age_years,
    )  # fmt: skip


def _picture(found: Figures) -> Any:
    years = [str(year) for year in found.years]
    return charts.columns(
        Chart(
            "chart-coming", "Reviews due, and minimum periods that end, in each year",
            f"{count(found.this_quarter, 'record is', 'records are')} due for review this quarter, and "
            f"{found.overdue:,} overdue. The table below says the number of each year.",
            years,
            [
                Series("Reviews due", [found.reviews[year] for year in years]),
                Series("Minimum period ends", [found.ends[year] for year in years]),
            ],
        )
    )  # fmt: skip


def _named(found: Figures) -> list[tuple[str, str]]:
    """Each time that is counted, in words."""
    first, *later = found.years
    return [
        (spans.OVER, "Before today"),
        (spans.QUARTER, "This quarter"),
        (str(first), f"{first}, from today"),
        *((str(year), str(year)) for year in later),
        (spans.LATER, f"After {found.years[-1]}"),
    ]


def _question(ctx: Context) -> RecordQuestion:
    form = RecordQuestion()
    today = london_date(ctx.now())
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    form.group.choices = [("", "Any group"), *((str(each), f"Group {each}") for each in GROUPS)]
    form.organisation.choices = [("", "Any organisation"), *((str(i), name) for i, name in register.names(ctx))]
    words = {spans.OVER: "Before today", spans.QUARTER: "This quarter", spans.LATER: "Later"}
    times = [(code, words.get(code, code)) for code in spans.codes(today)]
    form.due.choices = form.ends.choices = [("", "At any time"), *times]
    return form


def _asked(ctx: Context, form: RecordQuestion) -> dict[str, Any]:
    today, hold_id = london_date(ctx.now()), lists.an_id("hold")
    times = spans.codes(today)
    return {
        "which": Which(form.which.data) if form.which.data in list(Which) else Which.KEPT,
        "group": int(form.group.data) if form.group.data in [str(each) for each in GROUPS] else None,
        "organisation_id": parse_id(form.organisation.data or ""),
        "due": spans.of(form.due.data, today) if form.due.data in times else None,
        "ends": spans.of(form.ends.data, today) if form.ends.data in times else None,
        "hold": holds.held(ctx, hold_id, lock=False) if hold_id else None,
        "search": form.search.data or None,
    }

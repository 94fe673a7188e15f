"""Reporting a concern about access, and what happened to what one reported: for anyone who is signed in (AUD-7, OP 1.5)."""

from __future__ import annotations

from functools import partial

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.accesses.flags import queries, tables, use_cases
from compliance.accesses.flags.use_cases import Concern as Said
from compliance.kernel.context import Context, work
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import signed_in
from compliance.web.forms.flags import Concern
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show

pages = Blueprint("concerns", __name__, url_prefix="/concerns")

WAITS = {"waits": True, "looked_at": False}


@pages.get("")
@signed_in
def concerns() -> Reply:
    """What one has reported oneself, and how it stands: never what was found."""
    state, sort = lists.one_of("state", WAITS), lists.sort_of(queries.CONCERN_SORTS)
    search, after = lists.asked("search"), lists.place_of(queries.CONCERN_SORTS, sort)
    with work() as ctx:
        page = queries.reported(
            ctx, waits=WAITS.get(state or ""), search=search, sort=sort, after=after, limit=lists.PAGE
        )
        record(ctx, ListViewed(what="own-concerns", rows=len(page.rows)))
    return show(
        "concerns.html", rows=page.rows, after=page.after, beginning=after is None, sort=sort, state=state,
        search=search,
    )  # fmt: skip


@pages.get("/export.<form>")
@signed_in
def export(form: str) -> Reply:
    """The same as a file."""
    state, sort, search = lists.one_of("state", WAITS), lists.sort_of(queries.CONCERN_SORTS), lists.asked("search")

    def table(ctx: Context) -> Table:
        waits = WAITS.get(state or "")
        rows, most = lists.walked(
            partial(queries.reported, ctx, waits=waits, search=search, sort=sort, limit=queries.MOST)
        )
        return tables.of_concerns(ctx, rows, most=most)

    return lists.file_of(form, "own-concerns", table)


@pages.route("/new", methods=["GET", "POST"])
@signed_in
def report() -> Reply:
    """Report a concern: somebody named looks at it."""
    form = Concern()
    if form.sent():
        with telling(form):
            with work() as ctx:
                said = Said(form.words.data or "", form.person.data, form.reference.data, form.when.data)
                made = use_cases.report_concern(ctx, said)
            done = "Thank you. Your concern is reported, and somebody is named to look at it."
            if made.reviewer_id is None:
                done = "Thank you. Your concern is reported. Nobody is free to look at it yet; the hub can see that."
            return on("concerns.concerns", done)
    return show("concern_report.html", form)

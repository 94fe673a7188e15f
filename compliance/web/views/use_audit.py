"""The use of licences by quarter: what was found, what would be found today, and who is exempt (LIC-8)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.identity import queries as identity
from compliance.kernel.calendar import Quarter, quarter_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, house, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Table
from compliance.licences import queries as licences
from compliance.licences.quarterly import queries, reports, tables, use_cases
from compliance.licences.quarterly.rules import Verdict
from compliance.web import lists
from compliance.web.access import can, guarded
from compliance.web.forms.licences import Confirm, Exemption
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("use_audit", __name__, url_prefix="/licences")

PAGE = 50


@pages.get("/use")
@guarded(Permission.LICENCE_READ)
def quarters() -> Reply:
    """The quarter that runs and those before it, in figures."""
    with work() as ctx:
        waiting, past = reports.to_come(ctx), reports.past(ctx)
        record(ctx, ListViewed(what="use-by-quarter", rows=len(past)))
    return show("use_quarters.html", waiting=waiting, past=past, values=in_force(Policy).licences)


@pages.get("/use/<quarter>")
@guarded(Permission.LICENCE_READ)
def one_quarter(quarter: str) -> Reply:
    """One quarter: each licence, its last use, its warning, its verdict, and what was done."""
    with work() as ctx:
        named = reports.named(ctx, quarter)
        sorts = reports.sorts(named)
        asked, sort = _asked(), lists.sort_of(sorts)
        after = lists.place_of(sorts, sort)
        tally = reports.tally(ctx, named)
        page = reports.lines(ctx, named, **asked, sort=sort, after=after, limit=PAGE)
        record(ctx, ListViewed(what="use-of-licences", rows=len(page.rows)))
    return show(
        "use_quarter.html",
        quarter=named,
        tally=tally,
        lines=page.rows,
        after=page.after,
        beginning=after is None,
        sort=sort,
        asked=asked,
        verdicts=list(Verdict),
    )


@pages.get("/use/<quarter>/export.<form>")
@guarded(Permission.LICENCE_READ)
def export(quarter: str, form: str) -> Reply:
    """A quarter's report as it was searched and sorted, as a file."""
    with reading() as ctx:
        named = reports.named(ctx, quarter)
    return lists.file_of(form, "use-of-licences", lambda ctx: _table(ctx, named))


@pages.get("/use/exemptions")
@guarded(Permission.LICENCE_READ)
def exemptions() -> Reply:
    """The exemptions in force: who may leave a licence unused, why, and until when."""
    search, sort = lists.asked("search"), lists.sort_of(reports.EXEMPTION_SORTS)
    after = lists.place_of(reports.EXEMPTION_SORTS, sort)
    with work() as ctx:
        page = reports.exemptions(ctx, search=search, sort=sort, after=after, limit=PAGE)
        names = identity.names_of(ctx, {each.exemption.granted_by for each in page.rows})
        record(ctx, ListViewed(what="use-exemptions", rows=len(page.rows)))
    return show(
        "use_exemptions.html", found=page.rows, names=names, search=search, sort=sort, after=page.after,
        beginning=after is None,
    )  # fmt: skip


@pages.get("/use/exemptions/export.<form>")
@guarded(Permission.LICENCE_READ)
def export_exemptions(form: str) -> Reply:
    """The exemptions in force, as a file."""
    search, sort = lists.asked("search"), lists.sort_of(reports.EXEMPTION_SORTS)

    def table(ctx: Context) -> Table:
        found, most = lists.walked(partial(reports.exemptions, ctx, search=search, sort=sort, limit=reports.MOST))
        return tables.of_exemptions(ctx, found, most=most)

    return lists.file_of(form, "use-exemptions", table)


@pages.route("/<uuid:licence_id>/exemption", methods=["GET", "POST"])
@guarded(Permission.EXEMPTION_GRANT)
def exempt(licence_id: UUID) -> Reply:
    """Let a licence stay unused until a day, for a reason."""
    with reading() as ctx:
        found = licences.visible(ctx, licence_id, lock=False)
    form = Exemption()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.exempt(ctx, licence_id, reason=form.reason.data or "", ends_on=form.ends_on.data)
            done = "The licence is exempt from the audit of use until then."
            return on("licences.licence", done, licence_id=licence_id)
    last_day = quarter_of(london_date(house().clock.now())).last_day
    return show("use_exempt.html", form, licence=found, last_day=last_day)


@pages.route("/use/exemptions/<uuid:exemption_id>/end", methods=["GET", "POST"])
@guarded(Permission.EXEMPTION_GRANT)
def end_exemption(exemption_id: UUID) -> Reply:
    """Take an exemption back."""
    with reading() as ctx:
        exemption = queries.exemption(ctx, exemption_id, lock=False)
        found = licences.visible(ctx, exemption.licence_id, lock=False)
    if not can(Permission.EXEMPTION_GRANT, found.organisation_id):
        raise NotFound()
    form = Confirm()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.end_exemption(ctx, exemption_id)
            return on("use_audit.exemptions", "The exemption has ended. The licence is judged like any other.")
    return show(
        "licence_step.html",
        form,
        licence=found,
        title="End the exemption",
        does="End the exemption",
        says="From now on the licence ends if it is not used in a whole quarter, after a warning.",
        warning=False,
    )


def _table(ctx: Context, quarter: Quarter) -> Table:
    asked, sort = _asked(), lists.sort_of(reports.sorts(quarter))

    found, most = lists.walked(partial(reports.lines, ctx, quarter, **asked, sort=sort, limit=reports.MOST))
    return tables.of_quarter(ctx, quarter, found, most=most)


def _asked() -> dict[str, Any]:
    """What the list is narrowed to."""
    verdict = lists.one_of("verdict", list(Verdict))
    return {"verdict": Verdict(verdict) if verdict else None, "search": lists.asked("search")}

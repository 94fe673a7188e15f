"""The quarterly access audits: listed, read, found upon, signed off and taken away (AUD-5, OP 6.5)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.accesses.audits import papers, queries, reports, use_cases
from compliance.accesses.audits.reports import Report
from compliance.accesses.audits.rules import FIGURES, Progress
from compliance.kernel.context import Context, house, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table, write_book
from compliance.papers.issuing import issue
from compliance.web import charts, lists, step_up
from compliance.web.access import can, guarded
from compliance.web.charts import Chart, Series
from compliance.web.forms.access_audits import AuditQuestion, Finding, SignOff
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, attachment, on, show
from policies.permissions import Permission

pages = Blueprint("access_audits", __name__, url_prefix="/access-audits")

USUAL = "-cases_opened"
PICTURED = {
    "opened": ("Sign-ins and cases opened", ("case_sign_ins", "cases_opened")),
    "worth": ("Downloads, refusals and out of hours", ("downloads", "refusals", "out_of_hours")),
}
"""What is drawn over the quarters: a picture's heading, and its figures."""


@pages.get("")
@guarded(Permission.ACCESS_AUDIT_READ)
def audits() -> Reply:
    """Every audit one may know of: searched, filtered, sorted, a page at a time."""
    sort = lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    with work() as ctx:
        form = _question(ctx)
        form.understood()
        page = queries.audits(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="access-audits", rows=len(page.rows)))
    return show(
        "access_audits.html",
        form,
        rows=page.rows,
        after=page.after,
        beginning=after is None,
        sort=sort,
        filtered=any(_asked(form).values()),
    )


@pages.get("/export.<form>")
@guarded(Permission.ACCESS_AUDIT_READ)
def export_list(form: str) -> Reply:
    """The audits as they were searched and sorted, with their figures, as a file."""
    sort = lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        asked = _asked(_question(ctx))

        rows, most = lists.walked(partial(queries.audits, ctx, **asked, sort=sort, limit=queries.MOST))
        return papers.of_list(ctx, rows, most=most)

    return lists.file_of(form, "access-audits", table)


@pages.get("/<uuid:audit_id>")
@guarded(Permission.ACCESS_AUDIT_READ)
def audit(audit_id: UUID) -> Reply:
    """One organisation's quarter: who did what, beside the quarters before, what was found, and whose turn it is."""
    with work() as ctx:
        report = reports.view(ctx, audit_id)
    sort = lists.one_of("sort", [*reports.SORTS, *(f"-{name}" for name in reports.SORTS)]) or USUAL
    search = lists.asked("search")
    found = [line for line in reports.in_order(report.lines, sort, search) if line.counted]
    return show(
        "access_audit.html",
        it=report,
        sheet=lists.cut(found),
        sort=sort,
        search=search,
        late=[line for line in report.lines if line.late],
        heads=papers.HEADS,
        counts=papers.COUNTS,
        figures=FIGURES,
        pictures=_pictures(report),
        can_find=report.open and can(Permission.ACCESS_AUDIT_FIND, report.organisation_id),
        can_sign=report.open and report.why_not is None,
    )


@pages.get("/<uuid:audit_id>/export.<paper>")
@guarded(Permission.ACCESS_AUDIT_READ)
def export(audit_id: UUID, paper: str) -> Reply:
    """The report of one audit, as a signed PDF or as a spreadsheet."""
    if paper not in reports.FORMS:
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        report = reports.export(ctx, audit_id, paper)
    file = issue(house(), papers.document(report)) if paper == "pdf" else write_book(papers.sheets(report))
    return attachment(file.content, file.media_type, file.file_name)


@pages.route("/<uuid:audit_id>/findings", methods=["GET", "POST"])
@guarded(Permission.ACCESS_AUDIT_FIND)
def find(audit_id: UUID) -> Reply:
    """Write down what was found."""
    with reading() as ctx:
        report = reports.gather(ctx, audit_id)
    form = Finding()
    people = ((str(line.person_id), line.name) for line in report.lines)
    form.person_id.choices = [("", "The organisation as a whole"), *people]
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.find(
                    ctx,
                    audit_id,
                    kind=form.kind.data,
                    words=form.words.data or "",
                    person_id=parse_id(form.person_id.data or ""),
                )
            return on("access_audits.audit", "Your finding is kept.", audit_id=audit_id)
    elif not report.open:
        return redirect(url_for("access_audits.audit", audit_id=audit_id), 303)
    return show("access_audit_find.html", form, it=report)


@pages.route("/<uuid:audit_id>/sign-off", methods=["GET", "POST"])
@guarded(Permission.ACCESS_AUDIT_SIGN)
def sign_off(audit_id: UUID) -> Reply:
    """Conclude an audit one is not in; whoever cannot is led to the page that says why."""
    form = SignOff()
    with reading() as ctx:
        report = reports.gather(ctx, audit_id)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.sign_off(ctx, audit_id, conclusion=form.conclusion.data or "")
            return on("access_audits.audit", "The audit is signed off.", audit_id=audit_id)
    elif report.why_not is not None or not report.open:
        return redirect(url_for("access_audits.audit", audit_id=audit_id), 303)
    return show("access_audit_sign.html", form, it=report)


def _question(ctx: Context) -> AuditQuestion:
    form = AuditQuestion()
    form.quarter.choices = [("", "All quarters"), *((str(each), each.said) for each in queries.quarters(ctx))]
    form.state.choices = [("", "All states"), *((each.value, papers.STATES[each.value]) for each in Progress)]
    return form


def _asked(form: AuditQuestion) -> dict[str, Any]:
    """What the list is narrowed to; what was not on offer is as if it was not asked."""
    known = {choice[0] for choice in form.quarter.choices or ()}
    return {
        "search": (form.search.data or "").strip() or None,
        "quarter": form.quarter.data if form.quarter.data and form.quarter.data in known else None,
        "progress": form.state.data if form.state.data in list(Progress) else None,
    }


def _pictures(report: Report) -> list[tuple[str, Any, list[str]]]:
    """Each picture with its heading, and the figures that the table beside it shows."""
    drawn = []
    for key, (heading, names) in PICTURED.items():
        last = ", ".join(f"{papers.HEADS[name].lower()} {getattr(report.total, name):,}" for name in names)
        chart = Chart(
            f"chart-{key}",
            f"{heading}, quarter by quarter",
            f"In {report.quarter.said}: {last}.",
            [str(past.quarter) for past in report.past],
            [Series(papers.HEADS[name], [getattr(past.figures, name) for past in report.past]) for name in names],
        )
        drawn.append((heading, charts.columns(chart), list(names)))
    return drawn

"""The pack of the steering group and the other reports: counted now, issued, read, taken away (GOV-1, GOV-4)."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Blueprint, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.figures import layout, spans
from compliance.governance.figures.dresses import Form, dress
from compliance.governance.figures.model import Report
from compliance.governance.reports import queries, tables, use_cases
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, house, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Table
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.reports import Count, Issue, ReportQuestion
from compliance.web.replies import Reply, attachment, on, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("reports", __name__, url_prefix="/reports")

FORMS = {Form.PDF: "PDF", Form.XLSX: "Excel", Form.HTML: "Web page", Form.JSON: "JSON"}


@pages.get("")
@guarded(Permission.REPORT_READ)
def reports() -> Reply:
    """What was issued: filtered, sorted, a page at a time; and the way to have one counted now."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    kinds = in_force(Policy).report_kinds
    with work() as ctx:
        page = queries.reports(ctx, kind=_kind(form), sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="reports", rows=len(page.rows)))
    today = london_date(house().clock.now())
    return show(
        "reports.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        filtered=_kind(form) is not None, kinds=kinds.values(),
        present={code: spans.written(kind, spans.span_of(kind, today)) for code, kind in kinds.items()},
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.REPORT_READ)
def export(form: str) -> Reply:
    """The list as a file."""
    kind, sort = _kind(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.reports, ctx, kind=kind, sort=sort, limit=queries.MOST))
        return tables.of_reports(ctx, rows, most=most)

    return lists.file_of(form, "reports", table)


@pages.get("/now")
@guarded(Permission.REPORT_READ)
def now() -> Reply:
    """A report as the registers have it now: counted for whoever asks, and not issued."""
    form = Count()
    form.kind.choices = [(kind.code, kind.title) for kind in in_force(Policy).report_kinds.values()]
    report: Report | None = None
    before: Report | None = None
    if form.understood() and form.period.data:
        with telling(form):
            report, before = _counted(form.kind.data, form.period.data)
    return show(
        "report_now.html", form, report=report, sections=layout.parts(report, before) if report else (),
        heading=layout.heading(report) if report else None, counted=layout.counted(report) if report else "",
        issuing=Issue(), period=form.period.data, forms=FORMS,
    )  # fmt: skip


@pages.get("/now/<report_kind>/<period>.<dressed>")
@guarded(Permission.REPORT_READ)
def take_now(report_kind: str, period: str, dressed: str) -> Reply:
    """The same as a file, after a fresh code."""
    if dressed not in list(Form):
        raise NotFound()
    step_up.needed()
    report, before = _counted(report_kind, period, Form(dressed))
    stem = f"{report_kind}-{period}".lower().replace("_", "-")
    file = dress(house(), report, Form(dressed), before=before, stem=stem)
    return attachment(file.content, file.media_type, file.file_name)


@pages.post("/now/<report_kind>/<period>")
@guarded(Permission.REPORT_ISSUE)
def issue(report_kind: str, period: str) -> Reply:
    """Count it once more, and issue it."""
    form = Issue()
    with telling(form):
        with reading() as ctx:
            report = use_cases.count(ctx, report_kind, period)
        with work() as ctx:
            issued = use_cases.issue(ctx, report).id
        return on("reports.report", "The report is issued, and those who read it were told.", issued_id=issued)
    return show(
        "report_now.html", form, report=None, sections=(), heading=None, counted="", issuing=form, period=period,
        forms=FORMS,
    )  # fmt: skip


@pages.get("/<uuid:issued_id>")
@guarded(Permission.REPORT_READ)
def report(issued_id: UUID) -> Reply:
    """A report as it was issued: what needs a decision, what has changed since the last one, and its chapters."""
    with work() as ctx:
        found = use_cases.view(ctx, issued_id)
    return show(
        "report.html", found=found, it=found.listed, sections=layout.parts(found.report, found.before),
        heading=layout.heading(found.report), counted=layout.counted(found.report), forms=FORMS,
    )  # fmt: skip


@pages.get("/<uuid:issued_id>/file.<dressed>")
@guarded(Permission.REPORT_READ)
def take(issued_id: UUID, dressed: str) -> Reply:
    """A report as it was issued, as a file, after a fresh code."""
    if dressed not in list(Form):
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        found = use_cases.export(ctx, issued_id, dressed)
    stem = f"{found.listed.kind}-{found.listed.period}-{found.listed.edition}".lower().replace("_", "-")
    where = url_for("reports.report", issued_id=issued_id)
    file = dress(house(), found.report, Form(dressed), before=found.before, stem=stem, where=where)
    return attachment(file.content, file.media_type, file.file_name)


@pages.get("/<uuid:issued_id>/since")
@guarded(Permission.REPORT_READ)
def since(issued_id: UUID) -> Reply:
    """What the registers have otherwise by now than the report says: what was corrected after it was issued."""
    with work() as ctx:
        found, changed = use_cases.changed_since(ctx, issued_id)
        record(ctx, ListViewed(what="report-since", rows=len(changed)))
    return show("report_since.html", it=found.listed, heading=layout.heading(found.report), changed=changed)


def _counted(kind: str, period: str, *forms: Form) -> tuple[Report, Report | None]:
    """Counted with nothing locked; that it was is kept afterwards."""
    with reading() as ctx:
        report = use_cases.count(ctx, kind, period)
    with work() as ctx:
        return report, use_cases.counted(ctx, report, forms=forms)


def _question() -> ReportQuestion:
    form = ReportQuestion()
    kinds = in_force(Policy).report_kinds.values()
    form.kind.choices = [("", "Every report"), *((kind.code, kind.title) for kind in kinds)]
    return form


def _kind(form: ReportQuestion) -> str | None:
    return form.kind.data if form.kind.data in in_force(Policy).report_kinds else None

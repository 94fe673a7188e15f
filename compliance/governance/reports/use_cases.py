"""Counting a report, issuing it, reading it and taking it away (GOV-1, GOV-4)."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.governance.figures import spans
from compliance.governance.figures.changes import Change, changes
from compliance.governance.figures.dresses import Form
from compliance.governance.figures.frozen import freeze
from compliance.governance.figures.model import Report
from compliance.governance.figures.report import Progress, build, kind_named
from compliance.identity.queries import require_fresh
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission

from . import letters, queries, rules
from .errors import IssuedMeanwhile, NothingNew
from .events import ReportCounted, ReportExported, ReportIssued, ReportViewed
from .models import IssuedReport

_ONCE = "uq_issued_reports_kind_since_edition"


def count(ctx: Context, kind: str, period: str, progress: Progress | None = None) -> Report:
    """Count a report as the registers have it now. Called with no lock held: it takes seconds in a large hub.

    `period` is written such as *2026Q4*. Raises Forbidden, and Invalid at `/kind` and `/period`.
    """
    require(ctx, Permission.REPORT_READ)
    return build(ctx, kind, spans.span_named(kind_named(ctx, kind), period), progress)


def counted(ctx: Context, report: Report, *, forms: Collection[Form] = ()) -> Report | None:
    """Keep that a report was counted for somebody, and in which forms it was handed out; gives what it is compared with."""
    require(ctx, Permission.REPORT_READ)
    if forms:
        require_fresh(ctx)

    period = queries.period_of(ctx, report.kind, report.span)
    record(ctx, ReportCounted(kind=report.kind, period=period, forms=tuple(form.value for form in forms)))
    return queries.compared_with(ctx, report.kind, report.span)


def issue(ctx: Context, report: Report) -> IssuedReport:
    """Issue a report that was counted, as it was counted: the next edition of its span.

    Raises NothingNew where the last edition says the same, IssuedMeanwhile where one was issued after this was counted.
    """
    require(ctx, Permission.REPORT_ISSUE)
    last = queries.newest(ctx, report.kind, report.span)
    if last is not None and last.issued_at > report.at:
        raise IssuedMeanwhile()
    if last is not None and rules.same(queries.whole(ctx, last.id).report, report):
        raise NothingNew()
    before = last or queries.last_before(ctx, report.kind, report.span)
    content = freeze(report)

    it = IssuedReport(
        id=ctx.new_id(),
        kind=report.kind,
        since=report.span.since,
        until=report.span.until,
        edition=last.edition + 1 if last is not None else 1,
        content=content.decode(),
        sha256=sha256(content).hexdigest(),
        before_id=before.id if before is not None else None,
        issued_at=ctx.now(),
        issued_by=ctx.actor.id,
    )
    ctx.session.add(it)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONCE):
            raise IssuedMeanwhile() from problem
        raise

    record(
        ctx,
        ReportIssued(
            subject=it.id,
            kind=it.kind,
            period=queries.period_of(ctx, it.kind, report.span),
            edition=it.edition,
            sha256=it.sha256,
            letters=letters.issued(ctx, it, report),
        ),
    )
    return it


def view(ctx: Context, report_id: UUID) -> queries.Whole:
    """Show an issue with what has changed since the one before it, and keep that it was shown; raises ReportAltered."""
    found = queries.whole(ctx, report_id)
    listed = found.listed
    record(ctx, ReportViewed(subject=listed.id, kind=listed.kind, period=listed.period, edition=listed.edition))
    return found


def export(ctx: Context, report_id: UUID, form: Form | str) -> queries.Whole:
    """Hand an issue out as a file, after a fresh code; it is made once this unit of work is over. Raises Invalid at `/form`."""
    try:
        kind = Form(form)
    except ValueError:
        raise Invalid.at("/form", f"Choose one of these: {', '.join(Form)}.") from None
    found = queries.whole(ctx, report_id)
    require_fresh(ctx)

    listed = found.listed
    record(
        ctx,
        ReportExported(
            subject=listed.id, kind=listed.kind, period=listed.period, edition=listed.edition, form=kind.value
        ),
    )
    return found


def changed_since(ctx: Context, report_id: UUID) -> tuple[queries.Whole, list[Change]]:
    """An issue, and which of its figures the registers have otherwise by now: what was corrected after it was issued."""
    found = queries.whole(ctx, report_id)
    now = build(ctx, found.report.kind, found.report.span)
    return found, changes(found.report, now)

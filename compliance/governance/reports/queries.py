"""Reading what was issued, and which reports are due (GOV-1, GOV-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from compliance.governance.figures import spans
from compliance.governance.figures.counting import known_since
from compliance.governance.figures.frozen import thaw
from compliance.governance.figures.model import Report, Span
from compliance.governance.figures.report import kind_named
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date, start_of
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import could, require
from policies.permissions import Permission
from policies.values import Policy

from . import rules
from .errors import ReportAltered
from .models import IssuedReport

MOST = 500

_IT = IssuedReport

SORTS = Sorts(
    _IT.id,
    {
        "issued": By(_IT.issued_at, datetime),
        "kind": By(_IT.kind),
        "period": By(_IT.since, date),
        "edition": By(_IT.edition, int),
    },
    usual="-issued",
)


@dataclass(frozen=True)
class Listed:
    """An issue in the list: what it is, its span in words and as commands write it, and who issued it."""

    id: UUID
    kind: str
    title: str
    period: str
    span: Span
    edition: int
    issued_at: datetime
    issued_by: str
    sha256: str


@dataclass(frozen=True)
class Whole:
    """An issue with what it says, and what the one before it said."""

    issued: IssuedReport
    listed: Listed
    report: Report
    before: Report | None


def reports(
    ctx: Context,
    *,
    kind: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """What was issued, the newest first; raises Forbidden, and Invalid at `/limit`, `/kind`, `/sort` and `/after`."""
    require(ctx, Permission.REPORT_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(_IT).options(defer(_IT.content))
    if kind is not None:
        wanted = wanted.where(_IT.kind == kind_named(ctx, kind).code)
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    names = names_of(ctx, {row.issued_by for row in page.rows})
    return page.each(lambda row: _listed(ctx, row, names.get(row.issued_by, row.issued_by)))


def whole(ctx: Context, report_id: UUID) -> Whole:
    """One issue, read back as it was issued; raises NotFound, Forbidden, and ReportAltered where its hash does not fit."""
    it = visible(ctx, report_id)
    before = ctx.session.get(_IT, it.before_id) if it.before_id is not None else None
    name = names_of(ctx, {it.issued_by}).get(it.issued_by, it.issued_by)
    return Whole(it, _listed(ctx, it, name), _read(it), _read(before) if before is not None else None)


def visible(ctx: Context, report_id: UUID) -> IssuedReport:
    """An issue that the actor may read; raises NotFound, Forbidden."""
    if not could(ctx, Permission.REPORT_READ):
        raise Forbidden()
    found = ctx.session.get(_IT, report_id)
    if found is None:
        raise NotFound()
    return found


def newest(ctx: Context, kind: str, span: Span) -> IssuedReport | None:
    """The newest edition of a span's report; None where it was never issued."""
    wanted = select(_IT).where(_IT.kind == kind, _IT.since == span.since).order_by(_IT.edition.desc())
    return ctx.session.scalars(wanted.limit(1)).one_or_none()


def last_before(ctx: Context, kind: str, span: Span) -> IssuedReport | None:
    """The newest edition of the last earlier span of this kind that has one."""
    wanted = select(_IT).where(_IT.kind == kind, _IT.since < span.since)
    return ctx.session.scalars(wanted.order_by(_IT.since.desc(), _IT.edition.desc()).limit(1)).one_or_none()


def compared_with(ctx: Context, kind: str, span: Span) -> Report | None:
    """What a report of this span is compared with: its last edition, or the last of an earlier span."""
    found = newest(ctx, kind, span) or last_before(ctx, kind, span)
    return _read(found) if found is not None else None


def due(ctx: Context) -> list[tuple[str, Span]]:
    """The reports that are to be issued by themselves: of spans that are over, and were not issued since they were.

    None of a span that ended before the registers began. Raises BeyondCalendar.
    """
    policy, today, since = ctx.the(Policy), london_date(ctx.now()), known_since(ctx)
    found = []
    for code, kind in policy.report_kinds.items():
        span = spans.last_whole(kind, today)
        known = since is not None and since < span.until
        if not known or today < rules.issued_on(span, policy.reports.issue_working_days, policy.calendar):
            continue
        over = select(_IT.id).where(_IT.kind == code, _IT.since == span.since, _IT.issued_at >= start_of(span.until))
        if ctx.session.scalar(over.limit(1)) is None:
            found.append((code, span))
    return found


def period_of(ctx: Context, kind: str, span: Span) -> str:
    """A span of a report of this kind as commands and addresses write it: *2026Q4*."""
    return spans.written(kind_named(ctx, kind), span)


def _read(it: IssuedReport) -> Report:
    if sha256(it.content.encode()).hexdigest() != it.sha256:
        raise ReportAltered()
    return thaw(it.content)


def _listed(ctx: Context, row: IssuedReport, issued_by: str) -> Listed:
    kind = ctx.the(Policy).report_kinds.get(row.kind)
    span = spans.span_of(kind, row.since) if kind is not None else Span(row.since, row.since, str(row.since))
    period = spans.written(kind, span) if kind is not None else str(row.since)
    title = kind.title if kind is not None else row.kind
    return Listed(row.id, row.kind, title, period, span, row.edition, row.issued_at, issued_by, row.sha256)

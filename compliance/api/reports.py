"""The steering group's pack and the other reports, as they were issued (GOV-1, GOV-4)."""

from __future__ import annotations

import json
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.reports import queries, use_cases
from compliance.governance.reports.queries import Listed
from compliance.kernel.context import reading, work
from policies.permissions import Permission

from .access import guarded
from .places import After, marked
from .reading import Body, Code, parse, parse_query
from .replies import Reply, changed, present

reports = Blueprint("reports", __name__, url_prefix="/api/v1/reports")


class ReportsWanted(Body):
    kind: Code | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=queries.MOST)] = 50


class ToIssue(Body):
    """`period` is a quarter such as 2026Q4, a half year such as 2026H2, or a year such as 2026."""

    kind: Code
    period: Code


@reports.get("")
@guarded(Permission.REPORT_READ)
def read_reports() -> Reply:
    """What was issued, the newest first."""
    wanted = parse_query(ReportsWanted)
    with work() as ctx:
        page = queries.reports(ctx, kind=wanted.kind, sort=wanted.sort, after=wanted.after, limit=wanted.limit)
        record(ctx, ListViewed(what="reports", rows=len(page.rows)))
    return present({"items": [_listed(row) for row in page.rows], "next": marked(page.after)})


@reports.get("/<uuid:issued_id>")
@guarded(Permission.REPORT_READ)
def read_report(issued_id: UUID) -> Reply:
    """A report as it was issued. `sha256` is of the bytes of `report` as canonical JSON, which the log has too."""
    with work() as ctx:
        found = use_cases.view(ctx, issued_id)
    return present(_listed(found.listed) | {"report": json.loads(found.issued.content)})


@reports.post("")
@guarded(Permission.REPORT_ISSUE)
def issue_report() -> Reply:
    """Count a report and issue it: the first edition of its period, or the next one where something has changed."""
    wanted = parse(ToIssue)
    with reading() as ctx:
        report = use_cases.count(ctx, wanted.kind, wanted.period)
    with work() as ctx:
        it = use_cases.issue(ctx, report)
        said = {"id": it.id, "kind": it.kind, "period": wanted.period, "edition": it.edition, "sha256": it.sha256}
    return changed(ctx, said, 201)


def _listed(row: Listed) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "title": row.title,
        "period": row.period,
        "since": row.span.since,
        "until": row.span.until,
        "edition": row.edition,
        "issued_at": row.issued_at,
        "issued_by": row.issued_by,
        "sha256": row.sha256,
    }

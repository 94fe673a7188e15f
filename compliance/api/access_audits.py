"""The quarterly access audits by API, for those who may read them: listed, and one of them whole (AUD-5)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.accesses.audits import queries, reports
from compliance.accesses.audits.queries import Listed
from compliance.accesses.audits.reports import Report
from compliance.accesses.audits.rules import FIGURES, Figures, Progress
from compliance.kernel.context import work
from policies.permissions import Permission

from .access import guarded
from .places import After, marked
from .reading import Body, Code, parse_query
from .reading import Line as Text
from .replies import Reply, present

access_audits = Blueprint("access_audits_api", __name__, url_prefix="/api/v1")


class Wanted(Body):
    quarter: Code | None = None
    state: Progress | None = None
    organisation: UUID | None = None
    search: Text | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=queries.MOST)] = 50


@access_audits.get("/access-audits")
@guarded(Permission.ACCESS_AUDIT_READ)
def list_audits() -> Reply:
    """The audits within the caller's reach, the newest quarter first, each with what its people did together."""
    asked = parse_query(Wanted)
    with work() as ctx:
        page = queries.audits(
            ctx,
            quarter=asked.quarter,
            progress=asked.state,
            organisation_id=asked.organisation,
            search=asked.search,
            sort=asked.sort,
            after=asked.after,
            limit=asked.limit,
        )
        record(ctx, ListViewed(what="access-audits", rows=len(page.rows)))
    return present({"items": [_listed(row) for row in page.rows], "next": marked(page.after)})


@access_audits.get("/access-audits/<uuid:audit_id>")
@guarded(Permission.ACCESS_AUDIT_READ)
def read_audit(audit_id: UUID) -> Reply:
    """One organisation's quarter: its figures, each person's, what was reported late, the quarters before, findings."""
    with work() as ctx:
        report = reports.view(ctx, audit_id)
    return present(_report(report))


def _listed(row: Listed) -> dict[str, Any]:
    return {
        "id": row.audit.id,
        "quarter": row.audit.quarter,
        "organisation": {"id": row.audit.organisation_id, "name": row.organisation},
        "state": row.progress,
        "due_on": row.audit.due_on,
        "people": row.people,
        "figures": _figures(row.figures),
        "findings": row.findings,
        "signed_by": row.signed_by,
        "signed_at": row.audit.signed_at,
    }


def _report(report: Report) -> dict[str, Any]:
    return {
        "id": report.id,
        "quarter": str(report.quarter),
        "first_day": report.quarter.first_day,
        "last_day": report.quarter.last_day,
        "organisation": {"id": report.organisation_id, "name": report.organisation},
        "state": report.progress,
        "opened_at": report.opened_at,
        "due_on": report.due_on,
        "entries": {"first": report.entries[0], "end": report.entries[1]},
        "people": report.people,
        "figures": _figures(report.total),
        "late": _figures(report.late),
        "by_person": [
            {"id": line.person_id, "name": line.name, "figures": _figures(line.figures), "late": _figures(line.late)}
            for line in report.lines
        ],
        "quarters": [
            {
                "id": past.audit_id,
                "quarter": str(past.quarter),
                "people": past.people,
                "figures": _figures(past.figures),
            }
            for past in report.past
        ],
        "findings": [
            {
                "kind": each.kind,
                "words": each.words,
                "person": each.person,
                "found_by": each.found_by,
                "found_at": each.found_at,
            }
            for each in report.findings
        ],
        "flags": None
        if report.flags is None
        else [{"rule": each.rule, "number": each.number, "waiting": each.waiting} for each in report.flags],
        "licences": dict(report.verdicts),
        "waits_for": list(report.signers),
        "signed_by": report.signed_by,
        "signed_at": report.signed_at,
        "conclusion": report.conclusion,
    }


def _figures(figures: Figures) -> dict[str, int]:
    return {name: getattr(figures, name) for name in FIGURES}

"""The audit of use by API: its quarters, the report of one, and the exemptions from it (LIC-8)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import work
from compliance.licences.quarterly import reports, use_cases
from compliance.licences.quarterly.models import UseExemption
from compliance.licences.quarterly.reports import Line, Tally
from compliance.licences.quarterly.rules import Verdict
from policies.permissions import Permission

from .access import guarded
from .places import After, marked
from .reading import Body, Code, Day, Prose, parse, parse_query
from .reading import Line as Text
from .replies import Reply, changed, present

use_audits = Blueprint("use_audits", __name__, url_prefix="/api/v1")


class Wanted(Body):
    verdict: Verdict | None = None
    organisation: UUID | None = None
    search: Text | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=reports.MOST)] = 50


class WantedExemptions(Body):
    search: Text | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=reports.MOST)] = 50


class Exempted(Body):
    reason: Prose
    ends_on: Day


@use_audits.get("/use-audits")
@guarded(Permission.LICENCE_READ)
def list_quarters() -> Reply:
    """The quarters still to be judged, as they would be today, and those that were, the newest first."""
    with work() as ctx:
        waiting, past = reports.to_come(ctx), reports.past(ctx)
        record(ctx, ListViewed(what="use-by-quarter", rows=len(past)))
    return present({"to_come": [_tally(each) for each in waiting], "items": [_tally(each) for each in past]})


@use_audits.get("/use-audits/<quarter>")
@guarded(Permission.LICENCE_READ)
def read_quarter(quarter: str) -> Reply:
    """One quarter: each licence with its last use, warning and verdict; `judged_at` null is what would be found today."""
    asked = parse_query(Wanted)
    with work() as ctx:
        named = reports.named(ctx, quarter)
        tally = reports.tally(ctx, named)
        page = reports.lines(
            ctx,
            named,
            verdict=asked.verdict,
            organisation_id=asked.organisation,
            search=asked.search,
            sort=asked.sort,
            after=asked.after,
            limit=asked.limit,
        )
        record(ctx, ListViewed(what="use-of-licences", rows=len(page.rows)))
    return present(_tally(tally) | {"items": [_line(each) for each in page.rows], "next": marked(page.after)})


@use_audits.get("/use-exemptions")
@guarded(Permission.LICENCE_READ)
def list_exemptions() -> Reply:
    """The exemptions in force, sorted as asked, the one that ends first at the head where nothing is said."""
    asked = parse_query(WantedExemptions)
    with work() as ctx:
        page = reports.exemptions(ctx, search=asked.search, sort=asked.sort, after=asked.after, limit=asked.limit)
        record(ctx, ListViewed(what="use-exemptions", rows=len(page.rows)))
    said = [
        _exemption(each.exemption) | {"person": each.person, "organisation": each.organisation} for each in page.rows
    ]
    return present({"items": said, "next": marked(page.after)})


@use_audits.post("/licences/<uuid:licence_id>/use-exemptions")
@guarded(Permission.EXEMPTION_GRANT)
def exempt(licence_id: UUID) -> Reply:
    """Let a licence stay unused up to and including a day, for a reason."""
    body = parse(Exempted)
    with work() as ctx:
        given = use_cases.exempt(ctx, licence_id, reason=body.reason, ends_on=body.ends_on)
        said = _exemption(given)
    return changed(ctx, said, 201)


@use_audits.delete("/use-exemptions/<uuid:exemption_id>")
@guarded(Permission.EXEMPTION_GRANT)
def end_exemption(exemption_id: UUID) -> Reply:
    """Take an exemption back before its last day."""
    with work() as ctx:
        said = _exemption(use_cases.end_exemption(ctx, exemption_id))
    return changed(ctx, said)


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "quarter": str(tally.quarter),
        "first_day": tally.quarter.first_day,
        "last_day": tally.quarter.last_day,
        "due_on": tally.due_on,
        "licences": tally.total,
        "judged": tally.judged,
        "verdicts": {verdict.value: tally.counts.get(verdict, 0) for verdict in Verdict},
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "licence_id": line.licence_id,
        "person": {"full_name": line.person, "email": line.email},
        "organisation": {"id": line.organisation_id, "name": line.organisation},
        "last_use_at": line.used_at,
        "warned_at": line.warned_at,
        "exempt_until": line.exempt_until,
        "verdict": line.verdict,
        "judged_at": line.judged_at,
        "ends_on": line.ends_on,
    }


def _exemption(exemption: UseExemption) -> dict[str, Any]:
    return {
        "id": exemption.id,
        "licence_id": exemption.licence_id,
        "reason": exemption.reason,
        "ends_on": exemption.ends_on,
        "granted_by": exemption.granted_by,
        "granted_at": exemption.granted_at,
        "ended_at": exemption.ended_at,
    }

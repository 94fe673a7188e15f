"""Requests for help: asked by whoever is signed in, read by the hub (GOV-6, OP 6.4)."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.support import queries
from compliance.governance.support.queries import Listed, Which
from compliance.governance.support.rules import called
from compliance.kernel.context import work
from policies.permissions import Permission

from .access import guarded
from .places import After, marked
from .reading import Body, Code, Line, parse_query
from .replies import Reply, present

helping = Blueprint("helping", __name__, url_prefix="/api/v1/help-requests")


class HelpWanted(Body):
    which: Which = Which.OPEN
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=queries.MOST)] = 50


@helping.get("")
@guarded(Permission.HELP_READ)
def list_help_requests() -> Reply:
    """Requests for help, due first at the head; what was said stands in their register and not here."""
    wanted = parse_query(HelpWanted)
    with work() as ctx:
        page = queries.requests(
            ctx, which=wanted.which, search=wanted.search, sort=wanted.sort, after=wanted.after, limit=wanted.limit
        )
        record(ctx, ListViewed(what="help-requests", rows=len(page.rows)))
        items = [_listed(row) for row in page.rows]
    return present({"items": items, "next": marked(page.after)})


def _listed(row: Listed) -> dict[str, Any]:
    it = row.request
    return {
        "id": it.id,
        "name": called(it.year, it.number),
        "person_id": it.person_id,
        "organisation_id": it.organisation_id,
        "verified_by": it.verified_by,
        "about": it.about,
        "status": it.status,
        "matter": it.matter,
        "asked_at": it.asked_at,
        "answer_by": it.answer_by,
        "overdue": row.overdue,
        "passed_at": it.passed_at,
        "ended_at": it.ended_at,
    }

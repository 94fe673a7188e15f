"""Outages of the case system: the packs that were made, what is declared, and what is written up afterwards (GOV-3)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import AwareDatetime, Field

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.outages import queries, use_cases
from compliance.governance.outages.models import Outage, Transcription
from compliance.governance.outages.queries import Settled, Which
from compliance.governance.outages.rules import Kind, standing
from compliance.governance.outages.use_cases import Taken
from compliance.kernel.context import work
from policies.permissions import Permission

from .access import guarded
from .places import After, marked
from .reading import Body, Code, Prose, parse, parse_query
from .replies import Reply, changed, present

outages = Blueprint("outages", __name__, url_prefix="/api/v1/outages")


class OutagesWanted(Body):
    which: Which = Which.ALL
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=queries.MOST)] = 50


class LinesWanted(Body):
    which: Settled = Settled.ALL
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=queries.MOST)] = 50


class ToTake(Body):
    """What was taken by hand; `reference` is the number on the offline form, never a name."""

    kind: Kind
    reference: Code
    organisation_id: UUID
    area: Code
    taken_at: AwareDatetime | None = None


class ToSettle(Body):
    """Entered into the case system; with a `reason`, left out of it."""

    reason: Prose | None = None


@outages.get("")
@guarded(Permission.OUTAGE_READ)
def read_outages() -> Reply:
    """Declared outages, the newest first."""
    wanted = parse_query(OutagesWanted)
    with work() as ctx:
        page = queries.outages(ctx, which=wanted.which, sort=wanted.sort, after=wanted.after, limit=wanted.limit)
        record(ctx, ListViewed(what="outages", rows=len(page.rows)))
    items = [_said(row.outage) | {"taken": row.taken, "left": row.left} for row in page.rows]
    return present({"items": items, "next": marked(page.after)})


@outages.get("/<uuid:outage_id>/taken")
@guarded(Permission.OUTAGE_READ)
def read_taken(outage_id: UUID) -> Reply:
    """What was taken by hand during an outage, the oldest first."""
    wanted = parse_query(LinesWanted)
    with work() as ctx:
        page = queries.lines(ctx, outage_id, which=wanted.which, after=wanted.after, limit=wanted.limit)
        record(ctx, ListViewed(what="outage-list", rows=len(page.rows)))
    items = [_line(row.it) | {"reason": row.reason} for row in page.rows]
    return present({"items": items, "next": marked(page.after)})


@outages.post("/<uuid:outage_id>/taken")
@guarded(Permission.OUTAGE_RUN)
def take_by_hand(outage_id: UUID) -> Reply:
    """Put something taken by hand on the list of what is to be transcribed."""
    told = parse(ToTake)
    with work() as ctx:
        taken = Taken(told.kind, told.reference, told.organisation_id, told.area, told.taken_at)
        said = _line(use_cases.take(ctx, outage_id, taken))
    return changed(ctx, said, 201)


@outages.post("/<uuid:outage_id>/taken/<uuid:line_id>/settle")
@guarded(Permission.OUTAGE_RUN)
def settle_line(outage_id: UUID, line_id: UUID) -> Reply:
    """Say that it was entered into the case system, or why it is left out."""
    told = parse(ToSettle)
    with work() as ctx:
        said = _line(use_cases.settle(ctx, outage_id, line_id, told.reason))
    return changed(ctx, said)


def _said(it: Outage) -> dict[str, Any]:
    return {
        "id": it.id,
        "year": it.year,
        "number": it.number,
        "standing": standing(ended=it.ended_at is not None, closed=it.closed_at is not None).value,
        "began_at": it.began_at,
        "expected_until": it.expected_until,
        "ended_at": it.ended_at,
        "closed_at": it.closed_at,
    }


def _line(it: Transcription) -> dict[str, Any]:
    return {
        "id": it.id,
        "kind": it.kind,
        "reference": it.reference,
        "organisation_id": it.organisation_id,
        "area": it.area,
        "taken_at": it.taken_at,
        "settled_at": it.settled_at,
    }

"""Break-glass and conflicts of interest by API, for the hub's and information governance's own sign-ins (DEC-5, DEC-6)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.decisions.exceptions import listing, queries, use_cases
from compliance.decisions.exceptions.models import BreakGlass, Conflict
from compliance.decisions.exceptions.rules import Stands
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import Context, work
from policies.permissions import Permission

from .access import guarded
from .places import After, marked
from .reading import Body, Code, Line, Prose, Reference, parse, parse_nothing, parse_query
from .replies import Reply, changed, present

exceptions = Blueprint("exceptions", __name__, url_prefix="/api/v1")


class Opened(Body):
    person_id: UUID
    reference: Reference
    area: Code
    hours: Annotated[int, Field(ge=1, le=1000)]
    reason: Prose


class Reviewed(Body):
    justified: bool
    review: Prose


class WantedGlass(Body):
    state: Stands | None = None
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=listing.MOST)] = 50


class KeptApart(Body):
    person_id: UUID
    reference: Reference
    grounds: Prose


class Lifted(Body):
    grounds: Prose


class WantedConflicts(Body):
    lifted: bool | None = None
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=listing.MOST)] = 50


@exceptions.post("/break-glass")
@guarded(Permission.BREAK_GLASS_GRANT)
def grant() -> Reply:
    """Open one case to somebody else for some hours, for an emergency MARAC; information governance is told."""
    body = parse(Opened)
    with work() as ctx:
        given = use_cases.grant_break_glass(
            ctx,
            person_id=body.person_id,
            reference=body.reference,
            area=body.area,
            hours=body.hours,
            reason=body.reason,
        )
        said = _glass(ctx, given)
    return changed(ctx, said, 201, revision=given.revision)


@exceptions.get("/break-glass")
@guarded(Permission.BREAK_GLASS_READ)
def list_glass() -> Reply:
    """The cases that were opened, the newest first unless sorted otherwise."""
    asked = parse_query(WantedGlass)
    with work() as ctx:
        page = listing.glasses(
            ctx, search=asked.search, state=asked.state, sort=asked.sort, after=asked.after, limit=asked.limit
        )
        record(ctx, ListViewed(what="break-glass", rows=len(page.rows)))
        items = [_glass(ctx, each.row) | {"person": each.person} for each in page.rows]
    return present({"items": items, "next": marked(page.after)})


@exceptions.get("/break-glass/<uuid:glass_id>")
@guarded(Permission.BREAK_GLASS_READ)
def read_glass(glass_id: UUID) -> Reply:
    """One of them, with its reason and what was found of it."""
    with work() as ctx:
        found = use_cases.view_glass(ctx, glass_id)
        said = _glass(ctx, found) | {
            "reason": queries.reason_of(ctx, found),
            "review": queries.review_of(ctx, found) or None,
        }
    return present(said, revision=found.revision)


@exceptions.delete("/break-glass/<uuid:glass_id>")
@guarded(Permission.BREAK_GLASS_GRANT)
def end(glass_id: UUID) -> Reply:
    """Shut the case again before its time."""
    parse_nothing()
    with work() as ctx:
        found = use_cases.end_break_glass(ctx, glass_id)
        said = _glass(ctx, found)
    return changed(ctx, said, revision=found.revision)


@exceptions.post("/break-glass/<uuid:glass_id>/review")
@guarded(Permission.BREAK_GLASS_REVIEW)
def review(glass_id: UUID) -> Reply:
    """Say, once it is over, whether it was justified, and what was found."""
    body = parse(Reviewed)
    with work() as ctx:
        found = use_cases.review_break_glass(ctx, glass_id, justified=body.justified, review=body.review)
        said = _glass(ctx, found)
    return changed(ctx, said, revision=found.revision)


@exceptions.post("/conflicts")
@guarded(Permission.CONFLICT_PROPOSE)
def propose() -> Reply:
    """Ask a second person to agree that somebody is kept from a case: the proposal, which is decided on as any other."""
    body = parse(KeptApart)
    with work() as ctx:
        made = use_cases.propose_conflict(ctx, person_id=body.person_id, reference=body.reference, grounds=body.grounds)
        said = _proposal(made)
    return changed(ctx, said, 202, revision=made.revision)


@exceptions.get("/conflicts")
@guarded(Permission.CONFLICT_READ)
def list_conflicts() -> Reply:
    """Who is or was kept from a case, the newest first unless sorted otherwise; never the caller's own."""
    asked = parse_query(WantedConflicts)
    with work() as ctx:
        page = listing.conflicts(
            ctx, search=asked.search, lifted=asked.lifted, sort=asked.sort, after=asked.after, limit=asked.limit
        )
        record(ctx, ListViewed(what="conflicts", rows=None))
        items = [_conflict(each.row) | {"person": each.person} for each in page.rows]
    return present({"items": items, "next": marked(page.after)})


@exceptions.get("/conflicts/<uuid:conflict_id>")
@guarded(Permission.CONFLICT_READ)
def read_conflict(conflict_id: UUID) -> Reply:
    """One of them with its grounds; `attempts` is null but to the two who set it."""
    with work() as ctx:
        found = use_cases.view_conflict(ctx, conflict_id)
        attempts = [
            {"action": each.action, "day": each.day, "first_at": each.first_at} for each in queries.attempts(ctx, found)
        ]
        said = _conflict(found) | {
            "grounds": queries.grounds_of(ctx, found),
            "attempts": attempts if queries.set_by(ctx, found) else None,
        }
    return present(said, revision=found.revision)


@exceptions.post("/conflicts/<uuid:conflict_id>/lifting")
@guarded(Permission.CONFLICT_PROPOSE)
def propose_lifting(conflict_id: UUID) -> Reply:
    """Ask a second person to agree that somebody is no longer kept from a case: the proposal."""
    body = parse(Lifted)
    with work() as ctx:
        made = use_cases.propose_lifting(ctx, conflict_id, grounds=body.grounds)
        said = _proposal(made)
    return changed(ctx, said, 202, revision=made.revision)


def _glass(ctx: Context, found: BreakGlass) -> dict[str, Any]:
    return {
        "id": found.id,
        "person_id": found.person_id,
        "reference": found.reference,
        "area": found.area,
        "state": queries.stands(ctx, found),
        "granted_by": found.granted_by,
        "granted_at": found.granted_at,
        "until": found.until,
        "ended_by": found.ended_by,
        "ended_at": found.ended_at,
        "review_due_on": found.review_due_on,
        "reviewed_by": found.reviewed_by,
        "reviewed_at": found.reviewed_at,
        "justified": found.justified,
    }


def _conflict(found: Conflict) -> dict[str, Any]:
    return {
        "id": found.id,
        "person_id": found.person_id,
        "reference": found.reference,
        "asked_by": found.asked_by,
        "agreed_by": found.agreed_by,
        "set_at": found.set_at,
        "lift_asked_by": found.lift_asked_by,
        "lift_agreed_by": found.lift_agreed_by,
        "lifted_at": found.lifted_at,
    }


def _proposal(made: Proposal) -> dict[str, Any]:
    return {"proposal": made.id, "ends_at": made.ends_at}

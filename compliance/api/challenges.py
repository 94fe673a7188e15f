"""Challenging an entry of the register, and deciding on a challenge (SIG-3)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import work
from compliance.kernel.errors import Invalid
from policies.permissions import Permission
from signatories.challenges import queries, use_cases
from signatories.challenges.corrections import Correction
from signatories.challenges.models import Challenge
from signatories.challenges.rules import State

from .access import guarded
from .places import After, marked
from .reading import Body, Code, Day, Line, Prose, parse, parse_query
from .replies import Reply, changed, present

challenges = Blueprint("challenges", __name__, url_prefix="/api/v1/challenges")


class Doubted(Body):
    kind: Code
    entry_id: UUID
    grounds: Prose


class Wanted(Body):
    status: State | None = None
    search: Line | None = None
    organisation_id: UUID | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Said(Body):
    name: Line | None = None
    role: Line | None = None
    signed_on: Day | None = None
    letter_on: Day | None = None
    letter_reasons: Prose | None = None


class Decision(Body):
    """`outcome` is *upheld*, with a `remedy` and, to correct, what the entry should have said; or *dismissed*."""

    outcome: State
    reasons: Prose
    remedy: Code | None = None
    correction: Said | None = None


@challenges.post("")
@guarded(Permission.CHALLENGE_RAISE)
def raise_challenge() -> Reply:
    """Doubt an entry of the register, and say why; somebody else decides."""
    body = parse(Doubted)
    with work() as ctx:
        made = use_cases.raise_challenge(ctx, body.kind, body.entry_id, grounds=body.grounds)
        said = _challenge(made)
    return changed(ctx, said, 201, revision=made.revision)


@challenges.get("")
@guarded(Permission.CHALLENGE_READ)
def list_challenges() -> Reply:
    """The challenges that the caller may know of, the newest first unless sorted otherwise."""
    asked = parse_query(Wanted)
    with work() as ctx:
        page = queries.challenges(
            ctx,
            status=asked.status,
            search=asked.search,
            organisation_id=asked.organisation_id,
            sort=asked.sort,
            after=asked.after,
            limit=asked.limit,
        )
        record(ctx, ListViewed(what="challenges", rows=len(page.rows)))
        items = [
            _challenge(row.challenge)
            | {"organisation": row.organisation, "raised_by_name": row.raised_by, "decided_by_name": row.decided_by}
            for row in page.rows
        ]
    return present({"items": items, "next": marked(page.after)})


@challenges.get("/<uuid:challenge_id>")
@guarded(Permission.CHALLENGE_READ)
def read_challenge(challenge_id: UUID) -> Reply:
    """One challenge, and why the caller cannot decide on it, if so."""
    with work() as ctx:
        found = use_cases.view(ctx, challenge_id)
        refusal = queries.why_not(ctx, found)
        said = _challenge(found) | {"cannot_decide": refusal.code if refusal else None}
    return present(said, revision=found.revision)


@challenges.post("/<uuid:challenge_id>/decision")
@guarded(Permission.CHALLENGE_DECIDE)
def decide(challenge_id: UUID) -> Reply:
    """Uphold a challenge and put the entry right, or dismiss it; with reasons, and never alone (ROL-3)."""
    body = parse(Decision)
    with work() as ctx:
        if body.outcome is State.UPHELD:
            correction = Correction(**body.correction.model_dump()) if body.correction else None
            found = use_cases.uphold(
                ctx, challenge_id, reasons=body.reasons, remedy=body.remedy or "", correction=correction
            )
        elif body.outcome is State.DISMISSED:
            found = use_cases.dismiss(ctx, challenge_id, reasons=body.reasons)
        else:
            raise Invalid.at("/outcome", "Choose upheld or dismissed.")
        said = _challenge(found)
    return changed(ctx, said, revision=found.revision)


def _challenge(challenge: Challenge) -> dict[str, Any]:
    return {
        "id": challenge.id,
        "organisation_id": challenge.organisation_id,
        "kind": challenge.entry_kind,
        "entry_id": challenge.entry_id,
        "grounds": challenge.grounds,
        "raised_by": challenge.raised_by,
        "raised_for_id": challenge.raised_for_id,
        "raised_at": challenge.raised_at,
        "status": challenge.status,
        "decided_by": challenge.decided_by,
        "decided_at": challenge.decided_at,
        "reasons": challenge.reasons,
        "corrected_by_id": challenge.corrected_by_id,
    }

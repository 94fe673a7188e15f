"""Licences by API: asked for, evaluated, rested, ended; the checklist they stand on; and the seats (LIC-1 to LIC-9)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, request
from pydantic import Field

from audit.record import record
from compliance.decisions.exceptions.shown import cases_of
from compliance.kernel.context import Context, work
from compliance.licences import queries, use_cases
from compliance.licences.events import ChecklistViewed, LicencesViewed, LicenceViewed
from compliance.licences.models import Licence
from compliance.licences.rules import Checklist, EndReason, Kind, RefusedFor, Status, Suspension
from compliance.licences.waiting import queries as waiting
from compliance.licences.waiting.queries import Standing
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as signatories

from .access import guarded
from .places import After, marked
from .reading import Body, Code, Day, Line, Prose, Reference, parse, parse_nothing, parse_query
from .replies import Reply, changed, expect, present, sent_to

licences = Blueprint("licences", __name__, url_prefix="/api/v1")

MOST_LISTED = 100


class Wanted(Body):
    status: Status | None = None
    kind: Kind | None = None
    organisation: UUID | None = None
    person: UUID | None = None
    area: Code | None = None
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class Request(Body):
    organisation_id: UUID
    full_name: Line
    email: Line
    areas: Annotated[tuple[Code, ...], Field(min_length=1, max_length=MOST_LISTED)]
    reason: Prose
    kind: Kind = Kind.STANDING
    cases: Annotated[tuple[Reference, ...], Field(max_length=MOST_LISTED)] = ()
    ends_on: Day | None = None


class Reason(Body):
    reason: Prose


class Refused(Reason):
    """Why, in words, and for want of what."""

    refused_for: RefusedFor = RefusedFor.OTHER


class Rest(Body):
    reason: Suspension


class End(Body):
    reason: EndReason


class Moved(Body):
    organisation_id: UUID
    areas: Annotated[tuple[Code, ...], Field(min_length=1, max_length=MOST_LISTED)]
    reason: Prose
    email: Line | None = None


class PassedTo(Body):
    to: UUID


@licences.get("/licences")
@guarded(Permission.LICENCE_READ)
def list_licences() -> Reply:
    """Licences within the asker's reach, sorted as asked, the newest request first where nothing is said."""
    asked = parse_query(Wanted)
    with work() as ctx:
        found = queries.licences(
            ctx,
            status=asked.status,
            kind=asked.kind,
            organisation_id=asked.organisation,
            person_id=asked.person,
            area=asked.area,
            search=asked.search,
            sort=asked.sort,
            after=asked.after,
            limit=asked.limit,
        )
        record(ctx, LicencesViewed(shown=len(found.rows)))
        uses = queries.last_uses(ctx, [licence.id for licence in found.rows])
        said = [as_json(ctx, licence, uses.get(licence.id)) for licence in found.rows]
    return present({"items": said, "next": marked(found.after)})


@licences.post("/licences")
@guarded(Permission.LICENCE_REQUEST)
def request_licence() -> Reply:
    """Ask for a licence for a named person of an organisation."""
    body = parse(Request)
    with work() as ctx:
        licence = use_cases.request(
            ctx,
            organisation_id=body.organisation_id,
            full_name=body.full_name,
            email=body.email,
            areas=body.areas,
            reason=body.reason,
            kind=body.kind,
            cases=body.cases,
            ends_on=body.ends_on,
        )
        said = as_json(ctx, licence)
    return changed(ctx, said, 201, revision=licence.revision)


@licences.get("/licences/<uuid:licence_id>")
@guarded(Permission.LICENCE_READ)
def read_licence(licence_id: UUID) -> Reply:
    """One licence."""
    with work() as ctx:
        licence = queries.visible(ctx, licence_id, lock=False)
        record(ctx, LicenceViewed(subject=licence.id, organisation=licence.organisation_id))
        said = as_json(ctx, licence, queries.last_uses(ctx, [licence.id]).get(licence.id))
        said |= {"waiting": standing_as_json(waiting.standing(ctx, licence))}
    return present(said, revision=licence.revision)


@licences.post("/licences/<uuid:licence_id>/move")
@guarded(Permission.LICENCE_REQUEST)
def move(licence_id: UUID) -> Reply:
    """Its holder takes another role, or goes to another organisation: a new licence is asked for (LIC-4)."""
    body = parse(Moved)
    with work() as ctx:
        _as_read(ctx, licence_id)
        licence = use_cases.move(
            ctx,
            licence_id,
            organisation_id=body.organisation_id,
            areas=body.areas,
            reason=body.reason,
            email=body.email,
        )
        said = as_json(ctx, licence)
    return changed(ctx, said, 201, revision=licence.revision)


@licences.get("/licences/<uuid:licence_id>/checklist")
@guarded(Permission.LICENCE_READ)
def read_checklist(licence_id: UUID) -> Reply:
    """LIC-1 for this licence: as for a new one while it is asked for, with its days of grace once it was given."""
    with work() as ctx:
        licence = queries.visible(ctx, licence_id, lock=False)
        if licence.status == Status.REQUESTED:
            answers = queries.checklist(ctx, licence.person_id, licence.organisation_id)
        else:
            answers = queries.still_holds(ctx, licence_id)
        record(ctx, ChecklistViewed(subject=licence.person_id, organisation=licence.organisation_id))
    return present({"licence_id": licence_id, **checklist_as_json(answers)})


@licences.post("/licences/<uuid:licence_id>/approval")
@guarded(Permission.LICENCE_APPROVE)
def approve(licence_id: UUID) -> Reply:
    """Give the licence. `invitation` says where the link went if its holder has no password yet (IDN-8)."""
    parse_nothing()
    with work() as ctx:
        _as_read(ctx, licence_id)
        approved = use_cases.approve(ctx, licence_id)
        said = as_json(ctx, approved.licence)
    return changed(ctx, said | {"invitation": sent_to(approved.link_sent_to)}, revision=approved.licence.revision)


@licences.post("/licences/<uuid:licence_id>/refusal")
@guarded(Permission.LICENCE_REFUSE)
def refuse(licence_id: UUID) -> Reply:
    """Say no to a request, and why: `no_seat` is counted as what the hub owes the organisation."""
    body = parse(Refused)
    with work() as ctx:
        _as_read(ctx, licence_id)
        licence = use_cases.refuse(ctx, licence_id, reason=body.reason, refused_for=body.refused_for)
        said = as_json(ctx, licence)
    return changed(ctx, said, revision=licence.revision)


@licences.post("/licences/<uuid:licence_id>/suspension")
@guarded(Permission.LICENCE_SUSPEND)
def suspend(licence_id: UUID) -> Reply:
    """Pause one person's use of the case system; the seat stays theirs."""
    body = parse(Rest)
    with work() as ctx:
        _as_read(ctx, licence_id)
        licence = use_cases.suspend(ctx, licence_id, reason=body.reason)
        said = as_json(ctx, licence)
    return changed(ctx, said, revision=licence.revision)


@licences.post("/licences/<uuid:licence_id>/resumption")
@guarded(Permission.LICENCE_RESUME)
def resume(licence_id: UUID) -> Reply:
    """Let a resting licence be used again."""
    parse_nothing()
    with work() as ctx:
        _as_read(ctx, licence_id)
        licence = use_cases.resume(ctx, licence_id)
        said = as_json(ctx, licence)
    return changed(ctx, said, revision=licence.revision)


@licences.post("/licences/<uuid:licence_id>/deactivation")
@guarded(Permission.LICENCE_DEACTIVATE, Permission.LICENCE_END_OWN)
def deactivate(licence_id: UUID) -> Reply:
    """End a licence, or take a request back, for good."""
    body = parse(End)
    with work() as ctx:
        _as_read(ctx, licence_id)
        licence = use_cases.deactivate(ctx, licence_id, reason=body.reason)
        said = as_json(ctx, licence)
    return changed(ctx, said, revision=licence.revision)


@licences.post("/licences/<uuid:licence_id>/reallocation")
@guarded(Permission.LICENCE_REALLOCATE)
def reallocate(licence_id: UUID) -> Reply:
    """Pass this licence's seat to a request: one ends, the other is approved, in one step (LIC-9)."""
    body = parse(PassedTo)
    with work() as ctx:
        _as_read(ctx, licence_id)
        approved = use_cases.reallocate(ctx, licence_id, body.to)
        said = as_json(ctx, approved.licence)
    return changed(ctx, said | {"invitation": sent_to(approved.link_sent_to)}, revision=approved.licence.revision)


def as_json(ctx: Context, licence: Licence, last_use: datetime | None = None) -> dict[str, Any]:
    """A licence, to a program; without a case that the caller is kept from (DEC-6)."""
    return {
        "id": licence.id,
        "person": {"id": licence.person_id, "full_name": licence.person.full_name, "email": licence.person.email},
        "organisation": {
            "id": licence.organisation_id,
            "code": licence.organisation.code,
            "name": licence.organisation.name,
        },
        "kind": licence.kind,
        "status": licence.status,
        "areas": ctx.the(Policy).areas_now(area.area for area in licence.areas),
        "cases": cases_of(ctx, licence),
        "ends_on": licence.ends_on,
        "reason": licence.reason,
        "requested_by": licence.requested_by,
        "requested_at": licence.requested_at,
        "decided_by": licence.decided_by,
        "decided_at": licence.decided_at,
        "refusal": licence.refusal,
        "refused_for": licence.refused_for,
        "activated_at": licence.activated_at,
        "suspended_at": licence.suspended_at,
        "suspension": licence.suspension,
        "deactivated_at": licence.deactivated_at,
        "end_reason": licence.end_reason,
        "replaces": licence.replaces_id,
        "last_use_at": last_use,
    }


def standing_as_json(standing: Standing | None) -> dict[str, Any] | None:
    """Where a request stands on the waiting list; None where it is not on it (LIC-5)."""
    if standing is None:
        return None
    offer = standing.offer
    return {
        "place": standing.place,
        "of": standing.of,
        "since": standing.waiting_since,
        "offer": {"ends_at": offer.ends_at, "accepted_at": offer.accepted_at} if offer is not None else None,
    }


def checklist_as_json(answers: Checklist) -> dict[str, Any]:
    """Every item of a checklist, met or not, with what is missing, its rule and its clause."""
    return {
        "complete": answers.complete,
        "items": [
            {
                "code": item.code,
                "met": item.met,
                "says": item.says,
                "rule": item.rule,
                "clause": item.clause,
                "until": item.until,
            }
            for item in answers.items
        ],
    }


def _as_read(ctx: Context, licence_id: UUID) -> None:
    """Where the caller sent `If-Match`: the licence is still as they read it (412)."""
    if not request.headers.get("If-Match"):
        return
    licence = queries.visible(ctx, licence_id, lock=False)
    # The organisation before the licence, as every step locks them, so that nobody waits for one another.
    signatories.organisation(ctx, licence.organisation_id, lock=True)
    expect(queries.visible(ctx, licence_id).revision)

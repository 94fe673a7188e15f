"""Seats by API: how many there are, who waits for one, and the answers to offers (LIC-5)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.record import record
from compliance.kernel.context import work
from compliance.kernel.errors import NotFound
from compliance.licences import queries, use_cases
from compliance.licences.events import LicencesViewed
from compliance.licences.rules import Kind
from compliance.licences.waiting.models import SeatOffer
from compliance.licences.waiting.queries import Line
from compliance.licences.waiting.use_cases import accept_offer, decline_offer, view_waiting
from policies.permissions import Permission

from .access import guarded
from .reading import Body, Code, parse, parse_nothing, parse_query
from .reading import Line as Typed
from .replies import Reply, changed, present

waiting = Blueprint("seats", __name__, url_prefix="/api/v1")


class Wanted(Body):
    kind: Kind | None = None
    organisation: UUID | None = None
    area: Code | None = None
    search: Typed | None = None


class Contract(Body):
    seats: Annotated[int, Field(ge=0, le=1_000_000)]


@waiting.get("/seats")
@guarded(Permission.LICENCE_READ)
def seats() -> Reply:
    """The contract's seats, by kind: allowed, in use, kept for somebody, offered, free (LIC-5)."""
    with work() as ctx:
        counted = queries.seats(ctx)
        record(ctx, LicencesViewed(shown=0))
    return present({"items": [_seats(row) for row in counted]})


@waiting.put("/seats/<kind>")
@guarded(Permission.SEATS_SET)
def set_seats(kind: str) -> Reply:
    """How many seats of a kind the contract has; never fewer than are in use or offered."""
    if kind not in list(Kind):
        raise NotFound()
    body = parse(Contract)
    with work() as ctx:
        use_cases.set_seats(ctx, Kind(kind), body.seats)
        said = _seats(next(row for row in queries.seats(ctx) if row.kind == kind))
    return changed(ctx, said)


@waiting.get("/waiting-list")
@guarded(Permission.LICENCE_READ)
def read_waiting_list() -> Reply:
    """Who waits for a seat, in the order in which seats come to them; those with an offer first."""
    asked = parse_query(Wanted)
    with work() as ctx:
        lines = view_waiting(
            ctx,
            {
                "kind": asked.kind,
                "organisation_id": asked.organisation,
                "area": asked.area,
                "search": asked.search,
            },
        )
        said = [_line(line) for line in lines]
    return present({"items": said})


@waiting.post("/licences/<uuid:licence_id>/waiting")
@guarded(Permission.LICENCE_APPROVE)
def wait_for_seat(licence_id: UUID) -> Reply:
    """Put a request that the hub would grant on the waiting list, because no seat is free."""
    parse_nothing()
    with work() as ctx:
        place = use_cases.wait_for_seat(ctx, licence_id)
        said = {"licence_id": place.licence_id, "kind": place.kind, "since": place.joined_at}
    return changed(ctx, said, 201)


@waiting.post("/licences/<uuid:licence_id>/offer/acceptance")
@guarded(Permission.OFFER_ANSWER)
def accept(licence_id: UUID) -> Reply:
    """The organisation wants the seat that is offered; it is kept until the hub has approved."""
    parse_nothing()
    with work() as ctx:
        said = _offer(accept_offer(ctx, licence_id))
    return changed(ctx, said)


@waiting.post("/licences/<uuid:licence_id>/offer/refusal")
@guarded(Permission.OFFER_ANSWER)
def decline(licence_id: UUID) -> Reply:
    """The organisation does not want the seat now; it goes to the next in line."""
    parse_nothing()
    with work() as ctx:
        said = _offer(decline_offer(ctx, licence_id))
    return changed(ctx, said)


def _seats(row: queries.Seats) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "seats": row.seats,
        "active": row.active,
        "kept": row.kept,
        "offered": row.offered,
        "free": row.free,
    }


def _offer(offer: SeatOffer) -> dict[str, Any]:
    return {
        "licence_id": offer.licence_id,
        "made_at": offer.made_at,
        "ends_at": offer.ends_at,
        "accepted_at": offer.accepted_at,
        "outcome": offer.outcome,
    }


def _line(line: Line) -> dict[str, Any]:
    licence = line.licence
    return {
        "licence_id": licence.id,
        "place": line.place,
        "person": {"id": licence.person_id, "full_name": licence.person.full_name, "email": licence.person.email},
        "organisation": {"id": licence.organisation_id, "name": licence.organisation.name},
        "kind": licence.kind,
        "areas": line.areas,
        "asked_at": licence.requested_at,
        "since": line.waiting_since,
        "offer": _offer(line.offer) if line.offer is not None else None,
    }

"""Answering an offer, and looking at the list (LIC-5). Putting a request on it is the hub's decision: `deciding`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from audit.lists import ListExported, ListViewed
from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import File, form_of, write
from compliance.licences import queries as licences
from compliance.licences import seats
from compliance.licences.models import Licence, SeatContract
from compliance.licences.rules import Kind
from policies.access import require
from policies.permissions import Permission

from . import queries, steps, tables
from .errors import NoOpenOffer, OfferAccepted
from .models import SeatOffer
from .queries import Line
from .rules import Left

WAITING_LIST = "waiting-list"


def accept_offer(ctx: Context, licence_id: UUID) -> SeatOffer:
    """The organisation's delegate, or the hub for it, wants the seat; it is kept until the hub has approved (LIC-5).

    Raises NoOpenOffer, where it has ended as well, and OfferAccepted.
    """
    _licence, offer = _answerable(ctx, licence_id)

    steps.accept(ctx, offer)
    return offer


def decline_offer(ctx: Context, licence_id: UUID) -> SeatOffer:
    """The organisation does not want the seat now: it goes to the next in line, and the request waits no longer.

    Raises as `accept_offer` does.
    """
    licence, offer = _answerable(ctx, licence_id)

    steps.leave(ctx, licence, Left.DECLINED)
    steps.freed(ctx, Kind(licence.kind))
    return offer


def lapse_offer(ctx: Context, offer_id: UUID) -> None:
    """Nobody answered in time: the seat goes to the next in line. One that was answered stays as it is."""
    found = ctx.session.get(SeatOffer, offer_id)
    if found is None:
        raise NotFound()
    require(ctx, Permission.OFFER_ANSWER, organisation=found.organisation_id)
    licence = licences.found(ctx, found.licence_id)
    seats.hold(ctx, [Kind(licence.kind)])
    offer = steps.offer_of(ctx, licence.id)

    if offer is None or offer.id != offer_id or offer.accepted_at is not None or offer.ends_at > ctx.now():
        return

    steps.leave(ctx, licence, Left.LAPSED)
    steps.freed(ctx, Kind(licence.kind))


def offer_free_seats(ctx: Context, contract_id: UUID) -> None:
    """Offer whatever is free of this kind, where no one's step has done so: a day's new bank holidays, a checklist mended."""
    require(ctx, Permission.OFFER_ANSWER)
    contract = ctx.session.get(SeatContract, contract_id)
    if contract is None:
        raise NotFound()

    steps.freed(ctx, Kind(contract.kind))


def view_waiting(ctx: Context, asked: Mapping[str, Any]) -> list[Line]:
    """The waiting list as the asker may know of it, in order."""
    found = queries.waiting(ctx, **asked)
    record(ctx, ListViewed(what=WAITING_LIST, rows=len(found)))
    return found


def export_waiting(ctx: Context, form: str, asked: Mapping[str, Any]) -> File:
    """The same as a file."""
    kind = form_of(form)
    found = queries.waiting(ctx, **asked)
    record(ctx, ListExported(what=WAITING_LIST, form=kind, rows=len(found)))
    return write(tables.of_waiting(ctx, found), kind)


def _answerable(ctx: Context, licence_id: UUID) -> tuple[Licence, SeatOffer]:
    """The request and its open offer, both held."""
    licence = licences.visible(ctx, licence_id, lock=False)
    require(ctx, Permission.OFFER_ANSWER, organisation=licence.organisation_id)
    licence = licences.visible(ctx, licence_id)
    seats.hold(ctx, [Kind(licence.kind)])

    offer = steps.offer_of(ctx, licence.id)
    if offer is None or (offer.accepted_at is None and offer.ends_at <= ctx.now()):
        raise NoOpenOffer()
    if offer.accepted_at is not None:
        raise OfferAccepted()
    return licence, offer

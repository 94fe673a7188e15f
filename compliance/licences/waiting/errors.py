"""How waiting for a seat is refused, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class SeatIsFree(Conflict):
    code = "waiting-seat-is-free"
    rule = "LIC-5"
    detail = "A seat is free for this request. Approve it instead of putting it on the waiting list."


class WaitsAlready(Conflict):
    code = "waiting-already"
    rule = "LIC-5"
    detail = "This request is on the waiting list already, or a seat is offered to it."


class NoOpenOffer(Conflict):
    code = "seat-offer-none"
    rule = "LIC-5"
    detail = "No seat is offered to this request now. The offer may have ended: look at the waiting list."


class OfferAccepted(Conflict):
    code = "seat-offer-accepted"
    rule = "LIC-5"
    detail = "This offer is accepted already. It waits for the MARAC Hub Team to approve the licence."

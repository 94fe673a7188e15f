"""What can happen on the waiting list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class WaitingListJoined(Event):
    """The hub would grant a request, had no seat for it, and put it on the list (LIC-5)."""

    name: ClassVar[str] = "waiting_list.joined"
    subject_kind: ClassVar[str | None] = "waiting_place"
    licence: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class WaitingListLeft(Event):
    """A request waits for a seat no longer (LIC-5)."""

    name: ClassVar[str] = "waiting_list.left"
    subject_kind: ClassVar[str | None] = "waiting_place"
    licence: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class SeatOffered(Event):
    """A free seat is kept for this request until the offer ends (LIC-5)."""

    name: ClassVar[str] = "seat_offer.made"
    subject_kind: ClassVar[str | None] = "seat_offer"
    licence: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class SeatOfferAccepted(Event):
    """The organisation, or the hub for it, wants the seat; the hub now approves (LIC-5)."""

    name: ClassVar[str] = "seat_offer.accepted"
    subject_kind: ClassVar[str | None] = "seat_offer"
    licence: UUID


@dataclass(frozen=True, kw_only=True)
class SeatOfferEnded(Event):
    """An offer is no more: taken, declined, lapsed, or its request has gone (LIC-5)."""

    name: ClassVar[str] = "seat_offer.ended"
    subject_kind: ClassVar[str | None] = "seat_offer"
    licence: UUID
    reason: str

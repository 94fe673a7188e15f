"""In which order a seat is waited for, and how a place and an offer end: values in, values out (LIC-5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import heapify, heappop, heapreplace
from typing import Any
from uuid import UUID


class By(StrEnum):
    """What can decide who is first. The policy says which of these do, and which of them before which."""

    NO_SEAT = "organisations-without-a-seat"
    FEWEST_SEATS = "organisations-with-fewest-seats"
    ASKED = "asked-first"


SAYS = {
    By.NO_SEAT: "organisations that hold no seat of this kind come before those that hold one",
    By.FEWEST_SEATS: "organisations that hold fewer seats of this kind come before those that hold more",
    By.ASKED: "whoever asked first comes first",
}
"""Each in words, for the page that shows the list."""


class Left(StrEnum):
    """Why a place on the list was left. Whoever declines an offer, or lets it lapse, has had their turn."""

    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    DECLINED = "declined"
    LAPSED = "lapsed"


class Outcome(StrEnum):
    """What became of an offer; `gone` where the request it was for is no more."""

    TAKEN = "taken"
    DECLINED = "declined"
    LAPSED = "lapsed"
    GONE = "gone"


@dataclass(frozen=True)
class Waits:
    """One who waits: which request, whose, and since when that counts."""

    licence_id: UUID
    organisation_id: UUID
    asked_at: datetime


def in_order(waiting: Iterable[Waits], seats: Mapping[UUID, int], order: Sequence[str]) -> Iterator[Waits]:
    """Those who wait, in the order in which seats will come to them, as things stand.

    `seats` is how many each organisation holds or is offered. Each one given counts for those behind: two of one
    organisation that holds none do not both come before another's only one.
    """
    rest: dict[UUID, list[Waits]] = {}
    for one in sorted(waiting, key=lambda each: (each.asked_at, each.licence_id), reverse=True):
        rest.setdefault(one.organisation_id, []).append(one)

    held = {organisation: seats.get(organisation, 0) for organisation in rest}
    lines = [(_rank(queue[-1], held[one], order), one) for one, queue in rest.items()]
    heapify(lines)
    while lines:
        organisation = lines[0][1]
        queue = rest[organisation]
        yield queue.pop()
        held[organisation] += 1
        if queue:
            heapreplace(lines, (_rank(queue[-1], held[organisation], order), organisation))
        else:
            heappop(lines)


def _rank(one: Waits, held: int, order: Sequence[str]) -> tuple[Any, ...]:
    by = {By.NO_SEAT: min(held, 1), By.FEWEST_SEATS: held, By.ASKED: one.asked_at}
    return (*(by[By(each)] for each in order), one.asked_at, one.licence_id)

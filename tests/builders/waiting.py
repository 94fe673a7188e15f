"""Requests that wait for a seat, and what became of the offers made to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.licences import use_cases
from compliance.licences.models import Licence
from compliance.licences.rules import EndReason
from compliance.licences.waiting import queries
from compliance.licences.waiting.models import SeatOffer, WaitingPlace
from tests.builders.licences import a_licence, a_person, a_request, acting, an_organisation, hub, seats


def waits(house: House, organisation: UUID, email: str, **asked: Any) -> Licence:
    """A request whose checklist is complete, put on the list by the hub."""
    a_person(house, organisation, email)
    request = a_request(house, organisation, email, **asked)
    with acting(house) as ctx:
        use_cases.wait_for_seat(ctx, request.id)
    house.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    return request


def ends(house: House, licence: Licence) -> None:
    with acting(house) as ctx:
        use_cases.deactivate(ctx, licence.id, reason=EndReason.LEAVER)


def offers(house: House) -> dict[UUID, str | None]:
    """For each request that a seat was ever offered to: what became of the offer."""
    with house.reading(operator("test")) as ctx:
        return {
            row.licence_id: row.outcome for row in ctx.session.scalars(select(SeatOffer).order_by(SeatOffer.made_at))
        }


def left_for(house: House, licence: Licence) -> str | None:
    with house.reading(operator("test")) as ctx:
        return ctx.session.scalars(select(WaitingPlace.left_for).where(WaitingPlace.licence_id == licence.id)).one()


def listed(house: House, **asked: object) -> list[tuple[int | None, UUID]]:
    with house.reading(hub()) as ctx:
        return [(line.place, line.licence.id) for line in queries.waiting(ctx, **asked)]  # type: ignore[arg-type]


def a_full_house(house: House) -> tuple[UUID, Licence]:
    """One seat, and somebody on it."""
    seats(house, standing=1)
    organisation = an_organisation(house)
    return organisation, a_licence(house, organisation, "holder@swale.gov.uk")


def vetted_until(house: House, licence: Licence, day: date) -> None:
    with acting(house) as ctx:
        use_cases.record_vetting(ctx, licence.person_id, level="NPPV 2", holds_until=day)


def a_seat_that_nobody_in_line_can_have(house: House, clock: FixedClock) -> tuple[UUID, Licence]:
    """The first in line is out of vetting when the seat comes free, and vetted again afterwards."""
    organisation, holder = a_full_house(house)
    first = waits(house, organisation, "kim@swale.gov.uk")
    vetted_until(house, first, date(2026, 11, 22))
    clock.move(timedelta(days=3))
    ends(house, holder)
    assert offers(house) == {}
    assert listed(house) == [(1, first.id)]
    vetted_until(house, first, date(2028, 1, 31))
    return organisation, first

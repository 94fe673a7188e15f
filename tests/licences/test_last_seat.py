"""The last seat, and eight who want to give it: never two, on either database, by threads and by processes (LIC-5)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Context, House, Origin
from compliance.kernel.settings import Settings
from compliance.licences import queries, steps, use_cases
from compliance.licences.errors import NoSeat
from compliance.licences.models import Licence, SeatContract
from compliance.licences.rules import HOLDS_A_SEAT, Kind, Status
from compliance.licences.waiting import use_cases as waiting
from tests.builders.identity import someone
from tests.builders.licences import a_licence, a_person, a_request, an_organisation, hub, seats
from tests.builders.waiting import ends, offers, waits
from tests.support.racers import race
from tests.support.together import together

EIGHT = 8


def taking(ctx: Context, licence_id: UUID) -> None:
    """What an approval takes the seat by, and as little besides as shows in the count: so it meets the others most."""
    steps.take_seat(ctx, Kind.STANDING, but_for=licence_id)
    _give(ctx, licence_id)


def approving(ctx: Context, licence_id: UUID) -> object:
    """The whole of it."""
    return use_cases.approve(ctx, licence_id)


def naively(ctx: Context, licence_id: UUID) -> None:
    """Count, and give where there is room: as it would be without the contract being held."""
    counted = select(func.count()).select_from(Licence).where(Licence.status.in_(HOLDS_A_SEAT))
    taken, allowed = ctx.session.execute(
        select(counted.scalar_subquery(), SeatContract.seats).where(SeatContract.kind == Kind.STANDING)
    ).one()
    if taken >= allowed:
        raise NoSeat()
    _give(ctx, licence_id)


def _give(ctx: Context, licence_id: UUID) -> None:
    licence = Licence.__table__
    given = update(licence).where(licence.c.id == licence_id).values(status=Status.APPROVED)  # type: ignore[arg-type]
    ctx.session.connection().execute(given)


@pytest.fixture
def eight(house: House) -> list[UUID]:
    """Eight requests, each of an organisation of its own, and one seat."""
    seats(house, standing=1)
    asked = []
    for number in range(EIGHT):
        organisation = an_organisation(house, f"o{number}")
        a_person(house, organisation, f"alex@o{number}.gov.uk")
        asked.append(a_request(house, organisation, f"alex@o{number}.gov.uk").id)
    house.engine.dispose()
    return asked


@pytest.mark.rule("LIC-5")
def test_a_thousand_rounds_of_eight_never_give_the_last_seat_twice(
    settings: Settings, clock: FixedClock, eight: list[UUID]
) -> None:
    found = race(settings, clock.now(), eight, taking, rounds=1_000)

    assert found.taken == [1] * 1_000
    assert (found.done, found.refused) == (1_000, {"NoSeat": 1_000 * (EIGHT - 1)})


@pytest.mark.rule("LIC-5")
def test_whole_approvals_of_eight_never_give_the_last_seat_twice(
    settings: Settings, clock: FixedClock, eight: list[UUID]
) -> None:
    found = race(settings, clock.now(), eight, approving, rounds=8)

    assert found.taken == [1] * 8
    assert (found.done, found.refused) == (8, {"NoSeat": 8 * (EIGHT - 1)})


@pytest.mark.rule("LIC-5")
def test_counting_without_holding_the_contract_would_sell_the_last_seat_twice(
    settings: Settings, clock: FixedClock, eight: list[UUID]
) -> None:
    """So that it is known what the test above would see: on PostgreSQL; SQLite has one writer at a time."""
    found = race(settings, clock.now(), eight, naively, rounds=15)

    assert (max(found.taken) > 1) is settings.database_url.startswith("postgresql")


@pytest.mark.rule("LIC-5")
def test_a_seat_kept_by_an_offer_is_taken_by_nobody_else_while_it_is_answered(house: House) -> None:
    seats(house, standing=1)
    organisation = an_organisation(house)
    holder = a_licence(house, organisation, "holder@swale.gov.uk")
    first, second = (waits(house, organisation, f"{name}@swale.gov.uk") for name in ("kim", "lou"))
    ends(house, holder)
    delegate, managers = someone(house, "delegate", organisation_id=organisation), [hub(), hub()]
    fresh = Origin(fresh_until=house.clock.now() + timedelta(minutes=5))

    said = together(
        house,
        [
            (delegate, lambda ctx: waiting.accept_offer(ctx, first.id)),
            ((managers[0], fresh), lambda ctx: use_cases.approve(ctx, second.id)),
            ((managers[1], fresh), lambda ctx: use_cases.approve(ctx, first.id)),
        ],
    )

    assert said[1] == "NoSeat"
    assert said[2] == "done"
    assert said[0] in ("done", "NoOpenOffer")
    assert offers(house) == {first.id: "taken"}


@pytest.mark.rule("LIC-5")
def test_seats_that_are_lowered_while_the_last_is_given_stay_enough(house: House) -> None:
    seats(house, standing=1)
    organisation = an_organisation(house)
    a_person(house, organisation)
    request = a_request(house, organisation)
    fresh = Origin(fresh_until=house.clock.now() + timedelta(minutes=5))

    said = together(
        house,
        [
            ((hub(), fresh), lambda ctx: use_cases.approve(ctx, request.id)),
            ((hub(), fresh), lambda ctx: use_cases.set_seats(ctx, Kind.STANDING, 0)),
        ],
    )

    assert sorted(said) in (["Invalid", "done"], ["NoSeat", "done"])
    with house.reading(hub()) as ctx:
        found = next(row for row in queries.seats(ctx) if row.kind == Kind.STANDING)
    assert found.active <= found.seats

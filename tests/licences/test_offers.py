"""A free seat is offered: to whom, until when, how it is answered, and what follows (LIC-5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.jobs import run_now
from compliance.licences import use_cases
from compliance.licences.rules import Kind, Status
from compliance.licences.waiting import use_cases as waiting
from compliance.licences.waiting.errors import NoOpenOffer, OfferAccepted
from compliance.licences.waiting.jobs import JOBS
from compliance.licences.waiting.models import SeatOffer
from compliance.notices.models import Notice
from tests.builders import identity
from tests.builders.licences import (
    acting,
    again,
    an_organisation,
    hub,
    partner,
)
from tests.builders.waiting import (
    a_full_house,
    a_seat_that_nobody_in_line_can_have,
    ends,
    left_for,
    offers,
    waits,
)

LAPSES, OFFERS = JOBS


@pytest.mark.rule("LIC-5", "ROL-4")
def test_an_offer_is_answered_by_its_own_organisation_or_the_hub_once(sqlite_house: House) -> None:
    house = sqlite_house
    organisation, holder = a_full_house(house)
    first = waits(house, organisation, "kim@swale.gov.uk")
    for answer in (waiting.accept_offer, waiting.decline_offer):
        with pytest.raises(NoOpenOffer), acting(house) as ctx:
            answer(ctx, first.id)
    ends(house, holder)

    for actor, refusal in (
        (partner(uuid4()), NotFound), (partner(organisation, "escalation_contact"), Forbidden),
    ):  # fmt: skip
        with pytest.raises(refusal), acting(house, actor) as ctx:
            waiting.accept_offer(ctx, first.id)
    with acting(house, hub("hub_coordinator")) as ctx:
        waiting.accept_offer(ctx, first.id)
    with pytest.raises(OfferAccepted), acting(house, partner(organisation)) as ctx:
        waiting.decline_offer(ctx, first.id)


@pytest.mark.rule("LIC-5")
def test_a_declined_seat_goes_to_the_next_and_whoever_declined_waits_no_longer(sqlite_house: House) -> None:
    house = sqlite_house
    organisation, holder = a_full_house(house)
    first, second = (waits(house, organisation, f"{name}@swale.gov.uk") for name in ("kim", "lou"))
    ends(house, holder)

    with acting(house, partner(organisation)) as ctx:
        waiting.decline_offer(ctx, first.id)

    assert offers(house) == {first.id: "declined", second.id: None}
    assert (left_for(house, first), again(house, first.id).status) == ("declined", Status.REQUESTED)
    with acting(house) as ctx:
        use_cases.wait_for_seat(ctx, first.id)


@pytest.mark.rule("LIC-5")
def test_an_offer_ends_by_itself_after_its_working_days_and_the_next_in_line_gets_it(
    house: House, clock: FixedClock
) -> None:
    organisation, holder = a_full_house(house)
    first, second = (waits(house, organisation, f"{name}@swale.gov.uk") for name in ("kim", "lou"))
    ends(house, holder)
    with house.reading(operator("test")) as ctx:
        ends_at = ctx.session.scalars(select(SeatOffer.ends_at)).one()
    # Offered on Saturday 21 November 2026: Monday is its first working day, and Friday the fifth, its last.
    assert ends_at == datetime(2026, 11, 28, tzinfo=UTC)

    clock.move(ends_at - clock.now() - timedelta(seconds=1))
    assert run_now(house, LAPSES).found == 0
    clock.move(timedelta(seconds=1))
    with pytest.raises(NoOpenOffer), acting(house, partner(organisation)) as ctx:
        waiting.accept_offer(ctx, first.id)

    assert (run_now(house, LAPSES).done, run_now(house, LAPSES).found) == (1, 0)
    assert offers(house) == {first.id: "lapsed", second.id: None}


@pytest.mark.rule("LIC-5")
def test_an_accepted_offer_does_not_lapse(sqlite_house: House, clock: FixedClock) -> None:
    organisation, holder = a_full_house(sqlite_house)
    first = waits(sqlite_house, organisation, "kim@swale.gov.uk")
    ends(sqlite_house, holder)
    with acting(sqlite_house, partner(organisation)) as ctx:
        waiting.accept_offer(ctx, first.id)

    clock.move(timedelta(days=60))

    assert run_now(sqlite_house, LAPSES).found == 0
    with acting(sqlite_house) as ctx:
        use_cases.approve(ctx, first.id)


@pytest.mark.rule("LIC-5")
def test_seats_that_are_added_are_offered_at_once(sqlite_house: House) -> None:
    house = sqlite_house
    organisation, _ = a_full_house(house)
    asked = [waits(house, organisation, f"{name}@swale.gov.uk") for name in ("kim", "lou", "max")]

    with acting(house) as ctx:
        use_cases.set_seats(ctx, Kind.STANDING, 3)

    assert offers(house) == {asked[0].id: None, asked[1].id: None}


@pytest.mark.rule("LIC-5", "GOV-5")
def test_delegates_and_the_hub_are_told_of_an_offer_and_of_nobody_by_name(sqlite_house: House) -> None:
    house = sqlite_house
    organisation, holder = a_full_house(house)
    waits(house, organisation, "kim@swale.gov.uk")
    delegate = identity.a_person(house, "delegate", organisation_id=organisation)
    elsewhere = identity.a_person(house, "delegate", organisation_id=an_organisation(house, "dover"))
    manager = identity.a_person(house, "hub_manager", hub_team=True)

    ends(house, holder)

    with house.reading(operator("test")) as ctx:
        told = set(ctx.session.scalars(select(Notice.person_id).where(Notice.kind == "seat_offered")))
    assert {delegate.id, manager.id} <= told
    assert elsewhere.id not in told


@pytest.mark.rule("LIC-5")
def test_a_seat_that_nobody_could_have_is_offered_by_the_job_once_somebody_can(
    sqlite_house: House, clock: FixedClock
) -> None:
    _, first = a_seat_that_nobody_in_line_can_have(sqlite_house, clock)

    assert [run_now(sqlite_house, OFFERS).done for _ in range(2)] == [1, 0]
    assert offers(sqlite_house) == {first.id: None}

"""The waiting list: who is put on it, in which order, and how a free seat finds the first in line (LIC-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.licences import queries, use_cases
from compliance.licences.errors import NoSeat, NotEligible, OwnLicence
from compliance.licences.models import Licence
from compliance.licences.rules import EndReason, Kind, Status
from compliance.licences.seed import load_contract
from compliance.licences.waiting import queries as waiting_queries
from compliance.licences.waiting import use_cases as waiting
from compliance.licences.waiting.errors import SeatIsFree, WaitsAlready
from compliance.licences.waiting.rules import By, Waits, in_order
from policies.values import Policy
from tests.builders.licences import (
    a_licence,
    a_person,
    a_request,
    acting,
    again,
    an_organisation,
    hub,
    partner,
    seats,
    withdraw,
)
from tests.builders.waiting import (
    a_full_house,
    a_seat_that_nobody_in_line_can_have,
    ends,
    left_for,
    listed,
    offers,
    vetted_until,
    waits,
)


@pytest.mark.rule("LIC-5")
def test_seats_come_first_to_organisations_without_any_and_then_to_who_asked_first() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    rich, poor, late = uuid4(), uuid4(), uuid4()
    asked = [
        Waits(uuid4(), organisation, at + timedelta(days=day))
        for day, organisation in enumerate([rich, poor, poor, late, rich])
    ]

    order = [asked.index(each) for each in in_order(asked, {rich: 2}, ["organisations-without-a-seat", "asked-first"])]

    # The second of the poor one comes after the late one's only request: by then the poor one has a seat.
    assert order == [1, 3, 0, 2, 4]
    assert [asked.index(each) for each in in_order(asked, {rich: 2}, ["asked-first"])] == [0, 1, 2, 3, 4]
    by_number = in_order(asked, {rich: 2}, ["organisations-with-fewest-seats"])
    assert [asked.index(each) for each in by_number] == [1, 3, 2, 0, 4]


@pytest.mark.rule("LIC-5")
def test_the_policy_names_only_what_can_decide(sqlite_house: House) -> None:
    assert set(sqlite_house.the(Policy).licences.waiting_order) <= set(By)
    with sqlite_house.reading(hub()) as ctx:
        assert all(waiting_queries.order(ctx))


@pytest.mark.rule("LIC-5", "ROL-3")
def test_only_what_could_be_approved_waits_and_not_by_who_asked_for_it(sqlite_house: House) -> None:
    house = sqlite_house
    organisation, _ = a_full_house(house)
    a_person(house, organisation, "ready@swale.gov.uk")
    a_person(house, organisation, "untrained@swale.gov.uk", trained=())
    asker = hub()
    own = a_request(house, organisation, "ready@swale.gov.uk", by=asker)
    lacking = a_request(house, organisation, "untrained@swale.gov.uk")

    for actor, licence, refusal in (
        (hub(), lacking, NotEligible), (asker, own, OwnLicence), (partner(organisation), own, Forbidden),
        (partner(uuid4()), own, NotFound),
    ):  # fmt: skip
        with pytest.raises(refusal), acting(house, actor) as ctx:
            use_cases.wait_for_seat(ctx, licence.id)
    with acting(house) as ctx:
        use_cases.wait_for_seat(ctx, own.id)
    with pytest.raises(WaitsAlready), acting(house) as ctx:
        use_cases.wait_for_seat(ctx, own.id)
    assert listed(house) == [(1, own.id)]


@pytest.mark.rule("LIC-5")
def test_nobody_waits_while_a_seat_is_free(sqlite_house: House) -> None:
    seats(sqlite_house, standing=1)
    organisation = an_organisation(sqlite_house)
    a_person(sqlite_house, organisation)
    request = a_request(sqlite_house, organisation)

    with pytest.raises(SeatIsFree), acting(sqlite_house) as ctx:
        use_cases.wait_for_seat(ctx, request.id)


@pytest.mark.rule("LIC-5")
def test_a_freed_seat_is_offered_to_the_first_in_line_in_the_same_transaction_and_kept_for_them(house: House) -> None:
    seats(house, standing=2)
    organisation, other = an_organisation(house), an_organisation(house, "medway")
    holder, _ = (a_licence(house, organisation, f"{name}@swale.gov.uk") for name in ("ann", "bob"))
    second = waits(house, organisation, "kim@swale.gov.uk")
    first = waits(house, other, "lou@medway.gov.uk")
    stranger = an_organisation(house, "dover")
    a_person(house, stranger, "max@dover.gov.uk")
    jumping = a_request(house, stranger, "max@dover.gov.uk")
    assert listed(house) == [(1, first.id), (2, second.id)]

    ends(house, holder)

    assert offers(house) == {first.id: None}
    for licence in (second, jumping):
        with pytest.raises(NoSeat), acting(house) as ctx:
            use_cases.approve(ctx, licence.id)
    with house.reading(hub()) as ctx:
        found = next(row for row in queries.seats(ctx) if row.kind == Kind.STANDING)
    assert (found.free, found.offered) == (0, 1)
    with acting(house, partner(other)) as ctx:
        waiting.accept_offer(ctx, first.id)
    with acting(house) as ctx:
        use_cases.approve(ctx, first.id)
    assert again(house, first.id).status == Status.ACTIVE
    assert (offers(house), left_for(house, first)) == ({first.id: "taken"}, "approved")
    assert listed(house) == [(1, second.id)]


@pytest.mark.rule("LIC-5")
def test_whoever_waits_for_a_free_seat_comes_before_whoever_does_not(sqlite_house: House, clock: FixedClock) -> None:
    organisation, first = a_seat_that_nobody_in_line_can_have(sqlite_house, clock)
    a_person(sqlite_house, organisation, "max@swale.gov.uk")
    jumping = a_request(sqlite_house, organisation, "max@swale.gov.uk")

    with pytest.raises(NoSeat), acting(sqlite_house) as ctx:
        use_cases.approve(ctx, jumping.id)
    with acting(sqlite_house) as ctx:
        use_cases.approve(ctx, first.id)

    assert (offers(sqlite_house), left_for(sqlite_house, first)) == ({first.id: "taken"}, "approved")


LEAVES: dict[str, Callable[[House, Licence], object]] = {
    "refused": lambda house, it: _decide(house, lambda ctx: use_cases.refuse(ctx, it.id, reason="No")),
    "taken_back": lambda house, it: _decide(
        house, lambda ctx: use_cases.deactivate(ctx, it.id, reason=EndReason.AT_REQUEST)
    ),
    "withdrawn": lambda house, it: withdraw(house, it.organisation_id),
}


def _decide(house: House, act: Callable[..., object]) -> None:
    with acting(house) as ctx:
        act(ctx)


@pytest.mark.rule("LIC-5", "SIG-6")
@pytest.mark.parametrize("why", LEAVES)
def test_whoever_is_off_the_list_leaves_their_offer_to_the_next(sqlite_house: House, why: str) -> None:
    house = sqlite_house
    organisation, holder = a_full_house(house)
    leaving = waits(house, an_organisation(house, "medway"), "lou@medway.gov.uk")
    second = waits(house, organisation, "kim@swale.gov.uk")
    ends(house, holder)
    assert offers(house) == {leaving.id: None}

    LEAVES[why](house, leaving)

    assert left_for(house, leaving) == why
    assert offers(house) == {leaving.id: "gone", second.id: None}


@pytest.mark.rule("LIC-5", "SIG-6")
def test_an_organisation_on_its_way_out_is_offered_none_of_its_own_seats(sqlite_house: House) -> None:
    organisation, _ = a_full_house(sqlite_house)
    own = waits(sqlite_house, organisation, "kim@swale.gov.uk")
    other = waits(sqlite_house, an_organisation(sqlite_house, "medway"), "lou@medway.gov.uk")

    withdraw(sqlite_house, organisation)

    assert left_for(sqlite_house, own) == "withdrawn"
    assert offers(sqlite_house) == {other.id: None}


@pytest.mark.rule("LIC-5", "LIC-1")
def test_whoever_cannot_be_given_a_licence_now_is_passed_over_and_keeps_their_place(
    sqlite_house: House, clock: FixedClock
) -> None:
    organisation, holder = a_full_house(sqlite_house)
    first, second = (waits(sqlite_house, organisation, f"{name}@swale.gov.uk") for name in ("kim", "lou"))
    vetted_until(sqlite_house, first, date(2026, 11, 22))
    clock.move(timedelta(days=3))

    ends(sqlite_house, holder)

    assert offers(sqlite_house) == {second.id: None}
    assert listed(sqlite_house)[1] == (1, first.id)


@pytest.mark.rule("LIC-9", "LIC-5")
def test_a_seat_passed_on_in_one_step_goes_over_the_list_which_says_so(sqlite_house: House) -> None:
    house = sqlite_house
    organisation, holder = a_full_house(house)
    first, second = (waits(house, organisation, f"{name}@swale.gov.uk") for name in ("kim", "lou"))

    with acting(house) as ctx:
        use_cases.reallocate(ctx, holder.id, second.id)

    assert (offers(house), left_for(house, second)) == ({}, "approved")
    assert listed(house) == [(1, first.id)]
    with house.reading(hub()) as ctx:
        passed = waiting_queries.passed_over(ctx)
    assert [(each.was.id, each.became.id) for each in passed] == [(holder.id, second.id)]
    with house.reading(partner(organisation)) as ctx:
        assert waiting_queries.passed_over(ctx) == []


@pytest.mark.rule("LIC-9", "LIC-5")
def test_whoever_gets_a_seat_in_one_step_leaves_the_one_offered_to_them(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house, standing=2)
    organisation = an_organisation(house)
    one, two = (a_licence(house, organisation, f"{name}@swale.gov.uk") for name in ("ann", "bob"))
    first, second = (waits(house, organisation, f"{name}@swale.gov.uk") for name in ("kim", "lou"))
    ends(house, one)

    with acting(house) as ctx:
        use_cases.reallocate(ctx, two.id, first.id)

    assert offers(house) == {first.id: "taken", second.id: None}


@pytest.mark.rule("LIC-4", "LIC-5")
def test_whoever_moves_within_their_organisation_keeps_their_seat_while_others_wait(house: House) -> None:
    organisation, holder = a_full_house(house)
    waits(house, organisation, "kim@swale.gov.uk")

    with acting(house, partner(organisation)) as ctx:
        new = use_cases.move(ctx, holder.id, organisation_id=organisation, areas=["medway"], reason="New team")

    assert offers(house) == {new.id: None}
    with acting(house) as ctx:
        use_cases.approve(ctx, new.id)
    assert again(house, new.id).status == Status.ACTIVE


@pytest.mark.rule("LIC-5", "ROL-4")
def test_a_delegate_sees_their_own_lines_with_the_place_among_all(sqlite_house: House) -> None:
    house = sqlite_house
    organisation, _ = a_full_house(house)
    other = an_organisation(house, "medway")
    mine = waits(house, organisation, "kim@swale.gov.uk")
    waits(house, other, "lou@medway.gov.uk")

    with acting(house, partner(organisation)) as ctx:
        shown = waiting.view_waiting(ctx, {})
        file = waiting.export_waiting(ctx, "csv", {"search": "kim"})

    assert [(line.place, line.licence.id) for line in shown] == [(2, mine.id)]
    assert "kim@swale.gov.uk" in file.content.decode("utf-8-sig")
    assert "medway.gov.uk" not in file.content.decode("utf-8-sig")
    with pytest.raises(NotFound), house.reading(partner(organisation)) as ctx:
        waiting_queries.waiting(ctx, organisation_id=other)
    with house.reading(operator("test")) as ctx:
        events = list(ctx.session.scalars(select(AuditEntry.event).where(AuditEntry.event.startswith("list."))))
    assert sorted(events) == ["list.exported", "list.viewed"]


@pytest.mark.rule("LIC-5")
def test_a_person_cannot_set_fewer_seats_than_are_taken_and_is_told_how_many_those_are(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house, standing=2)
    organisation = an_organisation(house)
    holders = [a_licence(house, organisation, f"{name}@swale.gov.uk") for name in ("ann", "bob")]
    waits(house, organisation, "kim@swale.gov.uk")
    ends(house, holders[0])

    with pytest.raises(Invalid) as refused, acting(house) as ctx:
        use_cases.set_seats(ctx, Kind.STANDING, 1)
    assert refused.value.fields[0].detail.startswith("2 of these seats are in use or offered.")
    for actor in (hub("hub_supervisor"), partner(organisation)):
        with pytest.raises(Forbidden), acting(house, actor) as ctx:
            use_cases.set_seats(ctx, Kind.STANDING, 5)


@pytest.mark.rule("LIC-5")
def test_the_seed_brings_the_contract_and_leaves_what_a_person_has_set_since(sqlite_house: House) -> None:
    house = sqlite_house
    for _ in range(2):
        with house.work(operator("db seed")) as ctx:
            load_contract(ctx)
    contract = house.the(Policy).seats
    with acting(house) as ctx:
        use_cases.set_seats(ctx, Kind.STANDING, 7)

    with house.work(operator("db seed")) as ctx:
        load_contract(ctx)

    with house.reading(hub()) as ctx:
        found = {row.kind: row.seats for row in queries.seats(ctx)}
    assert found == {Kind.STANDING: 7, Kind.BY_INVITE: contract["by_invite"]}

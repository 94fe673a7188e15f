"""Several people on one seat: how they come in, how they go, and what stops a turn (LIC-6)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from compliance.kernel.context import Context, House, operator
from compliance.kernel.errors import Invalid, NotFound
from compliance.licences import seats as seat_counts
from compliance.licences import use_cases
from compliance.licences.errors import NoSeat, OwnLicence, SeatIsShared
from compliance.licences.models import Licence
from compliance.licences.rotas import use_cases as rotas
from compliance.licences.rotas.errors import BadTimetable, LastOfRota, RotaOver
from compliance.licences.rotas.models import Rota
from compliance.licences.rotas.rules import Turn
from compliance.licences.rules import EndReason, Kind
from tests.builders import identity
from tests.builders.licences import (
    a_licence,
    a_person,
    a_request,
    a_session,
    acting,
    again,
    an_organisation,
    hub,
    is_open,
    partner,
    seats,
)
from tests.builders.rotas import (
    FIVE,
    MONDAY,
    NINE,
    SATURDAY,
    SUNDAY,
    TUESDAY,
    a_rota,
    a_rota_of,
    a_turn,
    approved,
    sharing,
    standing,
)

pytestmark = pytest.mark.rule("LIC-6")

ALL_SATURDAY = (SATURDAY, 0, 1440)
ALL_SUNDAY = (SUNDAY, 0, 1440)
ALL_MONDAY = (MONDAY, 0, 1440)


def states(house: House, *held: Licence) -> list[tuple[str, str | None]]:
    found = [again(house, licence.id) for licence in held]
    return [(licence.status, licence.suspension) for licence in found]


def taken(house: House, kind: Kind = Kind.STANDING) -> int:
    with house.reading(operator("test")) as ctx:
        return seat_counts.taken(ctx, kind)


IN, OUT, ASKED = ("active", None), ("suspended", "rota"), ("requested", None)


@pytest.mark.rule("LIC-5", "ROL-3", "LIC-1")
def test_three_people_share_the_one_seat_of_a_full_contract(house: House) -> None:
    organisation, (alex, bo, cy) = sharing(house, "alex", "bo", "cy")
    with pytest.raises(NoSeat):
        approved(house, bo)

    rota = a_rota(house, organisation, [a_turn(alex, *ALL_SATURDAY), a_turn(bo, *ALL_SUNDAY), a_turn(cy, *ALL_MONDAY)])
    assert states(house, alex, bo, cy) == [IN, ASKED, ASKED]
    approved(house, bo, cy)

    assert states(house, alex, bo, cy) == [IN, OUT, OUT]
    assert taken(house) == 1
    assert [entry.outcome for entry in identity.logged(house, "rota.made")] == ["done"]
    shown = standing(house, rota.id)
    assert shown.now is not None
    assert shown.now.licence.id == alex.id
    assert shown.next is not None
    assert shown.next.licence.id == bo.id


@pytest.mark.rule("ROL-3")
def test_nobody_approves_their_own_way_into_a_rota(sqlite_house: House) -> None:
    organisation, (alex, bo) = sharing(sqlite_house, "alex", "bo")
    a_rota(sqlite_house, organisation, [a_turn(alex, *ALL_SATURDAY), a_turn(bo, *ALL_SUNDAY)])

    with pytest.raises(OwnLicence), acting(sqlite_house, hub("hub_manager", person_id=bo.person_id)) as ctx:
        use_cases.approve(ctx, bo.id)


@pytest.mark.rule("LIC-5")
def test_a_rota_in_which_nobody_holds_a_seat_yet_takes_one_with_the_first_approval(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house, standing=1)
    organisation = an_organisation(house)
    asked = []
    for name in ("alex", "bo"):
        a_person(house, organisation, f"{name}@swale.gov.uk")
        asked.append(a_request(house, organisation, f"{name}@swale.gov.uk"))
    a_rota(house, organisation, [a_turn(asked[0], MONDAY), a_turn(asked[1], TUESDAY)])
    assert taken(house) == 0

    approved(house, *asked)

    assert taken(house) == 1
    other = an_organisation(house, "thanet")
    a_person(house, other, "dee@thanet.gov.uk")
    with pytest.raises(NoSeat):
        approved(house, a_request(house, other, "dee@thanet.gov.uk"))


@pytest.mark.rule("LIC-5")
def test_holders_of_two_seats_share_one_and_the_other_is_free_for_whoever_waits(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house, standing=2)
    organisation = an_organisation(house)
    held = [a_licence(house, organisation, f"{name}@swale.gov.uk") for name in ("alex", "bo")]
    theirs = [a_session(house, licence.person_id) for licence in held]

    a_rota(house, organisation, [a_turn(held[0], *ALL_SATURDAY), a_turn(held[1], *ALL_SUNDAY)])

    assert states(house, *held) == [IN, OUT]
    assert [is_open(house, session) for session in theirs] == [True, False]
    assert taken(house) == 1


def the_timetables(house: House) -> tuple[UUID, dict[str, Licence]]:
    seats(house)
    organisation, other = an_organisation(house), an_organisation(house, "thanet")
    known = {name: a_licence(house, organisation, f"{name}@swale.gov.uk") for name in ("alex", "bo", "ray")}
    known["visitor"] = a_licence(house, organisation, "visitor@swale.gov.uk", kind=Kind.BY_INVITE)
    known["stranger"] = a_licence(house, other, "dee@thanet.gov.uk")
    with acting(house) as ctx:
        use_cases.deactivate(ctx, known["ray"].id, reason=EndReason.LEAVER)
    return organisation, known


def test_what_cannot_be_shared_is_refused_beside_the_turn_it_is_about(sqlite_house: House) -> None:
    organisation, known = the_timetables(sqlite_house)
    alex, bo = known["alex"], known["bo"]
    beside: list[tuple[list[Turn], list[str]]] = [
        ([], ["/turns"]),
        ([a_turn(alex, MONDAY), a_turn(bo, MONDAY, FIVE - 1, FIVE + 60)], ["/turns/1/begins"]),
        ([a_turn(alex, MONDAY, NINE, NINE)], ["/turns/0/ends"]),
        ([a_turn(alex, MONDAY), a_turn(known["ray"], TUESDAY)], ["/turns/1/licence_id"]),
        ([a_turn(alex, MONDAY), a_turn(known["visitor"], TUESDAY)], ["/turns/1/licence_id"]),
        ([a_turn(known["stranger"], MONDAY), a_turn(alex, TUESDAY)], ["/turns/0/licence_id"]),
        ([Turn(MONDAY, NINE, FIVE, uuid4()), a_turn(alex, TUESDAY)], ["/turns/0/licence_id"]),
    ]

    for turns, pointers in beside:
        with pytest.raises(BadTimetable) as refused:
            a_rota(sqlite_house, organisation, turns)
        assert [error.pointer for error in refused.value.fields] == pointers
        assert all("thanet" not in error.detail.lower() for error in refused.value.fields)

    assert identity.every(sqlite_house, Rota) == []
    assert states(sqlite_house, alex, bo) == [IN, IN]


def test_nobody_is_in_two_rotas_and_everybody_in_one_has_a_turn(sqlite_house: House) -> None:
    organisation, known = the_timetables(sqlite_house)
    alex, bo = known["alex"], known["bo"]
    rota = a_rota(sqlite_house, organisation, [a_turn(alex, MONDAY), a_turn(bo, TUESDAY)])

    with pytest.raises(BadTimetable) as twice:
        a_rota(sqlite_house, organisation, [a_turn(alex, SUNDAY)])
    with pytest.raises(BadTimetable) as left_out, acting(sqlite_house, partner(organisation)) as ctx:
        rotas.set_turns(ctx, rota.id, turns=[a_turn(alex, MONDAY)])

    assert [error.pointer for error in twice.value.fields] == ["/turns/0/licence_id"]
    assert [error.pointer for error in left_out.value.fields] == ["/turns"]


@pytest.mark.rule("ROL-4")
def test_another_organisations_rota_does_not_exist(sqlite_house: House) -> None:
    organisation, known = the_timetables(sqlite_house)
    rota = a_rota(sqlite_house, organisation, [a_turn(known["alex"], MONDAY)])
    thanet = partner(known["stranger"].organisation_id)

    acts: list[Callable[[Context], object]] = [
        lambda ctx: rotas.set_turns(ctx, rota.id, turns=[]),
        lambda ctx: rotas.remove_member(ctx, rota.id, known["alex"].id),
        lambda ctx: rotas.end_rota(ctx, rota.id),
        lambda ctx: rotas.make_rota(ctx, organisation_id=organisation, name="Ours", turns=[]),
    ]
    for act in acts:
        with pytest.raises(NotFound), acting(sqlite_house, thanet) as ctx:
            act(ctx)


def test_a_new_timetable_holds_at_once_and_brings_a_holder_in(house: House) -> None:
    seats(house, standing=2)
    organisation = an_organisation(house)
    alex, bo = (a_licence(house, organisation, f"{name}@swale.gov.uk") for name in ("alex", "bo"))
    rota = a_rota(house, organisation, [a_turn(alex, *ALL_SATURDAY)])
    assert taken(house) == 2

    with acting(house, partner(organisation)) as ctx:
        rotas.set_turns(ctx, rota.id, turns=[a_turn(bo, *ALL_SATURDAY), a_turn(alex, *ALL_SUNDAY)], name="Weekend")

    assert states(house, alex, bo) == [OUT, IN]
    assert taken(house) == 1
    assert standing(house, rota.id).rota.name == "Weekend"


@pytest.mark.rule("LIC-5", "LIC-9")
def test_a_shared_seat_is_not_passed_on_while_others_hold_it(sqlite_house: House) -> None:
    house = sqlite_house
    _, (alex, _) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])
    a_person(house, alex.organisation_id, "dee@swale.gov.uk")
    asked = a_request(house, alex.organisation_id, "dee@swale.gov.uk")

    with pytest.raises(SeatIsShared), acting(house) as ctx:
        use_cases.reallocate(ctx, alex.id, asked.id)


def ended(house: House, rota: Rota, licence: Licence) -> None:
    with acting(house, partner(rota.organisation_id)) as ctx:
        rotas.remove_member(ctx, rota.id, licence.id)


def given_a_seat(house: House, rota: Rota, licence: Licence) -> None:
    with acting(house) as ctx:
        rotas.remove_member(ctx, rota.id, licence.id, own_seat=True)


@pytest.mark.rule("LIC-5")
@pytest.mark.parametrize(
    ("goes", "state", "seats_taken"), [(ended, ("deactivated", None), 1), (given_a_seat, ("active", None), 2)]
)
def test_whoever_is_let_go_has_their_licence_ended_or_a_seat_of_their_own(
    house: House,
    goes: Callable[[House, Rota, Licence], None],
    state: tuple[str, str | None],
    seats_taken: int,
) -> None:
    rota, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])
    if goes is given_a_seat:
        with pytest.raises(NoSeat):
            goes(house, rota, bo)
        seats(house, standing=2)

    goes(house, rota, bo)

    assert states(house, alex, bo) == [IN, state]
    assert taken(house) == seats_taken
    with pytest.raises(LastOfRota):
        ended(house, rota, alex)


def test_ending_a_rota_leaves_the_seat_with_whoever_has_the_turn(house: House) -> None:
    rota, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])

    with acting(house, partner(rota.organisation_id)) as ctx:
        rotas.end_rota(ctx, rota.id)

    assert states(house, alex, bo) == [IN, ("deactivated", None)]
    assert taken(house) == 1
    with pytest.raises(RotaOver), acting(house) as ctx:
        rotas.end_rota(ctx, rota.id)


def test_where_it_is_nobodys_turn_whoever_ends_a_rota_says_who_keeps_the_seat(sqlite_house: House) -> None:
    house = sqlite_house
    rota, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_MONDAY, ALL_SUNDAY])

    with pytest.raises(Invalid) as unsaid, acting(house) as ctx:
        rotas.end_rota(ctx, rota.id)
    with acting(house) as ctx:
        rotas.end_rota(ctx, rota.id, keeps=bo.id)

    assert [error.pointer for error in unsaid.value.fields] == ["/keeps"]
    assert states(house, alex, bo) == [("deactivated", None), IN]


def test_a_request_that_leaves_a_rota_waits_as_any_other(sqlite_house: House) -> None:
    house = sqlite_house
    organisation, (alex, bo) = sharing(house, "alex", "bo")
    rota = a_rota(house, organisation, [a_turn(alex, *ALL_SATURDAY), a_turn(bo, *ALL_SUNDAY)])

    ended(house, rota, bo)

    assert states(house, alex, bo) == [IN, ASKED]
    with pytest.raises(NoSeat):
        approved(house, bo)

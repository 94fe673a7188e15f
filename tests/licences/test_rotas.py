"""Several people on one seat: how they come in, how they go, and what stops a turn (LIC-6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from audit.models import AuditEntry
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Context, House, operator
from compliance.kernel.errors import Invalid, NotFound
from compliance.licences import distribution, use_cases
from compliance.licences import queries as licences
from compliance.licences import seats as seat_counts
from compliance.licences.errors import NoSeat, OwnLicence, SeatIsShared
from compliance.licences.models import Licence
from compliance.licences.rotas import use_cases as rotas
from compliance.licences.rotas.errors import BadTimetable, LastOfRota, RotaOver, TurnsDecide
from compliance.licences.rotas.models import Rota
from compliance.licences.rotas.rules import Turn
from compliance.licences.rules import EndReason, Kind, Suspension
from compliance.notices.models import Notice
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
    withdraw,
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
    hand_over,
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


def on_leave(house: House, licence: Licence) -> None:
    with acting(house) as ctx:
        use_cases.suspend(ctx, licence.id, reason=Suspension.LEAVE)


@pytest.mark.rule("LIC-3", "BRE-4", "IDN-6")
@pytest.mark.parametrize("reason", [Suspension.LEAVE, Suspension.INVESTIGATION])
def test_a_rest_beats_the_turn_and_lets_nobody_else_in(house: House, clock: FixedClock, reason: Suspension) -> None:
    _, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])
    session = a_session(house, bo.person_id)
    with acting(house) as ctx:
        use_cases.suspend(ctx, bo.id, reason=reason)
    assert not is_open(house, session)

    clock.move(timedelta(days=1))
    hand_over(house)
    assert states(house, alex, bo) == [OUT, ("suspended", reason)]

    with acting(house) as ctx:
        use_cases.resume(ctx, bo.id)
    assert states(house, alex, bo) == [OUT, IN]


@pytest.mark.rule("LIC-3")
def test_whoever_comes_back_out_of_turn_waits_for_their_turn(sqlite_house: House, clock: FixedClock) -> None:
    _, (alex, bo) = a_rota_of(sqlite_house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])
    on_leave(sqlite_house, bo)

    with acting(sqlite_house) as ctx:
        use_cases.resume(ctx, bo.id)
    assert states(sqlite_house, alex, bo) == [IN, OUT]

    with pytest.raises(TurnsDecide), acting(sqlite_house) as ctx:
        use_cases.resume(ctx, bo.id)
    with pytest.raises(Invalid), acting(sqlite_house) as ctx:
        use_cases.suspend(ctx, alex.id, reason=Suspension.ROTA)


@pytest.mark.rule("LIC-13")
def test_a_lapsed_checklist_keeps_its_holder_out_of_their_turn_until_it_is_mended(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    _, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])
    with acting(house, hub("hub_coordinator")) as ctx:
        use_cases.record_vetting(ctx, bo.person_id, level="NPPV 2", holds_until=date(2026, 11, 20))
    assert states(house, alex, bo) == [IN, OUT]

    clock.move(timedelta(days=1))
    assert hand_over(house).done == 1
    assert states(house, alex, bo) == [OUT, ("suspended", "eligibility")]
    assert hand_over(house).found == 0

    with acting(house, hub("hub_coordinator")) as ctx:
        use_cases.record_vetting(ctx, bo.person_id, level="NPPV 2", holds_until=date(2028, 1, 31))
    hand_over(house)
    assert states(house, alex, bo) == [OUT, IN]


@pytest.mark.rule("IDN-6")
def test_the_hand_over_ends_what_whoever_went_out_had_open(house: House, clock: FixedClock) -> None:
    _, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])
    sessions = [a_session(house, licence.person_id) for licence in (alex, bo)]
    clock.move(timedelta(hours=14))

    assert hand_over(house).done == 1

    assert states(house, alex, bo) == [OUT, IN]
    assert [is_open(house, session) for session in sessions] == [False, True]
    told = [entry.event for entry in identity.every(house, AuditEntry) if entry.actor_id == "follow-rotas"]
    assert told == ["licence.suspended", "session.ended", "licence.resumed"]


@pytest.mark.rule("IDN-6", "SIG-6")
def test_whoever_asks_who_may_use_a_licence_is_told_by_the_turn_before_any_row_follows(
    house: House, clock: FixedClock
) -> None:
    _, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])
    clock.move(timedelta(hours=14) - timedelta(microseconds=1))

    def who() -> tuple[list[bool], list[bool], list[UUID]]:
        with house.reading(operator("test")) as ctx:
            people = [alex.person_id, bo.person_id]
            return (
                [bool(licences.active_for(ctx, person)) for person in people],
                [bool(licences.licensing(ctx, person)) for person in people],
                [member.person_id for member in distribution.members_of(ctx, "mid-kent")],
            )

    assert who() == ([True, False], [True, False], [alex.person_id])
    clock.move(timedelta(microseconds=1))

    assert states(house, alex, bo) == [IN, OUT]
    assert who() == ([False, True], [False, True], [bo.person_id])


@pytest.mark.rule("LIC-7")
def test_somebody_out_of_turn_can_be_invited_to_a_case(sqlite_house: House) -> None:
    _, (_, bo) = a_rota_of(sqlite_house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])

    with acting(sqlite_house, hub("hub_coordinator")) as ctx:
        assert use_cases.invite_to_case(ctx, reference="C-9", person_id=bo.person_id, closed=True).closed


@pytest.mark.rule("GOV-5")
def test_turns_of_whoever_is_deactivated_stay_empty_and_those_who_can_mend_it_are_told(sqlite_house: House) -> None:
    house = sqlite_house
    rota, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])
    organisation = alex.organisation_id
    delegate = identity.a_person(house, "delegate", organisation_id=organisation)
    manager = identity.a_person(house, "hub_manager")
    identity.a_person(house, "delegate")

    with acting(house) as ctx:
        use_cases.deactivate(ctx, alex.id, reason=EndReason.LEAVER)

    told = {notice.person_id for notice in identity.every(house, Notice) if notice.kind == "turns_left_empty"}
    assert told == {delegate.id, manager.id}
    shown = standing(house, rota.id)
    assert (shown.now, shown.left_empty) == (None, (Turn(*ALL_SATURDAY, alex.id),))
    assert states(house, bo) == [OUT]
    assert taken(house) == 1


@pytest.mark.rule("SIG-6", "GOV-5")
def test_a_withdrawal_ends_the_rota_with_everybody_in_it(house: House) -> None:
    rota, (alex, bo) = a_rota_of(house, "alex", "bo", turns=[ALL_SATURDAY, ALL_SUNDAY])

    withdraw(house, alex.organisation_id)
    hand_over(house)

    assert [status for status, _ in states(house, alex, bo)] == ["deactivated", "deactivated"]
    assert standing(house, rota.id).rota.ended_at is not None
    assert [notice for notice in identity.every(house, Notice) if notice.kind == "turns_left_empty"] == []


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

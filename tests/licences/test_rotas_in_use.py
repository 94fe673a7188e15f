"""A rota day by day: who may work, who is told, and what beats the turn (LIC-6)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from audit.models import AuditEntry
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Invalid
from compliance.licences import distribution, use_cases
from compliance.licences import queries as licences
from compliance.licences import seats as seat_counts
from compliance.licences.models import Licence
from compliance.licences.rotas.errors import TurnsDecide
from compliance.licences.rotas.rules import Turn
from compliance.licences.rules import EndReason, Kind, Suspension
from compliance.notices.models import Notice
from tests.builders import identity
from tests.builders.licences import (
    a_session,
    acting,
    again,
    hub,
    is_open,
    withdraw,
)
from tests.builders.rotas import (
    MONDAY,
    SATURDAY,
    SUNDAY,
    a_rota_of,
    hand_over,
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

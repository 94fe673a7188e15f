"""Who may hold a role, and who may give it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from compliance.identity import directory, queries, use_cases
from compliance.identity.errors import (
    AccountClosed,
    NoSuchRole,
    OwnRole,
    RoleAlreadyHeld,
    RoleForHubTeamOnly,
    RoleForPartnersOnly,
    RoleOutsideOrganisation,
)  # fmt: skip
from compliance.identity.models import Person, RoleHeld
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, Holding, House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from tests.builders.identity import COMMAND, WHY, a_person, an_employer, at_work, every, logged, someone
from tests.builders.roles import agree, grant, held_by

TODAY = date(2026, 11, 21)


@pytest.mark.rule("ROL-1")
@pytest.mark.parametrize("role", ["hub_manager", "hub_supervisor", "hub_coordinator"])
def test_a_hub_role_is_never_given_to_a_participating_agency(sqlite_house: House, role: str) -> None:
    partner = a_person(sqlite_house, organisation_id=an_employer(sqlite_house))

    with pytest.raises(RoleForHubTeamOnly):
        grant(sqlite_house, someone(sqlite_house, "hub_manager"), partner.id, role)
    with sqlite_house.work(COMMAND) as ctx, pytest.raises(RoleForHubTeamOnly):
        use_cases.grant_role(ctx, partner.id, role=role, reason=WHY)


@pytest.mark.rule("ROL-1")
def test_a_hub_role_that_stands_there_by_a_hand_in_the_database_counts_for_nothing(sqlite_house: House) -> None:
    partner = a_person(sqlite_house, "delegate")
    with sqlite_house.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE roles_held SET role = 'hub_manager', organisation_id = NULL")

    assert at_work(sqlite_house, partner).actor.holdings == frozenset()


@pytest.mark.rule("ROL-1")
def test_members_of_the_hub_team_hold_no_partners_role(sqlite_house: House) -> None:
    member = a_person(sqlite_house, organisation_id=an_employer(sqlite_house), hub_team=True)

    with pytest.raises(RoleForPartnersOnly):
        grant(sqlite_house, someone(sqlite_house, "hub_manager"), member.id, "delegate")


@pytest.mark.rule("ROL-3")
def test_nobody_gives_a_role_to_themselves(sqlite_house: House) -> None:
    manager = someone(sqlite_house, "hub_manager")

    for role in ("ig_officer", "hub_manager", "executive_chair"):
        with pytest.raises(OwnRole):
            grant(sqlite_house, manager, manager.actor.person_id, role)


@pytest.mark.rule("ROL-1", "ROL-3", "AUD-1")
def test_a_hub_role_is_asked_for_by_one_and_given_by_another(house: House) -> None:
    manager, supervisor = someone(house, "hub_manager"), someone(house, "hub_supervisor")
    member = a_person(house, hub_team=True)

    asked = grant(house, manager, member.id, "hub_coordinator", ends_on=date(2027, 3, 31))
    assert at_work(house, member).actor.holdings == frozenset()

    agree(house, asked, supervisor)
    assert at_work(house, member).actor.holdings == {Holding("hub_coordinator")}
    [held] = held_by(house, member.id)
    assert (held.granted_by, held.approved_by) == (manager.actor.id, supervisor.actor.id)
    assert (held.reason, held.ends_at) == (WHY, datetime(2027, 3, 31, 23, tzinfo=UTC))
    entry = logged(house, "role.granted")[-1]
    assert entry.actor_id == supervisor.actor.id
    assert f'"proposal":"{asked.id}"' in entry.detail


@pytest.mark.rule("ROL-3")
@pytest.mark.parametrize(
    "role", ["hub_manager", "hub_supervisor", "hub_coordinator", "ig_officer", "steering_member", "executive_chair"]
)
def test_whatever_reaches_beyond_one_organisation_takes_two(sqlite_house: House, role: str) -> None:
    person = a_person(sqlite_house, hub_team=role.startswith("hub_"))

    asked = grant(sqlite_house, someone(sqlite_house, "hub_manager"), person.id, role)

    assert isinstance(asked, Proposal)
    assert held_by(sqlite_house, person.id) == []


@pytest.mark.rule("ROL-1")
@pytest.mark.parametrize("role", ["authorised_signatory", "delegate", "escalation_contact"])
def test_a_partners_role_is_given_by_one_at_once(sqlite_house: House, role: str) -> None:
    person = a_person(sqlite_house, organisation_id=an_employer(sqlite_house))

    grant(sqlite_house, someone(sqlite_house, "hub_manager"), person.id, role)

    assert [held.role for held in held_by(sqlite_house, person.id)] == [role]


@pytest.mark.rule("ROL-1", "ROL-3")
def test_what_stands_in_the_way_by_the_time_of_agreement_is_looked_for_again(house: House) -> None:
    manager = someone(house, "hub_manager")
    member = a_person(house, hub_team=True)
    asked = grant(house, manager, member.id, "hub_coordinator")
    with house.work(COMMAND) as ctx:
        use_cases.grant_role(ctx, member.id, role="hub_coordinator", reason=WHY)
    with pytest.raises(RoleAlreadyHeld):
        agree(house, asked)

    other = a_person(house, hub_team=True)
    asked = grant(house, manager, other.id, "hub_coordinator")
    with house.engine.begin() as connection:
        connection.execute(update(Person).where(Person.id == other.id).values(hub_team=False))
    with pytest.raises(RoleForHubTeamOnly):
        agree(house, asked)

    gone = a_person(house, hub_team=True)
    asked = grant(house, manager, gone.id, "hub_coordinator")
    with house.engine.begin() as connection:
        connection.execute(update(Person).where(Person.id == gone.id).values(closed_at=house.clock.now()))
    with pytest.raises(AccountClosed):
        agree(house, asked)


@pytest.mark.rule("ROL-1")
def test_a_last_day_that_passed_while_the_proposal_waited_gives_no_role(sqlite_house: House, clock: FixedClock) -> None:
    member = a_person(sqlite_house, hub_team=True)
    asked = grant(sqlite_house, someone(sqlite_house, "hub_manager"), member.id, "ig_officer", ends_on=TODAY)
    clock.move(timedelta(hours=14))

    with pytest.raises(Invalid) as refused:
        agree(sqlite_house, asked)

    assert [error.pointer for error in refused.value.fields] == ["/ends_on"]
    assert held_by(sqlite_house, member.id) == []


@pytest.mark.rule("ROL-1")
@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"reason": " "}, "/reason"),
        ({"reason": "x" * 1001}, "/reason"),
        ({"ends_on": date(2026, 11, 20)}, "/ends_on"),
        ({"ends_on": date(2037, 1, 1)}, "/ends_on"),
        ({"ends_on": date.max}, "/ends_on"),
    ],
)
def test_a_role_needs_a_reason_and_a_last_day_that_can_be(
    sqlite_house: House, more: dict[str, Any], pointer: str
) -> None:
    person = a_person(sqlite_house, organisation_id=an_employer(sqlite_house))

    with pytest.raises(Invalid) as refused:
        grant(sqlite_house, someone(sqlite_house, "hub_manager"), person.id, "delegate", **more)

    assert [error.pointer for error in refused.value.fields] == [pointer]


@pytest.mark.rule("ROL-3", "IDN-8")
def test_somebody_invited_begins_with_a_partners_roles_and_hub_roles_wait(house: House) -> None:
    employer = an_employer(house)

    def invited(email: str, **more: Any) -> Person:
        with house.work(*someone(house, "hub_manager")) as ctx:
            return use_cases.invite_person(ctx, full_name="Ann Vale", email=email, reason=WHY, **more)[0]

    partner = invited("ann@kent.example.org", organisation_id=employer, roles=("delegate", "ig_officer"))
    member = invited("ann@hub.example.org", hub_team=True, roles=("hub_coordinator",))

    assert [held.role for held in held_by(house, partner.id)] == ["delegate"]
    assert held_by(house, member.id) == []
    waiting = {(proposal.beneficiary_id, json.loads(proposal.asked)["role"]) for proposal in every(house, Proposal)}
    assert waiting == {(partner.id, "ig_officer"), (member.id, "hub_coordinator")}
    with house.work(*someone(house, "hub_manager")) as ctx, pytest.raises(Invalid):
        use_cases.invite_person(
            ctx, full_name="Bo Vale", email="bo@kent.example.org", organisation_id=employer, roles=("delegate",)
        )


@pytest.mark.rule("ROL-4")
def test_a_partners_role_reaches_its_holders_own_organisation_and_no_other(sqlite_house: House) -> None:
    employer, other = an_employer(sqlite_house), an_employer(sqlite_house)
    person = a_person(sqlite_house, organisation_id=employer)
    manager = someone(sqlite_house, "hub_manager")

    with pytest.raises(RoleOutsideOrganisation):
        grant(sqlite_house, manager, person.id, "delegate", other)
    with pytest.raises(RoleOutsideOrganisation):
        grant(sqlite_house, manager, person.id, "ig_officer", employer)
    with pytest.raises(RoleOutsideOrganisation):
        grant(sqlite_house, manager, a_person(sqlite_house).id, "delegate")
    grant(sqlite_house, manager, person.id, "delegate", employer)

    assert at_work(sqlite_house, person).actor.holdings == {Holding("delegate", employer)}


@pytest.mark.rule("ROL-1")
@pytest.mark.parametrize("role", ["licence_holder", "case_system", "operator", "job", "root", ""])
def test_what_comes_from_elsewhere_or_nowhere_cannot_be_given(sqlite_house: House, role: str) -> None:
    with pytest.raises(NoSuchRole) as refused:
        grant(sqlite_house, someone(sqlite_house, "hub_manager"), a_person(sqlite_house).id, role)

    assert [error.pointer for error in refused.value.fields] == ["/role"]


@pytest.mark.rule("ROL-1")
def test_a_role_is_held_once(sqlite_house: House) -> None:
    person = a_person(sqlite_house, "ig_officer")

    with pytest.raises(RoleAlreadyHeld):
        grant(sqlite_house, someone(sqlite_house, "hub_manager"), person.id, "ig_officer")


@pytest.mark.rule("ROL-4")
@pytest.mark.parametrize(
    "role",
    ["hub_supervisor", "hub_coordinator", "delegate", "authorised_signatory", "escalation_contact", "ig_officer"],
)
def test_whoever_gives_no_roles_gets_one_answer_for_everybody(sqlite_house: House, role: str) -> None:
    who = someone(sqlite_house, role)
    stranger = a_person(sqlite_house, "ig_officer")
    held = every(sqlite_house, RoleHeld)[-1]

    for person_id in (stranger.id, who.actor.person_id, uuid4()):
        with pytest.raises(Forbidden):
            grant(sqlite_house, who, person_id, "steering_member")
    for held_id in (held.id, uuid4()):
        with sqlite_house.work(*who) as ctx, pytest.raises(Forbidden):
            use_cases.end_role(ctx, held_id, reason=WHY)


@pytest.mark.rule("ROL-4")
def test_a_manager_asking_for_nobody_finds_nobody(sqlite_house: House) -> None:
    manager = someone(sqlite_house, "hub_manager")

    with pytest.raises(NotFound):
        grant(sqlite_house, manager, uuid4(), "ig_officer")
    with sqlite_house.work(*manager) as ctx, pytest.raises(NotFound):
        use_cases.end_role(ctx, uuid4(), reason=WHY)


@pytest.mark.rule("ROL-1")
def test_what_a_licence_gives_is_added_to_the_roles_held(sqlite_house: House) -> None:
    person = a_person(sqlite_house, "delegate")
    by_licence = frozenset({Holding("licence_holder", person.organisation_id)})

    with sqlite_house.reading(NOBODY) as ctx:
        actor = queries.actor_for(ctx, person, extra=by_licence)

    assert actor.roles == "delegate licence_holder"
    assert (actor.kind, actor.person_id, actor.organisation_id) == ("person", person.id, person.organisation_id)


@pytest.mark.rule("ROL-4")
def test_people_are_listed_for_those_who_give_roles_and_nobody_else(sqlite_house: House) -> None:
    manager, delegate = someone(sqlite_house, "hub_manager"), someone(sqlite_house, "delegate")
    a_person(sqlite_house, full_name="Ann Vale", email="ann@kent.example.org")

    with sqlite_house.reading(*manager) as ctx:
        assert [person.email for person in directory.people(ctx, search="VALE").rows] == ["ann@kent.example.org"]
        assert directory.people(ctx, search="%").rows == ()
        everyone = [person.email for person in directory.people(ctx).rows]
        assert everyone == sorted(everyone)
        first = directory.people(ctx, limit=1)
        assert [person.email for person in directory.people(ctx, after=first.after).rows] == everyone[1:]
    with sqlite_house.reading(*delegate) as ctx, pytest.raises(Forbidden):
        directory.people(ctx)


def test_people_are_walked_in_every_sort_each_once_and_those_of_no_organisation_too(house: House) -> None:
    manager = someone(house, "hub_manager")
    made = [
        a_person(house, full_name=name, hub_team=number % 2 == 0).email
        for number, name in enumerate(["Ann", "ann", "Bo", "Bo", "Cy"])
    ]

    with house.reading(*manager) as ctx:
        for sort in directory.SORTS.names:
            seen: list[str] = []
            after: str | None = None
            while True:
                page = directory.people(ctx, sort=sort, after=after, limit=2)
                seen.extend(person.email for person in page.rows)
                after = page.after
                if after is None:
                    break
            assert len(seen) == len(set(seen)), sort
            assert set(made) <= set(seen), sort
        assert {person.email for person in directory.people(ctx, account=directory.Account.OPEN).rows} >= set(made)
        assert directory.people(ctx, account=directory.Account.CLOSED).rows == ()

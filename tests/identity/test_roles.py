"""Who may hold a role, and who may give it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from compliance.identity import queries, use_cases
from compliance.identity.errors import (
    NoSuchRole,
    OwnRole,
    RoleAlreadyHeld,
    RoleForHubTeamOnly,
    RoleForPartnersOnly,
    RoleOutsideOrganisation,
    RoleOver,
)  # fmt: skip
from compliance.identity.models import RoleHeld
from compliance.kernel.context import NOBODY, Holding, House
from compliance.kernel.errors import Forbidden, NotFound
from tests.builders.identity import COMMAND, Acting, a_person, an_employer, at_work, every, logged, someone


def grant(house: House, who: Acting, person_id, role: str, organisation_id=None) -> RoleHeld:
    with house.work(*who) as ctx:
        return use_cases.grant_role(ctx, person_id, role=role, organisation_id=organisation_id)


@pytest.mark.rule("ROL-1")
@pytest.mark.parametrize("role", ["hub_manager", "hub_supervisor", "hub_coordinator"])
def test_a_hub_role_is_never_given_to_a_participating_agency(sqlite_house: House, role: str) -> None:
    partner = a_person(sqlite_house, organisation_id=an_employer(sqlite_house))

    with pytest.raises(RoleForHubTeamOnly):
        grant(sqlite_house, someone(sqlite_house, "hub_manager"), partner.id, role)
    with sqlite_house.work(COMMAND) as ctx, pytest.raises(RoleForHubTeamOnly):
        use_cases.grant_role(ctx, partner.id, role=role)


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
def test_a_manager_gives_a_hub_role_to_another_member_of_the_hub_team(house: House) -> None:
    manager = someone(house, "hub_manager")
    member = a_person(house, hub_team=True)

    held = grant(house, manager, member.id, "hub_coordinator")

    assert at_work(house, member).actor.holdings == {Holding("hub_coordinator")}
    assert held.granted_by == manager.actor.id
    assert logged(house, "role.granted")[-1].actor_id == manager.actor.id


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
            use_cases.end_role(ctx, held_id)


@pytest.mark.rule("ROL-4")
def test_a_manager_asking_for_nobody_finds_nobody(sqlite_house: House) -> None:
    manager = someone(sqlite_house, "hub_manager")

    with pytest.raises(NotFound):
        grant(sqlite_house, manager, uuid4(), "ig_officer")
    with sqlite_house.work(*manager) as ctx, pytest.raises(NotFound):
        use_cases.end_role(ctx, uuid4())


@pytest.mark.rule("ROL-1", "DEC-4")
def test_a_role_that_ended_counts_for_nothing_and_ends_once(house: House) -> None:
    manager = someone(house, "hub_manager")
    person = a_person(house, "ig_officer")
    with house.reading(NOBODY) as ctx:
        [held] = queries.roles_held(ctx, person.id)

    with house.work(*manager) as ctx:
        use_cases.end_role(ctx, held.id)

    assert at_work(house, person).actor.holdings == frozenset()
    with house.work(*manager) as ctx, pytest.raises(RoleOver):
        use_cases.end_role(ctx, held.id)
    grant(house, manager, person.id, "ig_officer")


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
        assert [person.email for person in queries.people(ctx, search="VALE")] == ["ann@kent.example.org"]
        assert queries.people(ctx, search="%") == []
        everyone = [person.email for person in queries.people(ctx)]
        assert everyone == sorted(everyone)
        assert [person.email for person in queries.people(ctx, after=everyone[0], limit=1)] == everyone[1:2]
    with sqlite_house.reading(*delegate) as ctx, pytest.raises(Forbidden):
        queries.people(ctx)

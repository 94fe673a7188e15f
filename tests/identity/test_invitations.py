"""First accounts: a single-use link, and nothing else, sets a first password."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity import use_cases
from compliance.identity.errors import HasPassword, InvitationOver, PasswordNotGoodEnough, PersonExists
from compliance.identity.models import AccountInvitation, Password
from compliance.kernel.context import NOBODY, House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from tests.builders.identity import (
    COMMAND,
    PASSWORD,
    a_link,
    a_person,
    accepted,
    an_account,
    an_employer,
    every,
    logged,
    someone,
)


def accept(house: House, token: str, password: str = PASSWORD):
    with house.work(NOBODY) as ctx:
        return use_cases.accept_invitation(ctx, token, password=password)


@pytest.mark.rule("IDN-8", "IDN-3")
def test_a_link_sets_a_first_password_and_the_sign_in_then_waits_for_an_app(house: House) -> None:
    with house.work(COMMAND) as ctx:
        person, token = use_cases.invite_person(
            ctx, full_name="Wren Alder", email="W.Alder@Kent.Example.org", hub_team=True, roles=("hub_manager",)
        )

    opened = accept(house, token)

    assert (opened.person_id, opened.stage) == (person.id, "enrol")
    assert opened.token.startswith("mss_")
    assert [password.person_id for password in every(house, Password)] == [person.id]
    assert [entry.subject_id for entry in logged(house, "password.set")] == [str(person.id)]


@pytest.mark.rule("IDN-8")
def test_a_new_account_has_no_password_at_all(sqlite_house: House) -> None:
    a_person(sqlite_house)

    assert every(sqlite_house, Password) == []


@pytest.mark.rule("IDN-8")
def test_a_link_that_was_used_has_ended_was_replaced_or_never_was_says_the_same(sqlite_house: House, clock) -> None:
    ended = a_link(sqlite_house, a_person(sqlite_house))
    clock.move(timedelta(hours=72))
    used = a_link(sqlite_house, a_person(sqlite_house))
    accept(sqlite_house, used)
    somebody = a_person(sqlite_house)
    replaced, present = a_link(sqlite_house, somebody), a_link(sqlite_house, somebody)

    refusals = set()
    for token in (used, replaced, ended, "msi_never", "", "\x00", "\ud800"):
        with sqlite_house.reading(NOBODY) as ctx, pytest.raises(InvitationOver) as refused:
            use_cases.look_at_invitation(ctx, token)
        refusals.add((type(refused.value), refused.value.code, refused.value.words))
        with pytest.raises(InvitationOver):
            accept(sqlite_house, token)

    assert len(refusals) == 1
    assert accept(sqlite_house, present).person_id == somebody.id


@pytest.mark.rule("IDN-8")
def test_a_link_opens_until_its_last_instant(sqlite_house: House, clock) -> None:
    person = a_person(sqlite_house)
    token = a_link(sqlite_house, person)
    clock.move(timedelta(hours=72) - timedelta(microseconds=1))

    with sqlite_house.reading(NOBODY) as ctx:
        assert use_cases.look_at_invitation(ctx, token).id == person.id


@pytest.mark.rule("IDN-1", "IDN-8")
def test_a_password_that_is_refused_leaves_the_link_as_it_was(sqlite_house: House) -> None:
    token = a_link(sqlite_house, a_person(sqlite_house))

    with pytest.raises(PasswordNotGoodEnough) as refused:
        accept(sqlite_house, token, "password")

    assert {error.pointer for error in refused.value.fields} == {"/password"}
    assert len(refused.value.fields) == 5
    assert every(sqlite_house, Password) == []
    assert accept(sqlite_house, token).stage == "enrol"


@pytest.mark.rule("IDN-4", "IDN-8")
def test_whoever_has_a_password_gets_no_first_link_because_that_would_go_round_the_reset(sqlite_house: House) -> None:
    person = a_person(sqlite_house)
    accepted(sqlite_house, person)

    with pytest.raises(HasPassword):
        a_link(sqlite_house, person)
    other = a_person(sqlite_house)
    with sqlite_house.work(COMMAND) as ctx, pytest.raises(HasPassword):
        use_cases.invite(ctx, other.id, kind="reset")


@pytest.mark.rule("IDN-5", "IDN-8")
def test_only_the_fingerprint_of_a_link_is_kept(sqlite_house: House) -> None:
    token = a_link(sqlite_house, a_person(sqlite_house))

    assert token.encode() not in repr([vars(row) for row in every(sqlite_house, AccountInvitation)]).encode()


@pytest.mark.rule("LIC-2")
def test_an_address_has_one_account_however_it_is_written(house: House) -> None:
    a_person(house, email="ann@kent.example.org")

    with pytest.raises(PersonExists):
        a_person(house, email=" ANN@Kent.Example.ORG")


def test_a_name_that_cannot_be_seen_is_refused_at_its_field(sqlite_house: House) -> None:
    with pytest.raises(Invalid) as refused:
        a_person(sqlite_house, full_name="Ann\u202eVale")

    assert [error.pointer for error in refused.value.fields] == ["/full_name"]


@pytest.mark.rule("ROL-4")
def test_whoever_may_invite_nobody_learns_nothing_about_who_there_is(sqlite_house: House) -> None:
    employer = an_employer(sqlite_house)
    delegate = someone(sqlite_house, "delegate", organisation_id=employer)
    stranger = a_person(sqlite_house)

    for person_id in (stranger.id, delegate.actor.person_id, an_employer(sqlite_house)):
        with sqlite_house.work(*delegate) as ctx, pytest.raises(Forbidden):
            use_cases.invite(ctx, person_id)
    with sqlite_house.work(*delegate) as ctx, pytest.raises((Forbidden, NotFound)):
        use_cases.invite_person(ctx, full_name="Ann Vale", email="ann@kent.example.org", organisation_id=employer)


@pytest.mark.rule("IDN-8")
def test_somebody_with_both_keys_is_ready_and_nobody_before(sqlite_house: House) -> None:
    from compliance.identity import queries

    person = a_person(sqlite_house)
    accepted(sqlite_house, person)
    account = an_account(sqlite_house)

    with sqlite_house.reading(NOBODY) as ctx:
        assert not queries.is_ready(ctx, person.id)
        assert queries.is_ready(ctx, account.person.id)

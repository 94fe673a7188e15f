"""Only the hub unlocks an account, after it has verified whose it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity import queries, use_cases
from compliance.identity.errors import AccountAbove, InvitationOver, OwnAccount
from compliance.identity.models import AccountInvitation, Authenticator, Failures, Password, Person, SignIn
from compliance.identity.use_cases import signing_in
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.errors import Forbidden, Invalid
from compliance.kernel.secrets import KeyRing
from tests.builders.identity import (
    COMMAND,
    PASSWORD,
    Account,
    Acting,
    a_person,
    an_account,
    at_work,
    every,
    logged,
    signed_in,
    someone,
)  # fmt: skip

VERIFIED = "Rang back on the number we hold; date of birth given."
NEW = "Brown-Otter-52-swims"


@pytest.fixture
def account(sqlite_house: House, clock) -> Account:
    account = an_account(sqlite_house)
    clock.move(timedelta(seconds=30))
    return account


def reset(house: House, who: Acting, person: Person, says: str = VERIFIED) -> str:
    with house.work(*who) as ctx:
        return use_cases.reset_account(ctx, person.id, identity_check=says)


def lock(house: House, account: Account) -> None:
    for number in range(10):
        with house.work(NOBODY, Origin(f"198.51.100.{number}")) as ctx:
            signing_in.settle(ctx, signing_in.Checked(signing_in.ask(ctx, account.email), right=False))


@pytest.mark.rule("IDN-4", "IDN-6")
def test_a_locked_account_opens_again_by_a_reset_and_begins_with_new_keys(house: House, clock) -> None:
    account = an_account(house)
    clock.move(timedelta(seconds=30))
    opened = signed_in(house, account)
    lock(house, account)

    token = reset(house, someone(house, "hub_supervisor"), account.person)

    with house.reading(NOBODY) as ctx:
        assert queries.session(ctx, opened.token) is None
        assert not queries.is_ready(ctx, account.person.id)
    assert use_cases.sign_in(house, Origin(), email=account.email, password=PASSWORD).opened is None
    with house.work(NOBODY) as ctx:
        begun = use_cases.accept_invitation(ctx, token, password=NEW)
    assert begun.stage == "enrol"
    assert use_cases.sign_in(house, Origin(), email=account.email, password=NEW).opened is not None
    assert every(house, Failures) == []
    assert len(logged(house, "account.reset")) == 1


@pytest.mark.rule("IDN-4")
def test_attempts_while_the_link_waits_do_not_lock_the_account_anew(sqlite_house: House, account) -> None:
    token = reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    lock(sqlite_house, account)

    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.accept_invitation(ctx, token, password=NEW).stage == "enrol"


@pytest.mark.rule("IDN-4", "IDN-6")
def test_a_reset_ends_the_sign_ins_and_the_keys_of_an_account_that_was_never_locked(
    sqlite_house: House, account
) -> None:
    signed_in(sqlite_house, account)

    reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    assert {row.end_reason for row in every(sqlite_house, SignIn)} == {"reset"}
    assert all(key.ended_at for key in (*every(sqlite_house, Password), *every(sqlite_house, Authenticator)))


@pytest.mark.rule("IDN-1", "IDN-4")
def test_the_password_before_the_reset_cannot_be_chosen_again(sqlite_house: House, account) -> None:
    token = reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    with sqlite_house.work(NOBODY) as ctx, pytest.raises(Invalid):
        use_cases.accept_invitation(ctx, token, password=PASSWORD)


@pytest.mark.rule("IDN-4", "ROL-3")
def test_nobody_resets_their_own_account(sqlite_house: House) -> None:
    person = a_person(sqlite_house, "hub_manager")

    with pytest.raises(OwnAccount):
        reset(sqlite_house, at_work(sqlite_house, person), person)


@pytest.mark.rule("ROL-1")
def test_a_supervisor_cannot_become_the_manager_by_resetting_the_managers_account(sqlite_house: House) -> None:
    manager, officer = a_person(sqlite_house, "hub_manager"), a_person(sqlite_house, "ig_officer")
    supervisor = someone(sqlite_house, "hub_supervisor")

    for person in (manager, officer):
        with pytest.raises(AccountAbove):
            reset(sqlite_house, supervisor, person)
    assert reset(sqlite_house, someone(sqlite_house, "hub_manager"), officer)
    with sqlite_house.work(COMMAND) as ctx:
        assert use_cases.reset_account(ctx, manager.id, identity_check=VERIFIED)


@pytest.mark.rule("IDN-4", "ROL-4")
@pytest.mark.parametrize(
    "role", ["hub_coordinator", "delegate", "escalation_contact", "authorised_signatory", "ig_officer"]
)
def test_no_other_role_unlocks_anybody(sqlite_house: House, role: str) -> None:
    who = someone(sqlite_house, role)
    colleague = a_person(sqlite_house, organisation_id=who.actor.organisation_id)

    for person in (colleague, a_person(sqlite_house)):
        with pytest.raises(Forbidden):
            reset(sqlite_house, who, person)


@pytest.mark.rule("IDN-4", "IDN-5")
def test_how_identity_was_verified_is_asked_for_and_kept_sealed(sqlite_house: House, account) -> None:
    supervisor = someone(sqlite_house, "hub_supervisor")
    for nothing in ("", "   "):
        with pytest.raises(Invalid) as refused:
            reset(sqlite_house, supervisor, account.person, nothing)
        assert [error.pointer for error in refused.value.fields] == ["/identity_check"]

    reset(sqlite_house, supervisor, account.person)

    kept = every(sqlite_house, AccountInvitation)[-1]
    assert kept.identity_check is not None
    assert b"number" not in kept.identity_check
    place = f"account_invitations.identity_check:{kept.id}"
    assert sqlite_house.the(KeyRing).open(kept.identity_check, place=place).decode() == VERIFIED
    assert not any("number" in entry.detail for entry in logged(sqlite_house, "account.reset"))


@pytest.mark.rule("IDN-4")
def test_a_second_reset_ends_the_first_ones_link(sqlite_house: House, account) -> None:
    supervisor = someone(sqlite_house, "hub_supervisor")
    first = reset(sqlite_house, supervisor, account.person)
    second = reset(sqlite_house, supervisor, account.person)

    with sqlite_house.reading(NOBODY) as ctx, pytest.raises(InvitationOver):
        use_cases.look_at_invitation(ctx, first)
    with sqlite_house.reading(NOBODY) as ctx:
        assert use_cases.look_at_invitation(ctx, second).id == account.person.id

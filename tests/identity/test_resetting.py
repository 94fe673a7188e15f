"""Only the hub brings somebody back into their account, after it has verified whose it is: two ways, told apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity import queries, use_cases
from compliance.identity.errors import AccountAbove, FreshCodeNeeded, InvitationOver, OwnAccount
from compliance.identity.models import (
    AccountInvitation,
    Authenticator,
    Failures,
    KnownDevice,
    Passkey,
    Password,
    Person,
    SignIn,
)
from compliance.identity.proposals.models import Proposal
from compliance.identity.use_cases import signing_in
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.secrets import KeyRing
from tests.builders.identity import (
    COMMAND,
    PASSWORD,
    Account,
    Acting,
    a_mailed_link,
    a_person,
    an_account,
    at_work,
    every,
    letters,
    logged,
    signed_in,
    someone,
)  # fmt: skip

VERIFIED = "Rang back on the number we hold; date of birth given."
LOST = "The phone was left on a train."
NEW = "Brown-Otter-52-swims"


@pytest.fixture
def account(sqlite_house: House, clock) -> Account:
    account = an_account(sqlite_house)
    clock.move(timedelta(seconds=30))
    return account


def reset(house: House, who: Acting, person: Person, says: str = VERIFIED) -> str:
    """The account reset: the token of the link that was mailed to its person."""
    with house.work(*who) as ctx:
        assert use_cases.reset_account(ctx, person.id, identity_check=says) is None
    return a_mailed_link(house, person)


def proposed(house: House, who: Acting, person: Person, says: str = VERIFIED) -> Proposal:
    with house.work(*who) as ctx:
        return use_cases.propose_recovery(ctx, person.id, identity_check=says, reason=LOST)


def accept(house: House, token: str, password: str = NEW) -> use_cases.Opened:
    with house.work(NOBODY) as ctx:
        return use_cases.accept_invitation(ctx, token, password=password)


def lock(house: House, account: Account) -> None:
    for number in range(10):
        with house.work(NOBODY, Origin(f"198.51.100.{number}")) as ctx:
            signing_in.settle(ctx, signing_in.Checked(signing_in.ask(ctx, account.email), right=False))


def a_passkey_and_a_device(house: House, account: Account) -> None:
    """A passkey and a known browser, as they would be kept."""
    now = house.clock.now()
    row = {"id": account.person.id, "person_id": account.person.id}
    passkey = {"credential": b"credential", "public_key": b"key", "name": "Laptop", "made_at": now, "revision": 1}
    with house.engine.begin() as connection:
        connection.execute(Passkey.__table__.insert().values(row | passkey))
        connection.execute(KnownDevice.__table__.insert().values(row | {"token": "t", "made_at": now, "used_at": now}))


@pytest.mark.rule("IDN-4", "IDN-6")
def test_a_reset_unlocks_asks_for_a_new_password_and_then_for_the_second_factor_that_stayed(
    house: House, clock
) -> None:
    account = an_account(house)
    clock.move(timedelta(seconds=30))
    opened = signed_in(house, account)
    lock(house, account)

    token = reset(house, someone(house, "hub_supervisor"), account.person)

    with house.reading(NOBODY) as ctx:
        person = queries.person(ctx, account.person.id)
        assert (person.locked_at, person.closed_to_strangers_at) == (None, None)
        assert queries.session(ctx, opened.token) is None
        assert not queries.is_ready(ctx, account.person.id)
    assert use_cases.sign_in(house, Origin(), email=account.email, password=PASSWORD).opened is None
    begun = accept(house, token)
    assert begun.stage == "code"
    assert every(house, Failures) == []
    assert len(logged(house, "account.reset")) == 1
    clock.move(timedelta(seconds=30))
    assert signed_in(house, account).stage == "whole"


@pytest.mark.rule("IDN-4")
def test_a_reset_opens_an_account_that_was_closed_to_strangers(sqlite_house: House, clock, account) -> None:
    with sqlite_house.engine.begin() as connection:
        connection.execute(Person.__table__.update().values(closed_to_strangers_at=clock.now()))

    reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    assert not any(row.closed_to_strangers_at for row in every(sqlite_house, Person) if row.id == account.person.id)


@pytest.mark.rule("IDN-4")
def test_attempts_while_the_link_waits_do_not_lock_the_account_anew(sqlite_house: House, account) -> None:
    token = reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    lock(sqlite_house, account)

    assert accept(sqlite_house, token).stage == "code"


@pytest.mark.rule("IDN-4", "IDN-6")
def test_a_reset_ends_the_sign_ins_and_the_password_and_leaves_the_second_factors(sqlite_house: House, account) -> None:
    signed_in(sqlite_house, account)
    a_passkey_and_a_device(sqlite_house, account)

    reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    assert {row.end_reason for row in every(sqlite_house, SignIn)} == {"reset"}
    assert all(key.ended_at for key in every(sqlite_house, Password))
    assert not any(key.ended_at for key in (*every(sqlite_house, Authenticator), *every(sqlite_house, Passkey)))


@pytest.mark.rule("IDN-1", "IDN-4")
def test_the_password_before_the_reset_cannot_be_chosen_again(sqlite_house: House, account) -> None:
    token = reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    with pytest.raises(Invalid):
        accept(sqlite_house, token, PASSWORD)


@pytest.mark.rule("IDN-2", "IDN-4")
def test_who_sets_a_new_password_by_a_link_is_told_of_it(sqlite_house: House, account) -> None:
    accept(sqlite_house, reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person))

    kinds = [letter["kind"] for letter in letters(sqlite_house, account.person)]
    assert kinds.count("password_changed") == 1


@pytest.mark.rule("IDN-4", "ROL-3")
def test_nobody_resets_or_recovers_their_own_account(sqlite_house: House) -> None:
    person = a_person(sqlite_house, "hub_manager")

    with pytest.raises(OwnAccount):
        reset(sqlite_house, at_work(sqlite_house, person), person)
    with pytest.raises(OwnAccount):
        proposed(sqlite_house, at_work(sqlite_house, person), person)


@pytest.mark.rule("ROL-1")
def test_a_supervisor_cannot_become_the_manager_by_resetting_the_managers_account(sqlite_house: House) -> None:
    manager, officer = a_person(sqlite_house, "hub_manager"), a_person(sqlite_house, "ig_officer")
    supervisor = someone(sqlite_house, "hub_supervisor")

    for person in (manager, officer):
        with pytest.raises(AccountAbove):
            reset(sqlite_house, supervisor, person)
        with pytest.raises(AccountAbove):
            proposed(sqlite_house, supervisor, person)
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
        with pytest.raises(Forbidden):
            proposed(sqlite_house, who, person)


@pytest.mark.rule("IDN-4", "IDN-6")
def test_both_ask_for_a_fresh_code(sqlite_house: House, account) -> None:
    stale = someone(sqlite_house, "hub_supervisor", fresh=False)

    for way in (reset, proposed):
        with pytest.raises(FreshCodeNeeded):
            way(sqlite_house, stale, account.person)
    assert not any(key.ended_at for key in every(sqlite_house, Password))


@pytest.mark.rule("IDN-4", "IDN-5")
def test_how_identity_was_verified_is_asked_for_and_kept_sealed(sqlite_house: House, account) -> None:
    supervisor = someone(sqlite_house, "hub_supervisor")
    for nothing in ("", "   "):
        for way in (reset, proposed):
            with pytest.raises(Invalid) as refused:
                way(sqlite_house, supervisor, account.person, nothing)
            assert [error.pointer for error in refused.value.fields] == ["/identity_check"]

    reset(sqlite_house, supervisor, account.person)

    kept = every(sqlite_house, AccountInvitation)[-1]
    assert kept.identity_check is not None
    assert b"number" not in kept.identity_check
    place = f"account_invitations.identity_check:{kept.id}"
    assert sqlite_house.the(KeyRing).open(kept.identity_check, place=place).decode() == VERIFIED
    assert not any("number" in entry.detail for entry in logged(sqlite_house, "account.reset"))


@pytest.mark.rule("IDN-4")
def test_a_closed_account_is_not_begun_anew(sqlite_house: House, clock, account) -> None:
    with sqlite_house.engine.begin() as connection:
        connection.execute(Person.__table__.update().values(closed_at=clock.now()))
    supervisor = someone(sqlite_house, "hub_supervisor")

    for way in (reset, proposed):
        with pytest.raises(NotFound):
            way(sqlite_house, supervisor, account.person)


@pytest.mark.rule("IDN-4")
def test_a_second_reset_ends_the_first_ones_link(sqlite_house: House, account) -> None:
    supervisor = someone(sqlite_house, "hub_supervisor")
    first = reset(sqlite_house, supervisor, account.person)
    second = reset(sqlite_house, supervisor, account.person)

    with pytest.raises(InvitationOver):
        accept(sqlite_house, first)
    with sqlite_house.reading(NOBODY) as ctx:
        assert use_cases.look_at_invitation(ctx, second).id == account.person.id


@pytest.mark.rule("IDN-4", "IDN-8")
def test_a_link_is_used_once_and_for_the_person_it_was_made_for(sqlite_house: House, account) -> None:
    other = an_account(sqlite_house, full_name="Brook Marsh")
    token = reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    assert accept(sqlite_house, token).person_id == account.person.id
    with pytest.raises(InvitationOver):
        accept(sqlite_house, token, "Green-Egret-63-wades")
    assert use_cases.sign_in(sqlite_house, Origin(), email=other.email, password=NEW).opened is None
    assert use_cases.sign_in(sqlite_house, Origin(), email=account.email, password=NEW).opened is not None


@pytest.mark.rule("IDN-4", "IDN-8")
def test_a_link_opens_nothing_once_the_account_is_closed_or_its_72_hours_are_over(
    sqlite_house: House, clock, account
) -> None:
    token = reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)
    clock.move(timedelta(hours=72))
    with pytest.raises(InvitationOver):
        accept(sqlite_house, token)

    token = reset(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)
    with sqlite_house.engine.begin() as connection:
        connection.execute(Person.__table__.update().values(closed_at=clock.now()))
    with pytest.raises(InvitationOver):
        accept(sqlite_house, token)

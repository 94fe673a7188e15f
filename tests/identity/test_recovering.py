"""Somebody who lost their second factors too begins anew, once two of the hub agree on whose account it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity import queries, use_cases
from compliance.identity.errors import AccountAbove
from compliance.identity.models import (
    Authenticator,
    KnownDevice,
    Passkey,
    Password,
    Person,
    SignIn,
)
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.errors import ForOneself, NotWhatWasAsked, OwnProposal, WaitsAlready
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import NOBODY, House
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.secrets import KeyRing
from tests.builders.identity import (
    COMMAND,
    Account,
    Acting,
    a_mailed_link,
    an_account,
    at_work,
    every,
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


def proposed(house: House, who: Acting, person: Person, says: str = VERIFIED) -> Proposal:
    with house.work(*who) as ctx:
        return use_cases.propose_recovery(ctx, person.id, identity_check=says, reason=LOST)


def agreed(house: House, who: Acting, proposal: Proposal) -> None:
    with house.work(*who) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)


def accept(house: House, token: str, password: str = NEW) -> use_cases.Opened:
    with house.work(NOBODY) as ctx:
        return use_cases.accept_invitation(ctx, token, password=password)


def a_passkey_and_a_device(house: House, account: Account) -> None:
    """A passkey and a known browser, as they would be kept."""
    now = house.clock.now()
    row = {"id": account.person.id, "person_id": account.person.id}
    passkey = {"credential": b"credential", "public_key": b"key", "name": "Laptop", "made_at": now, "revision": 1}
    with house.engine.begin() as connection:
        connection.execute(Passkey.__table__.insert().values(row | passkey))
        connection.execute(KnownDevice.__table__.insert().values(row | {"token": "t", "made_at": now, "used_at": now}))


@pytest.mark.rule("IDN-3", "IDN-4", "ROL-3")
def test_a_recovery_ends_everything_that_opened_the_account_once_a_second_person_agrees(house: House, clock) -> None:
    account = an_account(house)
    clock.move(timedelta(seconds=30))
    opened = signed_in(house, account)
    a_passkey_and_a_device(house, account)
    supervisor, second = someone(house, "hub_supervisor"), someone(house, "hub_coordinator")

    proposal = proposed(house, supervisor, account.person)
    with house.reading(NOBODY) as ctx:
        assert queries.session(ctx, opened.token) is not None
    agreed(house, second, proposal)

    kinds = (Password, Authenticator, Passkey, KnownDevice, SignIn)
    assert all(key.ended_at for kind in kinds for key in every(house, kind))
    assert len(logged(house, "account.recovered")) == 1
    assert accept(house, a_mailed_link(house, account.person)).stage == "enrol"


@pytest.mark.rule("IDN-4", "ROL-3")
def test_neither_who_proposed_a_recovery_nor_whom_it_is_for_agrees_to_it(sqlite_house: House) -> None:
    manager = someone(sqlite_house, "hub_manager")
    coordinator = an_account(sqlite_house, "hub_coordinator")
    proposal = proposed(sqlite_house, manager, coordinator.person)

    with pytest.raises(OwnProposal):
        agreed(sqlite_house, manager, proposal)
    with pytest.raises(ForOneself):
        agreed(sqlite_house, at_work(sqlite_house, coordinator.person), proposal)
    with pytest.raises((Forbidden, NotFound)):
        agreed(sqlite_house, someone(sqlite_house, "ig_officer"), proposal)
    assert not any(key.ended_at for key in every(sqlite_house, Authenticator))


@pytest.mark.rule("ROL-3")
def test_one_recovery_of_an_account_waits_at_a_time(sqlite_house: House, account) -> None:
    proposed(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    with pytest.raises(WaitsAlready):
        proposed(sqlite_house, someone(sqlite_house, "hub_manager"), account.person)


@pytest.mark.rule("ROL-1", "ROL-3")
def test_an_account_that_came_to_reach_the_hub_meanwhile_needs_the_manager(sqlite_house: House, account) -> None:
    proposal = proposed(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)
    with sqlite_house.work(COMMAND) as ctx:
        use_cases.grant_role(ctx, account.person.id, role="ig_officer", reason="Reads the log.")

    with pytest.raises(AccountAbove):
        agreed(sqlite_house, someone(sqlite_house, "hub_coordinator"), proposal)
    agreed(sqlite_house, someone(sqlite_house, "hub_manager"), proposal)


@pytest.mark.rule("IDN-5", "ROL-3")
def test_the_second_person_reads_how_identity_was_verified_and_nobody_in_the_store_does(
    sqlite_house: House, account
) -> None:
    proposal = proposed(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)

    [kept] = every(sqlite_house, Proposal)
    assert kept.sealed is not None
    assert b"number" not in kept.sealed
    assert "number" not in kept.asked
    with sqlite_house.work(*someone(sqlite_house, "hub_coordinator")) as ctx:
        assert use_cases.identity_check_of(ctx, proposal) == VERIFIED


@pytest.mark.rule("ROL-3")
def test_another_identity_check_than_the_one_agreed_on_recovers_nobody(sqlite_house: House, account) -> None:
    proposal = proposed(sqlite_house, someone(sqlite_house, "hub_supervisor"), account.person)
    ring = sqlite_house.the(KeyRing)
    other = ring.seal(b"Never asked.", place=f"proposals.sealed:{proposal.id}")
    with sqlite_house.engine.begin() as connection:
        connection.execute(Proposal.__table__.update().values(sealed=other))

    with pytest.raises(NotWhatWasAsked):
        agreed(sqlite_house, someone(sqlite_house, "hub_coordinator"), proposal)


@pytest.mark.rule("IDN-4", "ROL-3")
def test_an_operators_command_recovers_alone_and_nobody_else_does(sqlite_house: House, account) -> None:
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx, pytest.raises(Forbidden):
        use_cases.recover_alone(ctx, account.person.id, identity_check=VERIFIED)

    with sqlite_house.work(COMMAND) as ctx:
        token = use_cases.recover_alone(ctx, account.person.id, identity_check=VERIFIED)

    assert token is not None
    assert accept(sqlite_house, token).stage == "enrol"

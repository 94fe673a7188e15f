"""A password that somebody else may know opens nothing but the way to a new one, from that instant on."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from flask import Flask
from sqlalchemy import insert

from compliance.app import house_of
from compliance.identity import queries, use_cases
from compliance.identity.errors import (
    FreshCodeNeeded,
    NoPasswordYet,
    OwnPassword,
    PasswordNotGoodEnough,
    UnknownCompromise,
)
from compliance.identity.models import Password, SignIn
from compliance.identity.rules import Compromise
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.errors import Forbidden
from tests.builders.decisions import the_case_system
from tests.builders.identity import (
    PASSWORD,
    Account,
    Acting,
    a_mailed_link,
    a_person,
    an_account,
    at_work,
    every,
    half_open,
    letters,
    logged,
    signed_in,
    someone,
)
from tests.builders.licences import a_licence, an_organisation, seats

HALF_A_MINUTE = timedelta(seconds=30)
NEW = "Brown-Otter-52-swims"


@pytest.fixture
def account(sqlite_house: House, clock) -> Account:
    account = an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    return account


def later_one(account: Account, set_at: datetime) -> dict[str, Any]:
    """A password that took the place of another since, under a hash that costs little."""
    phc = Argon2id(salt=os.urandom(16), length=32, iterations=1, lanes=1, memory_cost=8).derive_phc_encoded(b"other")
    row = {"id": uuid4(), "revision": 1, "person_id": account.person.id, "hash": phc}
    return row | {"set_at": set_at, "ended_at": set_at}


def compromised(house: House, who: Acting, account: Account, reason: str = Compromise.TRICKED) -> None:
    with house.work(*who) as ctx:
        use_cases.password_compromised(ctx, account.person.id, reason=reason)


@pytest.mark.rule("IDN-2", "IDN-6")
def test_it_ends_every_sign_in_and_the_next_leads_only_to_a_new_password(house: House, clock) -> None:
    account = an_account(house)
    clock.move(HALF_A_MINUTE)
    opened = signed_in(house, account)
    half = half_open(house, account)
    compromised(house, someone(house, "hub_supervisor"), account)

    with house.reading(NOBODY) as ctx:
        assert queries.session(ctx, opened.token) is None
        assert queries.session(ctx, half.token) is None
    assert {row.end_reason for row in every(house, SignIn)} >= {"password_compromised"}

    clock.move(HALF_A_MINUTE)
    again = signed_in(house, account)
    assert again.stage == "renew"
    actor = at_work(house, account.person).actor
    with house.work(actor, Origin("192.0.2.10", session_id=again.session_id)) as ctx:
        outcome = use_cases.change_password(ctx, current=PASSWORD, new=NEW)
    assert outcome.opened is not None
    assert outcome.opened.stage == "whole"
    [entry] = logged(house, "password.compromised")
    assert "tricked" in entry.detail


@pytest.mark.rule("DEC-4", "IDN-2")
def test_the_very_next_decision_denies(app: Flask, clock) -> None:
    house = house_of(app)
    seats(house)
    licence = a_licence(house, an_organisation(house))
    door = the_case_system(app)
    assert door.first_failing() is None

    with house.work(*someone(house, "hub_supervisor")) as ctx:
        use_cases.password_compromised(ctx, licence.person_id, reason=Compromise.STOLEN)

    answer = door.asks()
    assert answer["decision"] is False
    assert answer["context"]["first_failing"] == "IDN-2"
    assert "password-compromised" in str(answer)


@pytest.mark.rule("IDN-2")
def test_its_owner_is_told_by_letter_and_only_once(sqlite_house: House, account) -> None:
    supervisor = someone(sqlite_house, "hub_supervisor")
    compromised(sqlite_house, supervisor, account)
    compromised(sqlite_house, supervisor, account)

    [letter] = letters(sqlite_house, account.person, "password_compromised")
    assert "somebody else may know your password" in letter["body"]
    assert len(logged(sqlite_house, "password.compromised")) == 1


@pytest.mark.rule("IDN-1", "IDN-2")
def test_the_compromised_password_is_never_accepted_again(sqlite_house: House, clock, account) -> None:
    supervisor = someone(sqlite_house, "hub_supervisor")
    compromised(sqlite_house, supervisor, account)
    clock.move(HALF_A_MINUTE)
    rows = [later_one(account, clock.now() + timedelta(seconds=number)) for number in range(13)]
    with sqlite_house.engine.begin() as connection:
        connection.execute(insert(Password), rows)
    with sqlite_house.work(*supervisor) as ctx:
        use_cases.reset_account(ctx, account.person.id, identity_check="Rang back.")

    with sqlite_house.work(NOBODY) as ctx, pytest.raises(PasswordNotGoodEnough) as refused:
        use_cases.accept_invitation(ctx, a_mailed_link(sqlite_house, account.person), password=PASSWORD)

    assert [error.detail for error in refused.value.fields] == ["Choose one that is not among your last 12 passwords."]


@pytest.mark.rule("IDN-2", "IDN-6")
def test_it_takes_a_fresh_code_and_a_reason_we_know(sqlite_house: House, account) -> None:
    with pytest.raises(FreshCodeNeeded):
        compromised(sqlite_house, someone(sqlite_house, "hub_supervisor", fresh=False), account)
    with pytest.raises(UnknownCompromise):
        compromised(sqlite_house, someone(sqlite_house, "hub_supervisor"), account, "a feeling")
    assert letters(sqlite_house, account.person, "password_compromised") == []


@pytest.mark.rule("IDN-2", "ROL-4")
@pytest.mark.parametrize("role", ["hub_coordinator", "delegate", "authorised_signatory", "ig_officer"])
def test_no_other_role_may_say_so(sqlite_house: House, account, role: str) -> None:
    with pytest.raises(Forbidden):
        compromised(sqlite_house, someone(sqlite_house, role), account)


@pytest.mark.rule("IDN-2")
def test_ones_own_password_is_simply_changed(sqlite_house: House) -> None:
    own = an_account(sqlite_house, "hub_supervisor")

    with pytest.raises(OwnPassword):
        compromised(sqlite_house, at_work(sqlite_house, own.person), own)


@pytest.mark.rule("IDN-2")
def test_there_has_to_be_a_password(sqlite_house: House) -> None:
    newcomer = Account(a_person(sqlite_house), secret="")

    with pytest.raises(NoPasswordYet):
        compromised(sqlite_house, someone(sqlite_house, "hub_supervisor"), newcomer)


@pytest.mark.rule("IDN-2")
def test_even_the_managers_password_may_be_said_to_be_known(sqlite_house: House) -> None:
    manager = an_account(sqlite_house, "hub_manager")

    compromised(sqlite_house, someone(sqlite_house, "hub_supervisor"), manager)

    assert [row.compromised_at is not None for row in every(sqlite_house, Password)] == [True]

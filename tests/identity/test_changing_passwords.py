"""Changing a password without help, and the ninety days."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import insert

from compliance.identity import queries, totp, use_cases
from compliance.identity.errors import PasswordNotGoodEnough, SignInOver
from compliance.identity.models import Failures, Password
from compliance.identity.use_cases import Opened, Outcome
from compliance.kernel.context import NOBODY, House, Origin
from tests.builders.identity import (
    PASSWORD,
    Account,
    an_account,
    an_employer,
    at_work,
    every,
    half_open,
    letters,
    signed_in,
)

HALF_A_MINUTE = timedelta(seconds=30)
NEW = "Brown-Otter-52-swims"


@pytest.fixture
def account(sqlite_house: House, clock) -> Account:
    account = an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    return account


def change(house: House, account: Account, opened: Opened, new: str = NEW, current: str = PASSWORD) -> Outcome:
    actor = at_work(house, account.person).actor
    with house.work(actor, Origin("192.0.2.10", session_id=opened.session_id)) as ctx:
        return use_cases.change_password(ctx, current=current, new=new)


def stage_of(house: House, token: str) -> str | None:
    with house.reading(NOBODY) as ctx:
        current = queries.session(ctx, token)
        return current.stage if current else None


def opens(house: House, account: Account, password: str) -> bool:
    return use_cases.sign_in(house, Origin(), email=account.email, password=password).opened is not None


def had_before(house: House, account: Account, text: str, set_at: datetime) -> None:
    """An earlier password, under a hash that costs little."""
    phc = Argon2id(salt=os.urandom(16), length=32, iterations=1, lanes=1, memory_cost=8).derive_phc_encoded(
        text.encode()
    )
    row = {
        "id": uuid4(),
        "revision": 1,
        "person_id": account.person.id,
        "hash": phc,
        "set_at": set_at,
        "ended_at": set_at,
    }
    with house.engine.begin() as connection:
        connection.execute(insert(Password).values(row))


@pytest.mark.rule("IDN-2", "IDN-6")
def test_changing_a_password_ends_every_other_sign_in_and_changes_this_ones_token(house: House, clock) -> None:
    account = an_account(house)
    clock.move(HALF_A_MINUTE)
    opened = signed_in(house, account)
    clock.move(HALF_A_MINUTE)
    elsewhere = signed_in(house, account)

    outcome = change(house, account, opened)

    assert outcome.opened is not None
    assert stage_of(house, outcome.opened.token) == "whole"
    assert stage_of(house, opened.token) is None
    assert stage_of(house, elsewhere.token) is None
    assert opens(house, account, NEW)
    assert not opens(house, account, PASSWORD)


@pytest.mark.rule("IDN-2")
def test_an_expired_password_leads_only_to_setting_a_new_one(sqlite_house: House, clock, account) -> None:
    clock.move(timedelta(days=90) - HALF_A_MINUTE)
    opened = signed_in(sqlite_house, account)
    assert (opened.stage, stage_of(sqlite_house, opened.token)) == ("renew", "renew")
    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.freshen(ctx, opened.session_id, totp.code_at(account.secret, clock.now()))

    outcome = change(sqlite_house, account, opened)

    assert outcome.opened is not None
    assert stage_of(sqlite_house, outcome.opened.token) == "whole"
    clock.move(HALF_A_MINUTE)
    assert use_cases.sign_in(sqlite_house, Origin(), email=account.email, password=NEW).opened is not None
    assert signed_in(sqlite_house, account).stage == "whole"


@pytest.mark.rule("IDN-2")
def test_a_password_is_in_date_until_its_last_instant(sqlite_house: House, clock, account) -> None:
    clock.move(timedelta(days=90) - HALF_A_MINUTE - timedelta(microseconds=1))

    assert signed_in(sqlite_house, account).stage == "whole"


@pytest.mark.rule("IDN-1")
def test_a_refused_password_names_every_criterion_and_changes_nothing(sqlite_house: House, account) -> None:
    opened = signed_in(sqlite_house, account)

    with pytest.raises(PasswordNotGoodEnough) as refused:
        change(sqlite_house, account, opened, new="wren")

    assert {error.pointer for error in refused.value.fields} == {"/password"}
    assert len(refused.value.fields) == 5
    assert not any("wren" in error.detail for error in refused.value.fields)
    assert stage_of(sqlite_house, opened.token) == "whole"
    assert len(every(sqlite_house, Password)) == 1


@pytest.mark.rule("IDN-1")
def test_none_of_the_last_twelve_passwords_is_accepted_and_the_one_before_is(
    sqlite_house: House, clock, account
) -> None:
    for months in range(1, 13):
        had_before(sqlite_house, account, f"Brown-Otter-{months}-swims", clock.now() - timedelta(days=30 * months))
    opened = signed_in(sqlite_house, account)

    for refused in (PASSWORD, "Brown-Otter-1-swims", "Brown-Otter-11-swims"):
        with pytest.raises(PasswordNotGoodEnough):
            change(sqlite_house, account, opened, refused)

    assert change(sqlite_house, account, opened, "Brown-Otter-12-swims").opened is not None


@pytest.mark.rule("IDN-4")
def test_a_wrong_present_password_counts_and_tells_nothing_about_the_new_one(sqlite_house: House, account) -> None:
    opened = signed_in(sqlite_house, account)

    outcome = change(sqlite_house, account, opened, new=PASSWORD, current="Not-the-password-1")

    assert outcome == Outcome(None, 0)
    assert [row.count for row in every(sqlite_house, Failures)] == [1]
    assert opens(sqlite_house, account, PASSWORD)


@pytest.mark.rule("IDN-2")
def test_nobody_changes_a_password_in_somebody_elses_sign_in(sqlite_house: House, clock, account) -> None:
    other = an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    opened = signed_in(sqlite_house, account)

    with pytest.raises(SignInOver):
        change(sqlite_house, other, opened)
    with pytest.raises(SignInOver):
        change(sqlite_house, account, half_open(sqlite_house, account))


@pytest.mark.rule("IDN-2", "GOV-5")
def test_whoever_changes_a_password_is_told_of_it_by_letter_and_a_first_one_is_no_change(
    sqlite_house: House, account
) -> None:
    opened = signed_in(sqlite_house, account)
    assert letters(sqlite_house, account.person, "password_changed") == []

    change(sqlite_house, account, opened)

    [letter] = letters(sqlite_house, account.person, "password_changed")
    assert "was changed on 21 November 2026 at 10:00am" in letter["body"]
    assert NEW not in letter["body"]


@pytest.mark.rule("IDN-1")
def test_the_organisation_one_works_for_is_in_no_password(sqlite_house: House, clock) -> None:
    account = an_account(sqlite_house, organisation_id=an_employer(sqlite_house, "Pelican Trust"))
    clock.move(HALF_A_MINUTE)
    opened = signed_in(sqlite_house, account)

    for chosen in ("Brown-pelican-52-swims", "Brown-marac-52-swims"):
        with pytest.raises(PasswordNotGoodEnough) as refused:
            change(sqlite_house, account, opened, chosen)
        assert [error.detail.partition(",")[0] for error in refused.value.fields] == ["Leave out your organisation"]

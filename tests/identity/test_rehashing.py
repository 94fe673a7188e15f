"""A password is kept under today's parameters once its owner has given it; what is too long is never hashed."""

from __future__ import annotations

import os
import statistics
import threading
import time

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import update

from compliance.identity import passwords, use_cases
from compliance.identity.models import Password
from compliance.kernel.context import House, Origin
from tests.builders.identity import PASSWORD, Account, a_person, accepted, every, logged


@pytest.fixture
def account(sqlite_house: House) -> Account:
    return weaker(sqlite_house)


def weaker(house: House) -> Account:
    """An account whose password was hashed when the parameters were lower."""
    person = a_person(house)
    accepted(house, person)
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=1, lanes=1, memory_cost=4096)
    with house.engine.begin() as connection:
        connection.execute(update(Password).values(hash=kdf.derive_phc_encoded(PASSWORD.encode())))
    return Account(person, secret="")


def sign_in(house: House, account: Account, password: str = PASSWORD) -> bool:
    return use_cases.sign_in(house, Origin("192.0.2.10"), email=account.email, password=password).opened is not None


@pytest.mark.rule("IDN-5")
def test_a_right_password_is_hashed_anew_and_is_as_old_as_before(house: House, clock) -> None:
    account = weaker(house)
    [before] = every(house, Password)

    assert sign_in(house, account)

    [after] = every(house, Password)
    assert not passwords.is_outdated(after.hash)
    assert passwords.matches(after.hash, PASSWORD)
    assert (after.id, after.set_at, after.ended_at) == (before.id, before.set_at, None)
    assert len(logged(house, "password.rehashed")) == 1
    assert sign_in(house, account)
    assert len(logged(house, "password.rehashed")) == 1


@pytest.mark.rule("IDN-5")
def test_a_wrong_password_changes_no_hash(sqlite_house: House, account) -> None:
    [before] = every(sqlite_house, Password)

    assert not sign_in(sqlite_house, account, "Not-the-password-1")

    assert [row.hash for row in every(sqlite_house, Password)] == [before.hash]
    assert logged(sqlite_house, "password.rehashed") == []


@pytest.mark.rule("IDN-5")
def test_of_sign_ins_at_once_all_open_and_one_hashes_anew(house: House) -> None:
    account = weaker(house)
    together = threading.Barrier(3)
    opened: list[bool] = []

    def come() -> None:
        together.wait(timeout=30)
        opened.append(sign_in(house, account))

    threads = [threading.Thread(target=come) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert opened == [True, True, True]
    assert len(logged(house, "password.rehashed")) == 1
    [after] = every(house, Password)
    assert passwords.matches(after.hash, PASSWORD)


@pytest.mark.rule("IDN-4", "IDN-5")
def test_a_megabyte_for_a_password_is_refused_before_any_hash_alike_for_every_name(sqlite_house: House) -> None:
    person = a_person(sqlite_house)
    accepted(sqlite_house, person)
    names = (person.email, "nobody@kent.example.org")
    took: dict[str, list[float]] = {name: [] for name in (*names, "a hash")}
    outcomes = set()
    for _ in range(2):
        for name in names:
            began = time.process_time()
            outcomes.add(use_cases.sign_in(sqlite_house, Origin("192.0.2.10"), email=name, password="x" * 1_000_000))
            took[name].append(time.process_time() - began)
        began = time.process_time()
        passwords.spend_the_same_time(PASSWORD)
        took["a hash"].append(time.process_time() - began)

    assert outcomes == {use_cases.Outcome(None, 0)}
    a_hash = statistics.median(took["a hash"])
    assert all(min(took[name]) < max(a_hash, 0.02) for name in names), took

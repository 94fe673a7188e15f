"""Failures slow the answer, then lock; and nobody learns from it who has an account."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from compliance.identity import queries, totp, use_cases
from compliance.identity.models import Failures, Person, SignIn, SourceFailures
from compliance.identity.use_cases import Outcome, signing_in
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.errors import Throttled
from tests.builders.identity import (
    PASSWORD,
    Account,
    a_link,
    a_person,
    accepted,
    an_account,
    at_work,
    every,
    half_open,
    logged,
    signed_in,
)

HALF_A_MINUTE = timedelta(seconds=30)


def wrong(house: House, email: str, address: str = "192.0.2.10") -> Outcome:
    """A wrong password, without the cost of its hash."""
    return tried(house, email, right=False, address=address)


def tried(house: House, email: str, *, right: bool, address: str = "192.0.2.10") -> Outcome:
    with house.work(NOBODY, Origin(address)) as ctx:
        return signing_in.settle(ctx, signing_in.Checked(signing_in.ask(ctx, email), right=right))


def lock(house: House, account: Account) -> None:
    for number in range(10):
        wrong(house, account.email, f"198.51.100.{number}")


@pytest.mark.rule("IDN-4")
def test_ten_failures_in_a_row_lock_the_account_once_and_end_its_sign_ins(house: House, clock) -> None:
    account = an_account(house)
    clock.move(HALF_A_MINUTE)
    opened = signed_in(house, account)

    waits = [wrong(house, account.email).wait_seconds for _ in range(12)]

    assert waits == [0, 0, 1, 2, 4, 4, 4, 4, 4, 4, 4, 4]
    assert [person.locked_at for person in every(house, Person)] == [clock.now()]
    assert len(logged(house, "account.locked")) == 1
    assert len(logged(house, "sign_in.failed")) == 12
    assert {row.end_reason for row in every(house, SignIn)} == {"locked"}
    with house.reading(NOBODY) as ctx:
        assert queries.session(ctx, opened.token) is None


@pytest.mark.rule("IDN-4")
def test_nine_failures_do_not_lock(sqlite_house: House) -> None:
    account = an_account(sqlite_house)
    for _ in range(9):
        wrong(sqlite_house, account.email)

    assert [person.locked_at for person in every(sqlite_house, Person)] == [None]
    assert half_open(sqlite_house, account).stage == "code"


@pytest.mark.rule("IDN-4")
def test_passwords_and_codes_share_one_counter_and_only_a_complete_sign_in_resets_it(
    sqlite_house: House, clock
) -> None:
    account = an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    for _ in range(5):
        wrong(sqlite_house, account.email)

    for _ in range(4):
        opened = half_open(sqlite_house, account)
        with sqlite_house.work(NOBODY) as ctx:
            assert use_cases.give_code(ctx, opened.session_id, "no code").opened is None
    assert [row.count for row in every(sqlite_house, Failures)] == [9]

    signed_in(sqlite_house, account)
    assert every(sqlite_house, Failures) == []


@pytest.mark.rule("IDN-4")
def test_a_tenth_failure_that_is_a_code_locks_as_well(sqlite_house: House) -> None:
    account = an_account(sqlite_house)
    for _ in range(9):
        wrong(sqlite_house, account.email)

    opened = half_open(sqlite_house, account)
    with sqlite_house.work(NOBODY) as ctx:
        use_cases.give_code(ctx, opened.session_id, "no code")

    assert every(sqlite_house, Person)[0].locked_at is not None


@pytest.mark.rule("IDN-4")
def test_a_wrong_code_before_a_sensitive_act_counts_too(sqlite_house: House, clock) -> None:
    account = an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    opened = signed_in(sqlite_house, account)

    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.freshen(ctx, opened.session_id, totp.code_at(account.secret, clock.now())).opened is None

    assert [row.count for row in every(sqlite_house, Failures)] == [1]


@pytest.mark.rule("IDN-4")
def test_an_unknown_name_a_wrong_password_and_a_locked_account_cost_the_same_work(sqlite_house: House) -> None:
    locked, open_ = an_account(sqlite_house), an_account(sqlite_house)
    without_password = a_person(sqlite_house)
    lock(sqlite_house, locked)
    nowhere = "nobody@kent.example.org"
    for number in range(10):
        wrong(sqlite_house, nowhere, f"198.51.100.{number}")
        wrong(sqlite_house, without_password.email, f"198.51.100.{number}")

    def work(email: str, password: str) -> tuple[list[str], int, Outcome]:
        return _work(
            sqlite_house,
            lambda: use_cases.sign_in(sqlite_house, Origin("203.0.113.1"), email=email, password=password),
        )

    unknown = work(nowhere, PASSWORD)
    assert unknown[1] == 1
    assert unknown[2] == Outcome(None, 4)
    assert work(without_password.email, PASSWORD) == unknown
    assert work(locked.email, PASSWORD) == unknown
    assert work(locked.email, "Not-the-password-1") == unknown
    assert work(open_.email, "Not-the-password-1")[:2] == unknown[:2]
    assert work("no address", PASSWORD)[:2] == unknown[:2]


@pytest.mark.rule("IDN-4")
def test_an_account_closed_to_strangers_costs_a_stranger_the_same_work_as_an_unknown_name(
    sqlite_house: House, clock
) -> None:
    account = an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    signed_in(sqlite_house, account, Origin("192.0.2.10", device=""))
    nowhere = "nobody@kent.example.org"
    for number in range(11):
        wrong(sqlite_house, nowhere, f"198.51.100.{number}")
        wrong(sqlite_house, account.email, f"198.51.100.{number}")
    assert [person.closed_to_strangers_at for person in every(sqlite_house, Person)] == [clock.now()]

    def work(email: str, password: str, device: str | None) -> tuple[list[str], int, Outcome]:
        here = Origin("203.0.113.1", device=device)
        return _work(sqlite_house, lambda: use_cases.sign_in(sqlite_house, here, email=email, password=password))

    for device in (None, "", "msd_" + "a" * 43, ".".join(["msd_" + "a" * 43] * 4)):
        unknown = work(nowhere, PASSWORD, device)
        assert unknown[1:] == (1, Outcome(None, 4))
        assert work(account.email, PASSWORD, device) == unknown
        assert work(account.email, "Not-the-password-1", device) == unknown


@pytest.mark.rule("IDN-4")
def test_a_source_that_is_not_heard_learns_nothing_from_what_its_guesses_cost(sqlite_house: House) -> None:
    locked, open_ = an_account(sqlite_house), an_account(sqlite_house)
    lock(sqlite_house, locked)
    for number in range(30):
        wrong(sqlite_house, f"n{number}@kent.example.org", "203.0.113.9")

    def work(email: str, password: str) -> tuple[list[str], int]:
        def guess() -> Outcome:
            with pytest.raises(Throttled):
                use_cases.sign_in(sqlite_house, Origin("203.0.113.9"), email=email, password=password)
            return Outcome(None)

        return _work(sqlite_house, guess)[:2]

    unknown = work("nobody@kent.example.org", PASSWORD)
    assert unknown[1] == 0
    assert work(locked.email, PASSWORD) == unknown
    assert work(open_.email, PASSWORD) == unknown
    assert work(open_.email, "Not-the-password-1") == unknown


@pytest.mark.rule("IDN-4")
def test_an_account_that_has_no_password_cannot_be_locked_out_of_its_first(sqlite_house: House) -> None:
    person = a_person(sqlite_house)
    for number in range(12):
        wrong(sqlite_house, person.email, f"198.51.100.{number}")

    assert accepted(sqlite_house, person).stage == "enrol"
    assert every(sqlite_house, Failures) == []
    assert wrong(sqlite_house, person.email).wait_seconds == 0
    assert every(sqlite_house, Person)[0].locked_at is None


@pytest.mark.rule("IDN-4")
def test_one_source_cannot_lock_many_accounts(house: House) -> None:
    accounts = [an_account(house) for _ in range(4)]
    heard, waits = 0, set()
    for account in accounts:
        for _ in range(10):
            try:
                wrong(house, account.email, "203.0.113.9")
                heard += 1
            except Throttled as refused:
                waits.add(refused.retry_after)

    assert (heard, waits) == (30, {15 * 60})
    assert sum(person.locked_at is not None for person in every(house, Person)) == 3
    assert [row.count for row in every(house, SourceFailures)] == [30, 30]  # of the window, and of the day
    assert sorted(row.count for row in every(house, Failures)) == [10, 10, 10]


@pytest.mark.rule("IDN-4")
def test_a_source_over_its_limit_is_not_heard_even_with_a_right_password_and_is_again_later(
    sqlite_house: House, clock
) -> None:
    account = an_account(sqlite_house)
    with sqlite_house.reading(NOBODY) as ctx:
        checked = signing_in.Checked(signing_in.ask(ctx, account.email), right=True)
    for number in range(30):
        wrong(sqlite_house, f"n{number}@kent.example.org", "203.0.113.9")

    with hashing(lambda: 1) as hashes, pytest.raises(Throttled):
        use_cases.sign_in(sqlite_house, Origin("203.0.113.9"), email=account.email, password=PASSWORD)
    assert hashes == []
    with sqlite_house.work(NOBODY, Origin("::ffff:203.0.113.9")) as ctx, pytest.raises(Throttled):
        signing_in.settle(ctx, checked)
    assert tried(sqlite_house, account.email, right=True, address="203.0.113.10").opened is not None
    clock.move(timedelta(minutes=15))
    assert tried(sqlite_house, account.email, right=True, address="203.0.113.9").opened is not None


@pytest.mark.rule("IDN-4")
def test_a_lock_stands_whatever_the_clock_does(sqlite_house: House, clock) -> None:
    account = an_account(sqlite_house)
    lock(sqlite_house, account)

    for step in (-timedelta(days=2), timedelta(days=400)):
        clock.move(step)
        assert tried(sqlite_house, account.email, right=True, address="203.0.113.77").opened is None


@pytest.mark.rule("IDN-4")
def test_a_right_password_whose_hash_began_before_the_lock_opens_nothing_after_it(sqlite_house: House) -> None:
    account = an_account(sqlite_house)
    with sqlite_house.reading(NOBODY) as ctx:
        checked = signing_in.Checked(signing_in.ask(ctx, account.email), right=True)

    lock(sqlite_house, account)

    with sqlite_house.work(NOBODY) as ctx:
        assert signing_in.settle(ctx, checked).opened is None


@pytest.mark.rule("IDN-4", "IDN-5")
def test_a_hash_is_done_while_nothing_of_the_store_is_held(sqlite_house: House, clock) -> None:
    """SQLite has one writer: a hash within its turn would hold up every change and every decision."""
    account, person = an_account(sqlite_house), a_person(sqlite_house)
    token = a_link(sqlite_house, person)
    clock.move(HALF_A_MINUTE)
    here = Origin(session_id=signed_in(sqlite_house, account).session_id)

    with hashing(lambda: sqlite_house.engine.pool.checkedout()) as held:  # type: ignore[attr-defined]
        use_cases.sign_in(sqlite_house, here, email=account.email, password=PASSWORD)
        with sqlite_house.work(NOBODY) as ctx:
            use_cases.accept_invitation(ctx, token, password=PASSWORD)
        with sqlite_house.work(at_work(sqlite_house, account.person).actor, here) as ctx:
            use_cases.change_password(ctx, current=PASSWORD, new="Brown-Otter-52-swims")

    assert held == [0] * 5


def _work(house: House, act: Callable[[], Outcome]) -> tuple[list[str], int, Outcome]:
    """The statements an act sends, how many Argon2 hashes it does, and what comes of it."""
    statements: list[str] = []

    def sent(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(house.engine, "before_cursor_execute", sent)
    try:
        with hashing(lambda: 1) as hashes:
            outcome = act()
    finally:
        event.remove(house.engine, "before_cursor_execute", sent)
    return statements, len(hashes), outcome


@contextmanager
def hashing(look: Callable[[], int]) -> Iterator[list[int]]:
    """What `look` says at the beginning of each Argon2 hash, seen from outside: nothing is replaced."""
    seen: list[int] = []

    def called(_frame: Any, kind: str, function: Any) -> None:
        if kind == "c_call" and getattr(function, "__name__", "") in {"verify_phc_encoded", "derive_phc_encoded"}:
            seen.append(look())

    sys.setprofile(called)
    try:
        yield seen
    finally:
        sys.setprofile(None)

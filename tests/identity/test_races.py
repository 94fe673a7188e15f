"""The same thing at the same instant, on both databases: the store lets one through (IDN-3, IDN-4, IDN-8)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from compliance.identity import counters, totp, use_cases
from compliance.identity.errors import InvitationOver, SignInOver, TooManyAtOnce
from compliance.identity.models import Authenticator, Failures, Password, SourceFailures
from compliance.identity.use_cases import signing_in
from compliance.kernel.context import NOBODY, Context, House, Origin
from compliance.kernel.errors import Refusal, Throttled
from tests.builders.identity import PASSWORD, a_link, a_person, an_account, every, half_open, logged

T = TypeVar("T")


def at_once(house: House, times: int, act: Callable[[Context, int], T]) -> list[T | type[Exception]]:
    """The same act in so many threads, begun together; each its own unit of work, from an address of its own."""
    together = threading.Barrier(times)
    results: list[T | type[Exception]] = []

    def run(number: int) -> None:
        together.wait(timeout=30)
        try:
            with house.work(NOBODY, Origin(f"198.51.100.{number}")) as ctx:
                result = act(ctx, number)
        except Refusal as refused:
            results.append(type(refused))
        else:
            results.append(result)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(results) == times, "a thread failed otherwise than by a refusal"
    return results


@pytest.mark.rule("IDN-3")
def test_of_sixty_four_uses_of_one_code_at_once_one_is_accepted(house: House, clock) -> None:
    account = an_account(house)
    clock.move(timedelta(seconds=30))
    sign_ins = [half_open(house, account) for _ in range(64)]
    code = totp.code_at(account.secret, clock.now())

    results = at_once(house, 64, lambda ctx, number: use_cases.give_code(ctx, sign_ins[number].session_id, code))

    opened = [result for result in results if isinstance(result, use_cases.Outcome) and result.opened]
    assert len(opened) == 1
    assert set(results) - set(opened) <= {SignInOver, *[use_cases.Outcome(None, wait) for wait in (0, 1, 2, 4)]}


@pytest.mark.rule("IDN-3")
def test_of_sixty_four_spendings_of_one_step_at_once_one_is_true(house: House) -> None:
    an_account(house)
    [app] = every(house, Authenticator)
    step = 10**9

    assert sorted(at_once(house, 64, lambda ctx, _: counters.spend(ctx, app.id, step))) == [False] * 63 + [True]


@pytest.mark.rule("IDN-3")
def test_of_one_sign_in_moved_on_sixteen_times_at_once_one_token_comes(house: House, clock) -> None:
    account = an_account(house)
    clock.move(timedelta(seconds=30))
    opened = half_open(house, account)
    code = totp.code_at(account.secret, clock.now())

    results = at_once(house, 16, lambda ctx, _: use_cases.give_code(ctx, opened.session_id, code))

    assert results.count(SignInOver) == 15


@pytest.mark.rule("IDN-4")
def test_no_failure_is_lost_and_the_account_locks_once_however_many_come_at_once(house: House) -> None:
    account = an_account(house)
    with house.reading(NOBODY) as ctx:
        asked = signing_in.ask(ctx, account.email)

    def guess(ctx: Context, number: int) -> use_cases.Outcome:
        return signing_in.settle(ctx, signing_in.Checked(asked, right=False))

    at_once(house, 32, guess)

    assert [row.count for row in every(house, Failures)] == [32]
    assert len(logged(house, "account.locked")) == 1
    with house.work(NOBODY) as ctx:
        assert signing_in.settle(ctx, signing_in.Checked(asked, right=True)).opened is None


@pytest.mark.rule("IDN-4")
def test_no_failure_on_a_name_that_nobody_has_is_lost_either(house: House) -> None:
    with house.reading(NOBODY) as ctx:
        asked = signing_in.ask(ctx, "nobody@kent.example.org")

    results = at_once(house, 32, lambda ctx, _: signing_in.settle(ctx, signing_in.Checked(asked, right=False)))

    assert [row.count for row in every(house, Failures)] == [32]
    assert results.count(use_cases.Outcome(None, 0)) == 2


@pytest.mark.rule("IDN-4")
def test_a_source_that_asks_for_many_accounts_at_once_is_heard_no_more_often(house: House) -> None:
    with house.reading(NOBODY) as ctx:
        names = [signing_in.ask(ctx, f"n{number}@kent.example.org") for number in range(48)]

    def guess(ctx: Context, number: int) -> use_cases.Outcome:
        ctx.origin = Origin("203.0.113.9")
        return signing_in.settle(ctx, signing_in.Checked(names[number], right=False))

    results = at_once(house, 48, guess)

    assert results.count(Throttled) == 18
    assert len(every(house, Failures)) == 30
    assert [row.count for row in every(house, SourceFailures)] == [30, 30]  # of the window, and of the day


@pytest.mark.rule("IDN-8")
def test_of_a_link_used_eight_times_at_once_one_sets_the_password(house: House) -> None:
    token = a_link(house, a_person(house))

    results = at_once(house, 8, lambda ctx, _: use_cases.accept_invitation(ctx, token, password=PASSWORD))

    assert results.count(InvitationOver) + results.count(TooManyAtOnce) == 7
    assert len(every(house, Password)) == 1

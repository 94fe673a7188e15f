"""One code, sixty-four who use it at the same instant, five hundred times over: one gets in (IDN-3)."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from compliance.identity import counters, once, use_cases
from compliance.identity.models import Authenticator, EmailCode, Passkey, SpentStep
from compliance.identity.use_cases import Outcome, email_codes
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, Context, House, Origin
from compliance.kernel.errors import Refusal
from compliance.kernel.settings import REPOSITORY
from tests.builders.identity import an_account, every, half_open
from tests.builders.second_factors import Device, an_account_by_email, an_account_by_passkey, mailed_codes, named

AT_ONCE = 64
ROUNDS = 500
PROCESSES = 4
PATIENCE = 120

Act = Callable[[Context, int, int], Any]


def as_often_as_it_takes(house: House, origin: Origin, act: Act, each: int, number: int) -> Any:
    """A busy store can keep somebody waiting for longer than its patience: nothing was done then, and it is tried again."""
    while True:
        try:
            with house.work(NOBODY, origin) as ctx:
                return act(ctx, each, number)
        except OperationalError:
            continue


def wins(house: House, rounds: int, act: Act, *, at_once: int = AT_ONCE) -> list[int]:
    """In each of so many rounds, how many of those who do the same at the same instant succeed.

    `act` is given the round and which of them it is; each has a unit of work and an address of its own.
    """
    won = [[False] * at_once for _ in range(rounds)]
    faults: list[BaseException] = []
    begin = threading.Barrier(at_once)

    def run(number: int) -> None:
        for each in range(rounds):
            begin.wait(timeout=PATIENCE)
            try:
                success = as_often_as_it_takes(house, Origin(f"198.51.100.{number}"), act, each, number)
            except Refusal:
                success = False
            except BaseException as fault:
                faults.append(fault)
                begin.abort()
                raise
            won[each][number] = success.opened is not None if isinstance(success, Outcome) else bool(success)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=PATIENCE)
    assert faults == []
    return [sum(each) for each in won]


@pytest.mark.rule("IDN-3")
def test_five_hundred_codes_used_by_sixty_four_at_once_open_five_hundred_times(house: House) -> None:
    an_account(house)
    [app] = every(house, Authenticator)

    won = wins(house, ROUNDS, lambda ctx, each, _: counters.spend(ctx, app.id, 10**9 + each))

    assert won == [1] * ROUNDS


@pytest.mark.rule("IDN-3")
def test_a_code_and_every_earlier_one_are_spent_together_whoever_comes_first(house: House) -> None:
    """All of sixty-four different codes at once: each that opens is later than every one that opened before it."""
    an_account(house)
    [app] = every(house, Authenticator)
    order: list[int] = []

    def spends(ctx: Context, each: int, number: int) -> bool:
        step = 10**9 + each * AT_ONCE + (number * 37) % AT_ONCE
        if not counters.spend(ctx, app.id, step):
            return False
        order.append(step)  # the row is held until the commit: nobody stands in between
        return True

    won = wins(house, 10, spends)

    assert all(1 <= each <= AT_ONCE for each in won)
    assert all(earlier < later for earlier, later in pairwise(order))
    [spent] = every(house, SpentStep)
    assert spent.step == max(order) == 10**9 + 10 * AT_ONCE - 1


@pytest.mark.rule("IDN-3")
def test_one_code_by_email_is_spent_once_round_after_round(house: House, clock: FixedClock) -> None:
    account = an_account_by_email(house)
    for _ in range(20):
        clock.move(timedelta(seconds=1))
        session = half_open(house, account).session_id
        code = mailed_codes(house)[-1]

        def spends(ctx: Context, _: int, __: int, code: str = code, session: Any = session) -> bool:
            return email_codes.spend(ctx, session, code)

        assert wins(house, 1, spends) == [1]


@pytest.mark.rule("IDN-3")
def test_five_tries_are_five_however_many_come_at_once(house: House) -> None:
    account = an_account_by_email(house)
    session = half_open(house, account).session_id

    assert wins(house, 1, lambda ctx, _, number: email_codes.spend(ctx, session, f"{number:06d}x")) == [0]

    [kept] = [row for row in every(house, EmailCode) if row.session_id == session]
    assert kept.tries == 5


@pytest.mark.rule("IDN-3")
def test_one_question_is_answered_once_round_after_round(house: House) -> None:
    account = an_account(house)
    session = half_open(house, account).session_id
    for _ in range(20):
        with house.work(NOBODY) as ctx:
            once.lay_challenge(ctx, session, "{}")

        assert wins(house, 1, lambda ctx, _, __: once.take_challenge(ctx, session)) == [1]


@pytest.mark.rule("IDN-3")
def test_one_answer_of_a_passkey_signs_in_once_and_no_count_is_taken_twice(house: House) -> None:
    named(house)
    device = Device()
    account = an_account_by_passkey(house, device)
    [passkey] = every(house, Passkey)
    session = half_open(house, account).session_id
    with house.work(NOBODY) as ctx:
        asked = use_cases.ask_for_passkey(ctx, session)
    answer = device.signs(asked, account.person)

    assert wins(house, 1, lambda ctx, _, __: use_cases.give_passkey(ctx, session, answer)) == [1]
    assert wins(house, 20, lambda ctx, each, _: once.count_use(ctx, passkey.id, 100 + each)) == [1] * 20


_SPENDS = """
import sys
from pathlib import Path
from uuid import UUID
from compliance.app import furnished, house_of
from compliance.identity import counters
from compliance.kernel.context import NOBODY
from compliance.kernel.settings import Settings
from concurrent.futures import ThreadPoolExecutor
from sqlalchemy.exc import OperationalError

url, keys, policies, app, rounds, at_once = sys.argv[1:]
house = house_of(furnished(Settings(url, "http://127.0.0.1:8000", Path(keys), Path(policies), Path(keys).parent)))

def spends(step):
    while True:
        try:
            with house.work(NOBODY) as ctx:
                return counters.spend(ctx, UUID(app), step)
        except OperationalError:
            continue

with ThreadPoolExecutor(int(at_once)) as pool:
    print("ready", flush=True)
    for line in sys.stdin:
        print(sum(pool.map(spends, [int(line)] * int(at_once))), flush=True)
"""


@pytest.mark.rule("IDN-3")
def test_several_processes_spend_a_code_once_between_them(house: House) -> None:
    an_account(house)
    [app] = every(house, Authenticator)
    settings = house.settings
    words = [
        settings.database_url, str(settings.key_file), str(settings.policy_dir), str(app.id), "30",
        str(AT_ONCE // PROCESSES),
    ]  # fmt: skip
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _SPENDS, *words], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    try:
        for program in programs:
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"
        for each in range(30):
            won = 0
            for program in programs:
                assert program.stdin is not None
                program.stdin.write(f"{10**9 + each}\n")
                program.stdin.flush()
            for program in programs:
                assert program.stdout is not None
                won += int(program.stdout.readline())
            assert won == 1, f"round {each}"
    finally:
        for program in programs:
            program.communicate(timeout=30)


@pytest.mark.rule("IDN-3")
def test_whoever_looks_first_and_writes_afterwards_would_let_many_in(house: House) -> None:
    """Why it is one statement: the same rounds catch the other way of writing it, where the store lets it happen."""
    an_account(house)
    [app] = every(house, Authenticator)

    def looks_then_writes(ctx: Context, each: int, _: int) -> bool:
        with house.reading(NOBODY) as looking:
            spent = looking.session.get(SpentStep, app.id)
            before = spent.step if spent else 0
        time.sleep(0.005)
        if before >= 10**9 + each:
            return False
        counters.spend(ctx, app.id, 10**9 + each)
        return True

    assert sum(wins(house, 5, looks_then_writes, at_once=16)) > 5

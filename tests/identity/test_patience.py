"""Late answers and hashes hold a share of the threads and no more; whoever finds no place is told at once."""

from __future__ import annotations

import threading
import time

import pytest

from compliance.identity.errors import FailedAmongMany, TooManyAtOnce
from compliance.identity.patience import Patience


@pytest.mark.rule("IDN-4", "DEC-3")
def test_a_late_answer_is_late_from_when_it_was_asked() -> None:
    patience = Patience(32)
    began = time.monotonic()

    patience.late(120, since=began - 119.9)
    assert 0.09 < time.monotonic() - began < 60
    patience.late(120, since=began - 121)
    patience.late(0, since=began)
    assert time.monotonic() - began < 60


@pytest.mark.rule("IDN-4", "DEC-3")
def test_of_all_threads_a_quarter_sleeps_and_the_others_are_answered_at_once() -> None:
    patience = Patience(32)
    told: list[int] = []

    def fail() -> None:
        try:
            patience.late(4, since=time.monotonic())
        except FailedAmongMany as refused:
            told.append(refused.retry_after)

    began = time.monotonic()
    threads = [threading.Thread(target=fail) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == 24
    assert set(told) == {4}, "a caller is asked to come back when the sleepers have woken"
    assert time.monotonic() - began < 60
    patience.late(0.01, since=time.monotonic())


@pytest.mark.rule("IDN-4", "IDN-5", "DEC-3")
def test_few_hashes_are_done_at_once_a_few_wait_and_the_others_are_told_at_once() -> None:
    patience = Patience(32)
    let_go, inside, most = threading.Event(), [], []
    told: list[str] = []

    def hash_one() -> None:
        try:
            with patience.hashing():
                inside.append(1)
                most.append(len(inside))
                let_go.wait(10)
                inside.pop()
        except TooManyAtOnce as refused:
            told.append(refused.code)

    threads = [threading.Thread(target=hash_one) for _ in range(32)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 10
    while len(told) < 22 and time.monotonic() < until:
        time.sleep(0.01)
    assert told == ["too-many-at-once"] * 22
    let_go.set()
    for thread in threads:
        thread.join()

    assert max(most) == 2
    assert len(told) == 22
    with patience.hashing():
        pass


@pytest.mark.rule("IDN-4")
def test_a_place_is_given_back_by_whoever_fails_in_it() -> None:
    patience = Patience(1)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), patience.hashing():
            raise ZeroDivisionError

    with patience.hashing():
        pass

"""Waiting for a change: told at once, nothing of the store held, a place for each, and over when the process stops (DEC-4).

Seen to fail: with a connection kept by whoever waits, there is no moment at which the store has all of its own back.
"""

from __future__ import annotations

import os
import threading
import time

import pytest

from compliance.changes.errors import TooManyWait
from compliance.changes.waiting import Bell
from compliance.identity import use_cases as identity
from compliance.kernel.context import House, operator
from tests.builders.api import Calls, is_problem


def a_change(house: House) -> None:
    with house.work(operator("tests")) as ctx:
        identity.register_client(ctx, name="Another", scopes=["decisions"])


@pytest.mark.rule("DEC-4")
def test_whoever_waits_is_told_as_soon_as_something_changes(calls: Calls) -> None:
    program = calls.a_program(["changes:read"])
    cursor = program.get("/api/v1/changes", after="now").json["next"]
    changing = threading.Timer(0.5, a_change, args=[calls.house])
    changing.start()

    begun = time.monotonic()
    page = program.get("/api/v1/changes", after=cursor, wait=20).json

    assert [item["type"] for item in page["items"]] == ["client.registered"]
    assert 0.4 < time.monotonic() - begun < 10
    changing.join()


@pytest.mark.rule("DEC-4")
def test_a_wait_in_vain_ends_in_time_with_the_same_cursor_and_holds_no_connection(calls: Calls) -> None:
    program = calls.a_program(["changes:read"])
    cursor = program.get("/api/v1/changes", after="now").json["next"]
    held: list[int] = []

    def look() -> None:
        for _ in range(8):
            time.sleep(0.1)
            held.append(calls.house.engine.pool.checkedout())  # type: ignore[attr-defined]

    looking = threading.Thread(target=look)
    looking.start()
    begun = time.monotonic()
    page = program.get("/api/v1/changes", after=cursor, wait=1).json
    looking.join()

    assert (page["items"], page["next"]) == ([], cursor)
    assert 0.9 < time.monotonic() - begun < 5
    assert min(held[1:]) == 0
    assert held.count(0) > len(held) // 2


@pytest.mark.rule("DEC-4")
def test_a_program_that_was_ended_while_it_waited_is_told_nothing(sqlite_calls: Calls) -> None:
    client_id, secret = sqlite_calls.a_client(["changes:read"])
    token = sqlite_calls.token(client_id, secret).json["access_token"]
    program = sqlite_calls.a_program(["changes:read"])
    program.token = token
    cursor = program.get("/api/v1/changes", after="now").json["next"]

    def end() -> None:
        from compliance.identity.models import ServiceClient
        from tests.builders.identity import every

        mine = next(each for each in every(sqlite_calls.house, ServiceClient) if each.client_id == client_id)
        with sqlite_calls.house.work(operator("tests")) as ctx:
            identity.end_client(ctx, mine.id)

    ending = threading.Timer(0.3, end)
    ending.start()
    is_problem(program.get("/api/v1/changes", after=cursor, wait=10), 401)
    ending.join()


def test_no_more_wait_than_may_and_no_program_has_every_place(sqlite_house: House) -> None:
    bell = Bell(32)
    waiting = [
        threading.Thread(target=bell.wait, args=[sqlite_house.engine, who, 10**9, 20]) for who in ("a", "a", "b", "b")
    ]
    for thread in waiting[:2]:
        thread.start()
    time.sleep(0.2)
    with pytest.raises(TooManyWait) as refused:
        bell.wait(sqlite_house.engine, "a", 10**9, 20)
    assert refused.value.retry_after == 5
    for thread in waiting[2:]:
        thread.start()
    time.sleep(0.2)
    with pytest.raises(TooManyWait):
        bell.wait(sqlite_house.engine, "c", 10**9, 20)

    begun = time.monotonic()
    bell.stop()
    for thread in waiting:
        thread.join(5)
    assert time.monotonic() - begun < 2
    bell.wait(sqlite_house.engine, "c", 10**9, 20)
    assert time.monotonic() - begun < 2, "nobody waits in a process that is over"


def test_everybody_is_let_go_when_the_other_end_of_the_pipe_is_shut(sqlite_house: House) -> None:
    theirs, ours = os.pipe()
    bell = Bell(32, theirs)
    waiting = threading.Thread(target=bell.wait, args=[sqlite_house.engine, "a", 10**9, 20])
    waiting.start()
    time.sleep(0.3)
    os.close(ours)
    begun = time.monotonic()
    waiting.join(5)

    assert not waiting.is_alive()
    assert time.monotonic() - begun < 2
    os.close(theirs)

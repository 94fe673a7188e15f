"""What one program in a loop can take from the others has a bound, and everybody is told how far theirs reaches."""

from __future__ import annotations

import re

import pytest

from compliance.api.allowances import SECONDS, Allowance
from tests.builders.api import Caller, Calls, is_problem
from tests.builders.decisions import ONE, a_question


class Minutes:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_program_has_its_own_minute_and_it_begins_anew() -> None:
    clock = Minutes()
    allowance = Allowance("calls", clock)

    assert [allowance.take("one", 2).over for _ in range(3)] == [False, False, True]
    assert allowance.take("two", 2).calls == 1
    clock.now += SECONDS - 0.5
    assert (allowance.take("one", 2).over, allowance.take("one", 2).seconds) == (True, 1)
    clock.now += 0.5
    assert (allowance.take("one", 2).calls, allowance.take("one", 2).over) == (1, False)


def test_a_quota_that_was_raised_counts_at_once() -> None:
    allowance = Allowance("calls", Minutes())

    assert [allowance.take("one", 1).over for _ in range(2)] == [False, True]
    assert allowance.take("one", 5).calls == 2


def lines(reply: object) -> tuple[str, int]:
    """The policy an answer names, and how many calls it says are left."""
    headers = reply.headers  # type: ignore[attr-defined]
    found = re.fullmatch(r'"(calls|decisions)";r=(\d+);t=(\d+)', headers["RateLimit"])
    assert found, headers["RateLimit"]
    assert 1 <= int(found[3]) <= SECONDS
    assert re.fullmatch(rf'"{found[1]}";q=\d+;w={SECONDS}', headers["RateLimit-Policy"])
    return found[1], int(found[2])


def test_every_answer_to_a_program_says_how_many_calls_are_left(sqlite_calls: Calls) -> None:
    program = sqlite_calls.a_program()

    first, second = (lines(program.get("/api/v1/changes")) for _ in range(2))
    assert first[0] == second[0] == "calls"
    assert second[1] == first[1] - 1
    asked, again = (lines(program.post(ONE, a_question())) for _ in range(2))
    assert asked[0] == "decisions"
    assert again[1] == asked[1] - 1
    assert "RateLimit" not in sqlite_calls.someone("hub_manager").get("/api/v1/organisations").headers


@pytest.mark.parametrize("path", ["/api/v1/changes", ONE])
def test_one_call_too_many_is_told_when_to_come_again_and_others_are_heard(
    sqlite_calls: Calls, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    one, two = sqlite_calls.a_program(), sqlite_calls.a_program()
    take = Allowance.take
    monkeypatch.setattr(Allowance, "take", lambda self, program, _quota: take(self, program, 2))

    def call(program: Caller) -> object:
        return program.post(path, a_question()) if path == ONE else program.get(path)

    for _ in range(2):
        assert call(one).status_code == 200  # type: ignore[attr-defined]
    refused = call(one)
    said = is_problem(refused, 429, "too-many-calls")  # type: ignore[arg-type]

    assert said["rule"] == "DEC-3"
    assert 1 <= int(refused.headers["Retry-After"]) <= SECONDS  # type: ignore[attr-defined]
    assert lines(refused)[1] == 0
    assert call(two).status_code == 200  # type: ignore[attr-defined]

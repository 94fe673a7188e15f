"""A change that is sent twice under one key happens once, and is answered the same (AUD-2).

Seen to fail: without the lock of the key, calls that come at once break on its row on PostgreSQL.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, Response, g

from compliance import scheduler
from compliance.api.errors import status_of
from compliance.api.idempotency import once
from compliance.api.replies import changed
from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.models import ServiceClient
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Actor, Context, operator
from compliance.kernel.errors import Conflict, Refusal
from compliance.kernel.idempotency import IdempotencyKey
from compliance.kernel.jobs import run_now
from tests.builders.identity import every, logged

AT_ONCE = 8


def sends(
    app: Flask, key: str | None = '"k-1"', body: bytes = b"{}", *, path: str = "/api/v1/things", who: str = "tests",
    meanwhile: Callable[[], Any] = lambda: None,
) -> tuple[int, str]:  # fmt: skip
    """Send a change that makes a new client every time it is acted on; how it is answered."""

    def act(ctx: Context) -> Callable[[], Response]:
        client, _ = identity.register_client(ctx, name="Made anew", scopes=["retention"])
        meanwhile()
        return lambda: changed(ctx, {"client": client.client_id}, 201)

    headers = {} if key is None else {"Idempotency-Key": key}
    with app.test_request_context(path, method="POST", data=body, headers=headers):
        actor = operator(who)
        g.actor = Actor(actor.kind, actor.id, holdings=actor.holdings)
        try:
            reply = once(act)
        except Refusal as refusal:
            return status_of(refusal), refusal.code
    return reply.status_code, reply.get_data(as_text=True)


def made(app: Flask) -> int:
    return len(every(house_of(app), ServiceClient))


@pytest.mark.rule("AUD-2", "DEC-7")
def test_the_same_request_under_its_key_is_answered_again_byte_for_byte_and_done_once(app: Flask) -> None:
    first = sends(app)

    assert first[0] == 201
    assert '"receipt":' in first[1]
    assert sends(app) == first
    assert sends(app, " k-1 ") == first, "bare, it is the same key"
    assert made(app) == 1


@pytest.mark.rule("AUD-2")
def test_the_key_of_another_request_is_refused_and_another_key_is_another_request(sqlite_app: Flask) -> None:
    first = sends(sqlite_app)

    assert sends(sqlite_app, body=b'{"a":1}') == (422, "idempotency-key-reused")
    assert sends(sqlite_app, path="/api/v1/things?a=1") == (422, "idempotency-key-reused")
    assert made(sqlite_app) == 1
    others = [
        sends(sqlite_app, '"k-2"'),
        sends(sqlite_app, who="others"),
        sends(sqlite_app, None),
        sends(sqlite_app, None),
    ]
    assert {status for status, _ in others} == {201}
    assert len({first, *others}) == 5
    assert made(sqlite_app) == 5


@pytest.mark.rule("AUD-2")
def test_what_came_to_nothing_may_be_sent_again_under_its_key(sqlite_app: Flask) -> None:
    def refuse() -> None:
        raise Conflict()

    assert sends(sqlite_app, meanwhile=refuse)[1] == "conflict"
    assert every(house_of(sqlite_app), IdempotencyKey) == []
    assert sends(sqlite_app)[0] == 201
    assert made(sqlite_app) == 1


def test_a_key_is_a_structured_fields_string_or_bare(sqlite_app: Flask) -> None:
    uuid = "8e03978e-40d5-43e8-bc93-6894a57f9324"
    right = (f'"{uuid}"', r'"a \"b\" \\c"', '"' + "k" * 255 + '"', "a.b:c/d+e=")
    wrong = ('""', "", '"', '"a', 'a"b', '"a\\x"', "a b", '"a", "b"', '"a"; q=1', '"é"', "k" * 256, "(a)")

    assert {key: sends(sqlite_app, key)[0] for key in right} == dict.fromkeys(right, 201)
    assert {key: sends(sqlite_app, key)[0] for key in wrong} == dict.fromkeys(wrong, 400)
    assert sends(sqlite_app, uuid) == sends(sqlite_app, f'"{uuid}"')


@pytest.mark.rule("AUD-2")
def test_a_quoted_key_is_told_by_its_characters(sqlite_app: Flask) -> None:
    sends(sqlite_app, r'"a\\b"')

    assert [row.key for row in every(house_of(sqlite_app), IdempotencyKey)] == ["a\\b"]


@pytest.mark.rule("AUD-2")
def test_of_many_at_once_one_is_acted_on(app: Flask) -> None:
    begin, answers = threading.Barrier(AT_ONCE), list[tuple[int, str]]()

    def run() -> None:
        begin.wait(timeout=60)
        answers.append(sends(app))

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert len(answers) == AT_ONCE
    assert made(app) == 1
    assert {status for status, _ in answers} <= {201, 409}
    assert len({said for status, said in answers if status == 201}) == 1
    assert {said for status, said in answers if status == 409} <= {"still-running"}


@pytest.mark.rule("AUD-2")
def test_whoever_comes_while_the_first_is_running_is_told_so_or_waits_for_its_answer(app: Flask) -> None:
    second: list[tuple[int, str]] = []
    coming = threading.Thread(target=lambda: second.append(sends(app)))

    def comes() -> None:
        coming.start()
        coming.join(timeout=10 if house_of(app).engine.dialect.name == "postgresql" else 0.2)

    first = sends(app, meanwhile=comes)
    coming.join(timeout=60)

    assert second == ([(409, "still-running")] if house_of(app).engine.dialect.name == "postgresql" else [first])
    assert sends(app) == first
    assert made(app) == 1


@pytest.mark.rule("AUD-2", "RET-9")
def test_an_answer_is_kept_for_a_day_and_then_forgotten(app: Flask, clock: FixedClock) -> None:
    house, job = house_of(app), scheduler.job_named("forget-kept-answers")
    assert job is not None
    first = sends(app)
    clock.move(timedelta(hours=23))
    sends(app, '"k-2"')
    assert (run_now(house, job).done, sends(app)) == (0, first)

    clock.move(timedelta(hours=1))
    assert sends(app) != first, "a day later it is a new request, even before it was forgotten"
    clock.move(timedelta(hours=23, minutes=30))
    assert run_now(house, job).done == 1

    assert [row.key for row in every(house, IdempotencyKey)] == ["k-1"]
    assert [entry.detail for entry in logged(house, "api.answers_forgotten")] == ['{"answers":1}']

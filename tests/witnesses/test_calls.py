"""A witness that is called: `audit/witness.py` itself, and others that answer in every way they should not."""

from __future__ import annotations

import socket
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from audit.sealing import checkpoint, origin
from compliance.kernel.context import House
from compliance.kernel.jobs import Stopping
from compliance.witnesses import calls, own
from compliance.witnesses.asking import ask, ask_all
from compliance.witnesses.rules import Answer, Problem
from tests.support.installation import a_free_port
from tests.support.witness import Witness, a_strange_witness, says
from tests.witnesses.conftest import Past, grow

HUGE = 9_000_000_000_000_000_000


def asked(house: House, prefix: str, *, guess: int = 0) -> Answer:
    return ask(house, prefix, Stopping(), guess=guess)


@pytest.fixture
def house(sqlite_house: House) -> House:
    """The database makes no difference here."""
    return sqlite_house


@pytest.mark.rule("AUD-3")
def test_a_witness_takes_the_newest_checkpoint_whatever_it_is_thought_to_hold(house: House, witness: Witness) -> None:
    assert asked(house, witness.prefix) == Answer(witness.prefix)
    grow(house, 3)
    for guess in (0, 2, 5, 3, 999):
        answer = asked(house, witness.prefix, guess=guess)
        assert answer.took, answer
        with house.engine.connect() as connection:
            assert witness.kept == checkpoint(connection)
        grow(house, 2)


@pytest.mark.rule("AUD-3")
def test_a_log_that_was_turned_back_or_grew_another_way_is_found_and_proven(
    house: House, witness: Witness, past: Past
) -> None:
    grow(house, 5)
    past.take()
    grow(house, 5)
    assert asked(house, witness.prefix).took
    kept = witness.kept

    past.put_back()
    for guess in (0, 5, 10):
        answer = asked(house, witness.prefix, guess=guess)
        assert (answer.problem, answer.held and answer.held.note) == (Problem.AHEAD, kept)
    grow(house, 5)
    assert asked(house, witness.prefix).problem is Problem.FORKED
    grow(house, 5)
    assert asked(house, witness.prefix).problem is Problem.FORKED
    assert witness.kept == kept


@pytest.mark.rule("AUD-3")
def test_what_a_witness_only_says_is_told_apart_from_what_it_proves(house: House) -> None:
    grow(house, 5)
    with a_strange_witness(says(409, f"{HUGE}\n".encode(), "text/x.tlog.size")) as prefix:
        answer = asked(house, prefix)
        assert (answer.problem, answer.held and answer.held.text) == (
            Problem.CLAIMS_MORE, f"{origin(house)}\n{HUGE}\n",
        )  # fmt: skip
    with a_strange_witness(says(422)) as prefix:
        assert asked(house, prefix).problem is Problem.NOT_UNDERSTOOD, "nothing was to be proven from nothing"
        assert asked(house, prefix, guess=3).problem is Problem.CLAIMS_OTHER
    with a_strange_witness(says(409, b"5\n", "text/x.tlog.size")) as prefix:
        assert asked(house, prefix).problem is Problem.CLAIMS_OTHER


ODD = {
    "a page": (says(200, b"<html>Welcome</html>", "text/html"), Problem.NOT_UNDERSTOOD),
    "nothing": (says(200), Problem.NOT_UNDERSTOOD),
    "bytes": (says(200, bytes(range(256))), Problem.NOT_UNDERSTOOD),
    "a huge body": (says(200, b"\xe2\x80\x94 w AAAA\n" * 100_000), Problem.NOT_UNDERSTOOD),
    "a huge size": (says(409, b"9" * 5000, "text/x.tlog.size"), Problem.NOT_UNDERSTOOD),
    "a size too large": (says(409, b"9999999999999999999\n", "text/x.tlog.size"), Problem.NOT_UNDERSTOOD),
    "a size below nothing": (says(409, b"-4\n", "text/x.tlog.size"), Problem.NOT_UNDERSTOOD),
    "a size in words": (says(409, b"five\n", "text/x.tlog.size"), Problem.NOT_UNDERSTOOD),
    "a size of another type": (says(409, b"900\n", "text/plain"), Problem.NOT_UNDERSTOOD),
    "the size we gave": (says(409, b"0\n", "text/x.tlog.size"), Problem.NOT_UNDERSTOOD),
    "elsewhere": (says(302, b"", Location="http://127.0.0.1:1/"), Problem.REDIRECTED),
    "elsewhere for good": (says(308, b"", Location="http://169.254.169.254/"), Problem.REDIRECTED),
    "another log": (says(404), Problem.LOG_UNKNOWN),
    "another key": (says(403), Problem.KEY_UNKNOWN),
    "no request": (says(400), Problem.NOT_UNDERSTOOD),
    "too much": (says(429), Problem.NO_ANSWER),
    "a fault": (says(500, b"x" * 10_000_000), Problem.NOT_UNDERSTOOD),
    "no HTTP": (lambda _asked, caller: caller.sendall(b"SSH-2.0-OpenSSH\r\n" * 9), Problem.NOT_UNDERSTOOD),
    "silence at once": (lambda _asked, caller: caller.shutdown(socket.SHUT_RDWR), Problem.NOT_REACHED),
    "endless headers": (lambda _asked, caller: caller.sendall(b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 9999), Problem.NOT_UNDERSTOOD),
    "a line without end": (lambda _asked, caller: caller.sendall(b"HTTP/1.1 200 " + b"X" * 999_999), Problem.NOT_UNDERSTOOD),
}  # fmt: skip


@pytest.mark.rule("AUD-3")
def test_whatever_a_witness_answers_does_no_harm(house: House) -> None:
    grow(house, 5)
    found = {}
    for kind, (answer, _) in ODD.items():
        with a_strange_witness(answer) as prefix:
            found[kind] = asked(house, prefix)

    assert {kind: answer.problem for kind, answer in found.items()} == {kind: then for kind, (_, then) in ODD.items()}
    assert not any(answer.contradicts or answer.took for answer in found.values())


def test_a_witness_that_changes_its_mind_for_ever_is_left(house: House) -> None:
    grow(house, 5)
    sizes = iter(range(10_000))

    def answer(_asked: bytes, caller: socket.socket) -> None:
        says(409, f"{1 + next(sizes) % 4}\n".encode(), "text/x.tlog.size")(b"", caller)

    with a_strange_witness(answer) as prefix:
        assert asked(house, prefix).problem is Problem.NOT_UNDERSTOOD
    assert next(sizes) < 10


def _dripping(start: bytes, caller: socket.socket) -> None:
    caller.sendall(start)
    for _ in range(200):
        caller.sendall(b"x")
        time.sleep(0.1)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 X\r\nA: ", b"HTTP/1.1 200 X\r\nContent-Length: 9999\r\n\r\n"])
def test_a_slow_witness_is_waited_for_for_so_long_and_no_longer(house: House, start: bytes) -> None:
    grow(house)
    began = time.monotonic()
    with a_strange_witness(lambda _asked, caller: _dripping(start, caller)) as prefix:
        found = calls.offer(
            prefix, partial(own.since, house), origin=origin(house), guess=0, read=partial(own.held_in, house),
            stopping=Stopping(), seconds=0.7,
        )  # fmt: skip

    assert found.problem is Problem.NO_ANSWER
    assert time.monotonic() - began < 5


def test_being_told_to_stop_ends_the_waiting(house: House) -> None:
    grow(house)
    stopping = Stopping()
    threading.Timer(0.3, stopping.tell).start()
    began = time.monotonic()
    with a_strange_witness(lambda _asked, caller: _dripping(b"", caller)) as prefix:
        found = ask(house, prefix, stopping)

    assert (found.problem, time.monotonic() - began < 5) == (Problem.INTERRUPTED, True)


def test_one_that_is_dead_holds_up_none_of_the_others(house: House, witness: Witness, folder: Path) -> None:
    grow(house)
    dead = f"http://127.0.0.1:{a_free_port()}"
    with a_strange_witness(lambda _asked, caller: time.sleep(15)) as silent:
        began = time.monotonic()
        found = ask_all(house, [dead, silent, witness.prefix, str(folder)], Stopping(), guesses={}, within=2)
        took = time.monotonic() - began

        assert [answer.problem for answer in found] == [Problem.NOT_REACHED, Problem.NO_ANSWER, None, None]
        assert took < 6
        again = ask_all(house, [silent], Stopping(), guesses={}, within=2)
        assert again[0].problem is Problem.NO_ANSWER, "whoever was left behind is not joined by another"
        assert sum(thread.name == f"witness {silent}" for thread in threading.enumerate()) <= 1


def test_a_certificate_nobody_vouches_for_is_not_trusted(house: House) -> None:
    grow(house)
    with a_strange_witness(says(200)) as prefix:
        found = asked(house, prefix.replace("http:", "https:"))

    assert found.problem in {Problem.NOT_TRUSTED, Problem.NOT_REACHED, Problem.NO_ANSWER}

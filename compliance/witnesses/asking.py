"""Asking witnesses: whoever can be compared with is given the newest checkpoint, all at once, and nobody is waited for long.

Asking is telling: a witness either takes the checkpoint, because the log has grown from what it holds, or says that
it cannot. Each is asked by a thread of its own, which is left behind where it does not come back: a folder of a
machine that is gone can hold whoever looks into it for as long as it likes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

from audit.sealing import origin
from compliance.kernel.context import House
from compliance.kernel.jobs import Stopping

from . import accepting, calls, folder, own
from .rules import Answer, Held, Kind, Problem, kind_of

ALL_SECONDS = 10.0
"""For how long all of them together are waited for."""


def comparable(witnesses: Sequence[str]) -> list[str]:
    """Those that say what they hold. A letter was sent, and says nothing."""
    return [witness for witness in witnesses if kind_of(witness) is not Kind.MAIL]


def ask_all(
    house: House, witnesses: Sequence[str], stopping: Stopping, *, guesses: Mapping[str, int], within: float = ALL_SECONDS
) -> list[Answer]:  # fmt: skip
    """Give each of these the newest checkpoint; what came of it, in their order.

    `guesses` are the sizes they are thought to hold. Raises what the store raises, and LogTouched.
    """
    answers: dict[str, Answer | Exception] = {}

    def asking(witness: str) -> None:
        try:
            answers[witness] = ask(house, witness, stopping, guess=guesses.get(witness, 0))
        except Exception as problem:  # noqa: BLE001 - handed on to whoever asked, below
            answers[witness] = problem

    left_behind = {thread.name for thread in threading.enumerate()}
    threads = [
        threading.Thread(target=asking, args=[witness], name=f"witness {witness}", daemon=True)
        for witness in witnesses
        if f"witness {witness}" not in left_behind
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + within
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))

    found = [answers.get(witness, Answer(witness, problem=Problem.NO_ANSWER)) for witness in witnesses]
    for answer in found:
        if isinstance(answer, Exception):
            raise answer
    return [answer for answer in found if isinstance(answer, Answer)]


def ask(house: House, witness: str, stopping: Stopping, *, guess: int = 0) -> Answer:
    """Give one witness the newest checkpoint. What two people accepted contradicts nothing any more."""

    def since(size: int) -> own.Shown | None:
        return own.since(house, size)

    def read(note: str) -> Held:
        return own.held_in(house, note)

    def is_accepted(held: Held) -> bool:
        with house.engine.connect() as connection:
            return accepting.is_accepted(house, connection, witness, held)

    if kind_of(witness) is Kind.FOLDER:
        return folder.offer(witness, since, read=read, is_accepted=is_accepted)
    answer = calls.offer(witness, since, origin=origin(house), guess=guess, read=read, stopping=stopping)
    if answer.contradicts and answer.held is not None and is_accepted(answer.held):
        return Answer(witness, problem=Problem.ACCEPTED, held=answer.held)
    return answer

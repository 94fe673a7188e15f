"""The same thing at the same instant: several people act, each in a unit of work of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from compliance.kernel.context import Context, House
from compliance.kernel.errors import Refusal
from tests.builders.identity import Acting

Act = Callable[[Context], Any]

_AHEAD = 0.05


def waits(acts: int, number: int | None) -> list[float]:
    """How long each of these acts waits once all may begin, in seconds: in the round of this number of a race.

    Of every ten rounds each act is well ahead of the others in one, so that each order is seen whatever the machine
    is like; in the others, and without a number, all begin even.
    """
    ahead = None if number is None else number % 10
    return [_AHEAD if ahead in range(acts) and each != ahead else 0.0 for each in range(acts)]


def together(
    house: House, acts: Sequence[tuple[Acting | tuple[Any, ...], Act]], number: int | None = None
) -> list[str]:
    """Begin all of these acts at once; for each, in their order, *done* or the name of the refusal.

    `number` is that of the round, where each order of them has to be seen (`waits`).
    """
    late = waits(len(acts), number)
    begin = threading.Barrier(len(acts))
    ends = ["did not end"] * len(acts)

    def run(one: int) -> None:
        who, act = acts[one]
        begin.wait(timeout=30)
        time.sleep(late[one])
        try:
            with house.work(*who) as ctx:
                act(ctx)
            ends[one] = "done"
        except Refusal as refused:
            ends[one] = type(refused).__name__

    threads = [threading.Thread(target=run, args=(one,)) for one in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ends

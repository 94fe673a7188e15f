"""The same thing at the same instant: several people act, each in a unit of work of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from compliance.kernel.context import Context, House
from compliance.kernel.errors import Refusal
from tests.builders.identity import Acting

Act = Callable[[Context], Any]


def together(house: House, acts: Sequence[tuple[Acting, Act]]) -> list[str]:
    """Begin all of these acts at once; for each, in their order, *done* or the name of the refusal."""
    begin = threading.Barrier(len(acts))
    ends = ["did not end"] * len(acts)

    def run(number: int) -> None:
        who, act = acts[number]
        begin.wait(timeout=30)
        try:
            with house.work(*who) as ctx:
                act(ctx)
            ends[number] = "done"
        except Refusal as refused:
            ends[number] = type(refused).__name__

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ends

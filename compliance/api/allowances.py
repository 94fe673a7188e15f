"""How many calls a program may make in a minute, and telling it how many are left (DEC-3).

Counted in each process of the service by itself, in the time that passes on this machine: a bound on what one program in
a loop can take from the others, not an account of what it used. Told as draft-ietf-httpapi-ratelimit-headers-10 has it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

SECONDS = 60
MOST_KNOWN = 4096
"""Programs that are counted at once; there are never so many, and a store of counters must not grow without end."""


@dataclass(slots=True)
class _Window:
    ends: float
    taken: int = 0


class Left(NamedTuple):
    """What is left of a program's minute after this call; `over` where there was nothing left for it."""

    policy: str
    quota: int
    calls: int
    seconds: int
    over: bool

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The two lines that an answer says it in."""
        return [
            ("RateLimit-Policy", f'"{self.policy}";q={self.quota};w={SECONDS}'),
            ("RateLimit", f'"{self.policy}";r={self.calls};t={self.seconds}'),
        ]


class Allowance:
    """Counts the calls of each program under one name."""

    def __init__(self, policy: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._clock = clock
        self._line = threading.Lock()
        self._windows: dict[str, _Window] = {}

    def take(self, program: str, quota: int) -> Left:
        """One call more. What is left, which for a call too many is nothing."""
        now = self._clock()
        with self._line:
            window = self._windows.get(program)
            if window is None or now >= window.ends:
                if len(self._windows) >= MOST_KNOWN:
                    self._windows.clear()
                window = self._windows[program] = _Window(now + SECONDS)
            window.taken += 1
            taken = window.taken
        return Left(self._policy, quota, max(0, quota - taken), max(1, math.ceil(window.ends - now)), taken > quota)

"""Places to wait in: how many of a process's threads may wait long for one busy thing (DEC-3).

A log that is locked keeps whoever writes waiting until their patience ends. Were all of a process's threads let wait,
nothing else would be answered meanwhile: not whether the process lives, no style sheet, no page that needs no log. So a
share of them may wait for all of that time; the others try briefly, and, once those before them have waited longer
than that, once. As nobody waits where nothing is stuck, this costs nothing then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PLACES = "compliance_places"
"""The execution option that says where a transaction waits for its turn; None for one that always may."""

WAIT_SECONDS = "compliance_wait_seconds"
"""The execution option that says how long anything may wait for the store."""

_BRIEF_SHARE = 4


class Places:
    """So many may wait for as `long` as it says; all others a quarter of that."""

    def __init__(self, most: int, wait_seconds: float) -> None:
        self._most = max(1, most)
        self.long = wait_seconds
        self._brief = wait_seconds / _BRIEF_SHARE
        self._since: dict[object, float] = {}
        self._lock = threading.Lock()

    @contextmanager
    def patience(self) -> Iterator[float]:
        """For how many seconds whoever comes now may wait; 0 where to wait is in vain."""
        place, now = object(), time.monotonic()
        with self._lock:
            placed = len(self._since) < self._most
            stuck = not placed and now - min(self._since.values()) > self._brief
            if placed:
                self._since[place] = now
        try:
            yield self.long if placed else 0.0 if stuck else self._brief
        finally:
            with self._lock:
                self._since.pop(place, None)

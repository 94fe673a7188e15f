"""How many of the server's threads signing in may hold, so that the case system's questions always find one (IDN-4, DEC-3).

A wrong guess is answered late and a password costs a hash; each keeps a thread waiting. Whoever guesses over many
connections could hold every thread of a process, and decisions would wait behind them. So each kind of waiting has its
places, a share of the process's threads; whoever finds none is told at once, and is told alike under every name.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from .errors import FailedAmongMany, TooManyAtOnce

_SLEEPERS_SHARE = 4
_IN_LINE_SHARE = 4
_HASHES_SHARE = 16
_LONGEST_IN_LINE_SECONDS = 2.0


class Patience:
    """The places of one process: for late answers, for passwords being hashed, and for those who wait in line for that."""

    def __init__(self, threads: int) -> None:
        self.sleepers = max(1, threads // _SLEEPERS_SHARE)
        self.hashes = max(1, threads // _HASHES_SHARE)
        self.in_line = max(1, threads // _IN_LINE_SHARE)
        self._sleeping = threading.BoundedSemaphore(self.sleepers)
        self._hashing = threading.BoundedSemaphore(self.hashes)
        self._in_line = threading.BoundedSemaphore(self.hashes + self.in_line)

    def late(self, seconds: float, *, since: float) -> None:
        """Answer a failure no sooner than so many seconds after `since`, an instant of `time.monotonic` (IDN-4).

        Counted from when it was asked, so that a failure that locked something, and so cost more work, is answered no
        later than another. Where too many wait already it is answered at once: raises FailedAmongMany.
        """
        left = since + seconds - time.monotonic()
        if not seconds or left <= 0:
            return
        if not self._sleeping.acquire(blocking=False):
            raise FailedAmongMany(retry_after=ceil(seconds))
        try:
            time.sleep(left)
        finally:
            self._sleeping.release()

    @contextmanager
    def hashing(self) -> Iterator[None]:
        """Within it a hash may be done, and what follows from it be written: few at once, a few more wait their turn.

        Raises TooManyAtOnce for all others.
        """
        if not self._in_line.acquire(blocking=False):
            raise TooManyAtOnce(retry_after=1)
        try:
            if not self._hashing.acquire(timeout=_LONGEST_IN_LINE_SECONDS):
                raise TooManyAtOnce(retry_after=1)
            try:
                yield
            finally:
                self._hashing.release()
        finally:
            self._in_line.release()

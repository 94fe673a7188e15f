"""Waiting for the next change without holding anything of the store, and with a place for each who waits (DEC-4).

One thread of a process looks at the store for all who wait in it, a few times a second and only while somebody does.
Whoever waits keeps a thread of the server busy, so no more than a share of those may, and no program may have all of
the share. When the process is told to stop, everybody who waits is let go at once: `compliance serve` shuts the pipe
whose other end its processes were given.
"""

from __future__ import annotations

import os
import select as files
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from audit.models import RightsChange

from .errors import TooManyWait

LOOK_SECONDS = 0.25
AGAIN_SECONDS = 5
STOP_FD = "COMPLIANCE_STOP_FD"
"""The setting by which `compliance serve` tells its processes which file ends when they are to stop."""

_SHARE = 8
"""Which part of a process's threads may wait."""


class Bell:
    """Rings in a process when something has changed, and when it is over."""

    def __init__(self, threads: int, stop_fd: int | None = None) -> None:
        self._most = max(1, threads // _SHARE)
        self._each = max(1, self._most // 2)
        self._stop_fd = stop_fd
        self._rung = threading.Condition()
        self._waiting: Counter[str] = Counter()
        self._looking = False
        self._newest = -1
        self._over = False

    @classmethod
    def of(cls, threads: int) -> Bell:
        """The bell of this process, as whoever started it told it."""
        given = os.environ.get(STOP_FD, "")
        return cls(threads, int(given) if given.isdecimal() else None)

    def wait(self, engine: Engine, client: str, beyond: int, seconds: float) -> None:
        """Come back once there is a change with an entry beyond this one, or so many seconds are over.

        Raises TooManyWait. Nothing of the store is held meanwhile by whoever waits.
        """
        until = time.monotonic() + seconds
        with self._place(client), self._rung:
            self._newest = -1
            if not self._looking and not self._over:
                self._looking = True
                threading.Thread(target=self._look, args=[engine], daemon=True, name="changes").start()
            while not self._over and self._newest <= beyond and (left := until - time.monotonic()) > 0:
                self._rung.wait(left)

    def stop(self) -> None:
        """Let everybody go, and nobody wait any more."""
        with self._rung:
            self._over = True
            self._rung.notify_all()

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        with self._rung:
            if self._waiting.total() >= self._most or self._waiting[client] >= self._each:
                raise TooManyWait(retry_after=AGAIN_SECONDS)
            self._waiting[client] += 1
        try:
            yield
        finally:
            with self._rung:
                self._waiting[client] -= 1

    def _look(self, engine: Engine) -> None:
        while True:
            newest = _newest(engine)
            with self._rung:
                if self._waiting.total() == 0 or self._over:
                    self._looking = False
                    return
                if newest is None or newest > self._newest:
                    # A store that does not answer is something that everybody may learn by asking it.
                    self._newest = 2**63 if newest is None else newest
                    self._rung.notify_all()
            if self._is_told(LOOK_SECONDS):
                self.stop()

    def _is_told(self, seconds: float) -> bool:
        """Sleep, unless the process is told to stop meanwhile."""
        if self._stop_fd is None:
            time.sleep(seconds)
            return False
        try:
            return bool(files.select([self._stop_fd], [], [], seconds)[0])
        except (OSError, ValueError):
            time.sleep(seconds)
            return False


def _newest(engine: Engine) -> int | None:
    """The entry of the newest change; -1 for none, None where the store does not say."""
    try:
        with engine.connect() as connection:
            return connection.execute(select(func.coalesce(func.max(RightsChange.entry), -1))).scalar_one()
    except SQLAlchemyError:
        return None

"""Whether a running process is closed, because a witness has proven its log to be another than it saw (AUD-3).

Whoever finds that out puts it down for all: each process looks every few seconds, and one that has seen it stays
closed until it is started anew, when it asks the witnesses itself. So whoever rolled the store back cannot take it
back from under a process that knows.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from compliance.kernel.context import House

from . import states

LOOKS_EVERY_SECONDS = 5.0


@dataclass
class Watch:
    """One process's knowledge; a fixture of its house."""

    closed: bool = False
    every_seconds: float = LOOKS_EVERY_SECONDS
    _look_at: float = 0.0
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def is_closed(self, house: House) -> bool:
        """Whether nothing may be shown, decided or changed here. Where there is no witness, it costs nothing to ask."""
        if self.closed or not house.settings.witnesses:
            return self.closed
        if time.monotonic() >= self._look_at and self._turn.acquire(blocking=False):
            try:
                self.closed = _is_contradicted(house)
                self._look_at = time.monotonic() + self.every_seconds
            finally:
                self._turn.release()
        return self.closed


def _is_contradicted(house: House) -> bool:
    try:
        with house.engine.connect() as connection:
            return bool(states.contradicting(connection, house.settings.witnesses))
    except SQLAlchemyError:
        # A store that does not answer answers nobody else either; it is looked at again.
        return False

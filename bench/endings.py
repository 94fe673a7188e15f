"""Stale permits and wrong denials of four workers, while rights of every kind end around them (DEC-4)."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.endings.run import Outcome, Wanted, run

from .stand import a_database

ENDINGS = 1_200
DECISIONS = 100_000
SAYS_EVERY_SECONDS = 10.0


def measure(store: str) -> Outcome:
    """So many endings on an empty store, and so many decisions at the least."""
    said = time.monotonic()

    def say(line: str) -> None:
        nonlocal said
        if time.monotonic() > said + SAYS_EVERY_SECONDS:
            said = time.monotonic()
            print(f"  … {line}", flush=True)

    with tempfile.TemporaryDirectory(prefix="marac-bench-") as directory, a_database(store) as url:
        return run(Path(directory) / "var", url, Wanted(ENDINGS, DECISIONS), say)

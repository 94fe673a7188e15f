"""The small world once more, for the documents that are tried in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from compliance.app import create_app, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from tests.inventory.contract import document
from tests.inventory.world import World, a_world
from tests.support.store import migrated


@contextmanager
def small_world() -> Iterator[World]:
    """A world of its own, which is thrown away."""
    with tempfile.TemporaryDirectory() as directory:
        keys, store = Path(directory) / "keys.json", Path(directory) / "world.db"
        create_key_file(keys)
        migrated(f"sqlite:///{store}")
        clock = FixedClock(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
        settings = Settings(
            f"sqlite:///{store}", "http://127.0.0.1:8000", keys, REPOSITORY / "policies", Path(directory)
        )
        app = create_app(settings, clock)
        try:
            yield a_world(app, clock, store)
        finally:
            house_of(app).engine.dispose()


def contract() -> str:
    """The contract as its file should have it."""
    with small_world() as world:
        return document.written(document.document(world))

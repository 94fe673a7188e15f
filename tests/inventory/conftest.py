"""The world that the matrix is walked in: built once for each worker, put back after each attempt that changed it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.app import create_app, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.settings import REPOSITORY, Settings
from tests.inventory.world import World, a_world
from tests.support.store import migrated


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Iterator[World]:
    """A small Kent with somebody of every role, on SQLite: roles and reaches are the same on any store."""
    directory = tmp_path_factory.mktemp("world")
    path = directory / "world.db"
    url = f"sqlite:///{path}"
    migrated(url)
    clock = FixedClock(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
    app = create_app(Settings(url, "http://127.0.0.1:8000", key_file, REPOSITORY / "policies", directory), clock)
    yield a_world(app, clock, path)
    house_of(app).engine.dispose()

"""What every test may ask for: a house on a real database, a clock that stands still, a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from compliance.app import create_app, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from tests.support.browser import *  # noqa: F403
from tests.support.databases import *  # noqa: F403
from tests.support.databases import Fresh
from tests.support.store import migrated

TODAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """Saturday 21 November 2026, ten o'clock in London, until it is moved."""
    return FixedClock(TODAY)


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys made for this run."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    create_key_file(path)
    return path


@pytest.fixture
def settings(database_url: Fresh, key_file: Path, tmp_path: Path) -> Settings:
    """A configuration on a freshly migrated database, once on SQLite and once on PostgreSQL."""
    return _settings(database_url(migrated), key_file, tmp_path)


@pytest.fixture
def app(settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    """The whole application on each database."""
    app = create_app(settings, clock)
    yield app
    house_of(app).engine.dispose()


@pytest.fixture
def house(app: Flask) -> House:
    """The house of `app`: open a unit of work with `house.work(actor)`."""
    return house_of(app)


@pytest.fixture
def sqlite_app(sqlite_url: Fresh, key_file: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """The whole application on SQLite alone, for tests that the database makes no difference to."""
    app = create_app(_settings(sqlite_url(migrated), key_file, tmp_path), clock)
    yield app
    house_of(app).engine.dispose()


@pytest.fixture
def sqlite_house(sqlite_app: Flask) -> House:
    """The house of `sqlite_app`."""
    return house_of(sqlite_app)


def _settings(url: str, key_file: Path, tmp_path: Path) -> Settings:
    return Settings(
        database_url=url,
        base_url="http://127.0.0.1:8000",
        key_file=key_file,
        policy_dir=REPOSITORY / "policies",
        var_dir=tmp_path,
        demo=True,
    )

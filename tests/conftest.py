"""What every test may ask for: a house on a real database, a clock that stands still, a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from compliance.app import create_app, furnished, house_of
from compliance.identity import passwords
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from tests.support.browser import *  # noqa: F403
from tests.support.databases import *  # noqa: F403
from tests.support.databases import Fresh
from tests.support.installation import PATIENT_SECONDS
from tests.support.spared import HashedOnce, spare_repetition
from tests.support.store import migrated

TODAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


spare_repetition()

HASH_FOR_REAL = tuple(f"tests/identity/test_{about}" for about in ("passwords", "rehashing", "patience", "locking"))

LONGEST_FIRST = (
    "tests/story",
    "tests/identity/test_spent_once",
    "tests/identity/test_guessing",
    "tests/torture",
    "tests/cli/test_demo",
    "tests/licences/test_last_seat",
    "tests/decisions/test_withdrawal_served",
    "tests/identity/test_policy_served",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST_FIRST))


@pytest.fixture(autouse=True)
def spared_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same password is hashed once in this worker, unless the test is about hashing."""
    if not request.node.nodeid.startswith(HASH_FOR_REAL):
        monkeypatch.setattr(passwords, "Argon2id", HashedOnce)


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
def house(request: pytest.FixtureRequest, settings: Settings, clock: FixedClock) -> Iterator[House]:
    """The house of `app` where a test asks for both, else one without doors; `house.work(actor)` opens a unit of work."""
    yield from _house(request, "app", settings, clock)


@pytest.fixture
def sqlite_settings(sqlite_url: Fresh, key_file: Path, tmp_path: Path) -> Settings:
    """A configuration on a freshly migrated SQLite file."""
    return _settings(sqlite_url(migrated), key_file, tmp_path)


@pytest.fixture
def sqlite_app(sqlite_settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    """The whole application on SQLite alone, for tests that the database makes no difference to."""
    app = create_app(sqlite_settings, clock)
    yield app
    house_of(app).engine.dispose()


@pytest.fixture
def sqlite_house(request: pytest.FixtureRequest, sqlite_settings: Settings, clock: FixedClock) -> Iterator[House]:
    """As `house`, on SQLite alone."""
    yield from _house(request, "sqlite_app", sqlite_settings, clock)


def _house(request: pytest.FixtureRequest, app: str, settings: Settings, clock: FixedClock) -> Iterator[House]:
    if app in request.fixturenames:
        yield house_of(request.getfixturevalue(app))
        return
    house = house_of(furnished(settings, clock))
    yield house
    house.engine.dispose()


def _settings(url: str, key_file: Path, tmp_path: Path) -> Settings:
    return Settings(
        database_url=url,
        base_url="http://127.0.0.1:8000",
        key_file=key_file,
        policy_dir=REPOSITORY / "policies",
        var_dir=tmp_path,
        demo=True,
        wait_seconds=PATIENT_SECONDS,
    )

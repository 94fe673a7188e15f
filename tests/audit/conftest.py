"""A log of one's own to use, and one that many may attack, each in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from audit.notes import Checkpoint
from audit.tree import TILE
from audit.verify import Verified, read_again, verify
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from tests.audit.stage import ORIGIN, RING, VERIFIERS, a_sealed_log, house_at
from tests.support.databases import DATABASES, Fresh
from tests.support.store import migrated

Verify = Callable[[], Verified]


class Attack:
    """Somebody with every right over the store, its guards taken away: what they do, and what is found."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        disarm(connection)

    def __call__(self, statement: str, **values: object) -> int:
        """Run a statement; says how many rows it changed."""
        return self.connection.execute(text(statement), values).rowcount

    def found(self, *, since: Checkpoint | None = None) -> Verified:
        """What a verification finds that reads a tile at once: some tiles hold what is usual alone, and some do not."""
        return read_again([self.connection], VERIFIERS, origin=ORIGIN, since=since, ring=RING, at_once=TILE)


@pytest.fixture
def sealed(database_url: Fresh, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A house with the log of `tests.audit.stage`, a copy for this test."""
    house = house_at(database_url(a_sealed_log), tmp_path, clock)
    yield house
    house.engine.dispose()


@pytest.fixture
def empty(database_url: Fresh, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A house with an empty log."""
    house = house_at(database_url(migrated), tmp_path, clock)
    yield house
    house.engine.dispose()


@pytest.fixture(scope="module", params=DATABASES)
def the_log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The log of `tests.audit.stage`, one for all of a module's tests: it is attacked in transactions that are undone."""
    fresh: Fresh = request.getfixturevalue(f"{request.param.removesuffix('ql')}_url_for_module")
    house = house_at(fresh(a_sealed_log), tmp_path_factory.mktemp("log"))
    yield house.engine
    house.engine.dispose()


@pytest.fixture
def attack(the_log: Engine) -> Iterator[Attack]:
    """An attack on the log, undone when the test is over."""
    with the_log.execution_options(**{WRITES: True}).connect() as connection:
        yield Attack(connection)
        connection.rollback()


@pytest.fixture
def verified(sealed: House) -> Verify:
    """What a verification of the whole log says now."""
    return lambda: verify(sealed.engine, VERIFIERS, origin=ORIGIN, ring=RING)


def disarm(connection: Connection) -> None:
    """Take away every trigger that guards the log."""
    if connection.dialect.name == "postgresql":
        for table in ("audit_entries", "audit_personal", "log_tiles", "log_checkpoints"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    else:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}"))

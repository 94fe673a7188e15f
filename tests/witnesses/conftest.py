"""A log that is written to and sealed, witnesses for it, and copies of its store to turn it back to."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from audit.sealing import seal_all, verifiers
from compliance.app import create_app, house_of
from compliance.identity import use_cases as identity
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.settings import Settings
from tests.support.witness import Witness, a_witness


def grow(house: House, entries: int = 1) -> None:
    """So many entries more, each of them sealed."""
    for _ in range(entries):
        with house.work(operator("tests")) as ctx:
            identity.register_client(ctx, name="Case system", scopes=("decisions",))
    seal_all(house)


def keys_of(house: House) -> str:
    """The log's public keys, as `compliance audit key` prints them."""
    return "".join(f"{each}\n" for each in verifiers(house))


class Copies:
    """Copies of a house's store, on either database: taken, and put back in the store's place."""

    def __init__(self, house: House, folder: Path, databases: Callable[[], object] | None) -> None:
        self._house = house
        self._kept = folder / "copy.sqlite"
        self._databases = databases

    @property
    def _is_file(self) -> bool:
        return self._house.engine.dialect.name == "sqlite"

    def take(self) -> None:
        """Keep the store as it is."""
        self._house.engine.dispose()
        if self._is_file:
            _copied(Path(str(self._house.engine.url.database)), self._kept)
        else:
            self._as_template(self._name, f"{self._name}_kept")

    def put_back(self) -> None:
        """Turn the store back to what was kept."""
        self._house.engine.dispose()
        if self._is_file:
            store = Path(str(self._house.engine.url.database))
            for left in store.parent.glob(f"{store.name}*"):
                left.unlink()
            shutil.copy(self._kept, store)
        else:
            self._as_template(f"{self._name}_kept", self._name)

    @property
    def _name(self) -> str:
        url = make_url(self._house.settings.database_url)
        return str(url.database)

    def _as_template(self, source: str, target: str) -> None:
        from psycopg.sql import SQL, Identifier

        assert self._databases is not None
        server = self._databases().server  # type: ignore[attr-defined]
        with server.connect() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(target)))
            connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(target), Identifier(source)))


def _copied(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    into, out_of = sqlite3.connect(target), sqlite3.connect(source)
    try:
        out_of.backup(into)
    finally:
        into.close()
        out_of.close()


@pytest.fixture
def copies(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Copies:
    """Copies of the store of `house`."""
    return Copies(house, tmp_path, lambda: request.getfixturevalue("postgres_databases"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that is somebody else's."""
    made = tmp_path / "witness"
    made.mkdir()
    return made


@pytest.fixture
def witness(sqlite_house: House, tmp_path: Path) -> Iterator[Witness]:
    """The program, as witness of `sqlite_house`."""
    with a_witness(tmp_path / "kept", keys_of(sqlite_house)) as running:
        yield running


@contextmanager
def witnessed(settings: Settings, clock: FixedClock, *witnesses: str) -> Iterator[Flask]:
    """The same service, started with these witnesses."""
    app = create_app(replace(settings, witnesses=witnesses), clock)
    try:
        yield app
    finally:
        house_of(app).engine.dispose()

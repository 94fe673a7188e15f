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
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import make_url

from audit.sealing import seal_all, verifiers
from compliance.app import create_app, house_of
from compliance.identity import use_cases as identity
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.settings import Settings
from compliance.witnesses import use_cases
from compliance.witnesses.rules import Answer
from compliance.witnesses.sending import compare
from tests.builders.identity import Acting, a_person, at_work
from tests.support.postgres import PostgresServer
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
    """Copies of a store, on either database: taken, and put back in the store's place."""

    def __init__(self, url: str, folder: Path, server: Callable[[], PostgresServer]) -> None:
        self._url = make_url(url)
        self._kept = folder / "copy.sqlite"
        self._server = server

    def take(self) -> None:
        """Keep the store as it is. Nobody may be in it."""
        if self._url.get_backend_name() == "sqlite":
            _copied(Path(str(self._url.database)), self._kept)
        else:
            self._as_template(str(self._url.database), f"{self._url.database}_kept")

    def put_back(self) -> None:
        """Turn the store back to what was kept."""
        if self._url.get_backend_name() == "sqlite":
            store = Path(str(self._url.database))
            for left in store.parent.glob(f"{store.name}*"):
                left.unlink()
            shutil.copy(self._kept, store)
        else:
            self._as_template(f"{self._url.database}_kept", str(self._url.database))

    def _as_template(self, source: str, target: str) -> None:
        with self._server().connect() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(target)))
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
            connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(target), Identifier(source)))


def _copied(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    into, out_of = sqlite3.connect(target), sqlite3.connect(source)
    try:
        out_of.backup(into)
    finally:
        into.close()
        out_of.close()


class Past:
    """The store of a house, and how it is turned back while the house stands."""

    def __init__(self, house: House, copies: Copies) -> None:
        self._house = house
        self._copies = copies

    def take(self) -> None:
        self._house.engine.dispose()
        self._copies.take()

    def put_back(self) -> None:
        self._house.engine.dispose()
        self._copies.put_back()
        self._house.engine.dispose()


@pytest.fixture
def past(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Past:
    """Copies of the store of `house`."""
    server = lambda: request.getfixturevalue("postgres_databases").server  # noqa: E731
    return Past(house, Copies(house.settings.database_url, tmp_path, server))


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


WHY = "The disk broke on Friday; the operator put Thursday's copy back."


def found(house: House) -> Answer:
    (answer,) = compare(house)
    return answer


def accept(house: House, who: Acting, answer: Answer) -> str:
    with house.work(*who) as ctx:
        return str(use_cases.accept_rollback(ctx, answer, reason=WHY).state)


@pytest.fixture
def two(house: House) -> tuple[Acting, Acting]:
    """A hub manager and an information governance officer, whose accounts are older than any copy."""
    one, other = a_person(house, "hub_manager"), a_person(house, "ig_officer")
    return at_work(house, one), at_work(house, other)


@pytest.fixture
def turned_back(house: House, folder: Path, two: tuple[Acting, Acting], past: Past) -> House:
    """A house whose store is older than what its folder has seen."""
    house.settings = replace(house.settings, witnesses=(str(folder),))
    grow(house)
    past.take()
    grow(house, 4)
    assert found(house).took
    past.put_back()
    return house

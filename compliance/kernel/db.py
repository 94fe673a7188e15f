"""The store: SQLite beside the service, or PostgreSQL beyond one machine.

Both are held to the same manners. Every transaction that may change something begins by taking its turn
(`BEGIN IMMEDIATE` on SQLite), so a reader never has to become a writer half-way and fail; constraints have
names, so that a violation can be told apart by name; instants go in and come out aware and in UTC.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    UniqueConstraint,
    event,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from .places import PLACES, WAIT_SECONDS, Places

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

WRITES = "compliance_writes"
"""The execution option that marks a transaction as one that may change something."""


_LOOK_AGAIN_SECONDS = 0.0005


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC; a naive one is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        moved = value.astimezone(UTC)
        return moved if dialect.name == "postgresql" else moved.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Sealed(LargeBinary):
    """A column whose values the key ring seals, each for the place `table.column:id` (IDN-5).

    It is bytes like any other to the store. Its type is how all such columns are found when the keys turn.
    """

    __visit_name__ = "large_binary"


class Base(DeclarativeBase):
    """Every table of the service."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Instant}


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)


class UnitOfWork(Session):
    """One transaction and what it changed; the audit's guard listens to this class."""


_WAITERS_SHARE = 2
"""Which part of the threads may wait long for their turn to write."""


def engine_options(url: str | URL, wait_seconds: int, threads: int) -> dict[str, Any]:
    """How to connect: patience with a busy store is short, because a caller waits on every answer."""
    target = make_url(url)
    places = {PLACES: Places(threads // _WAITERS_SHARE, wait_seconds), WAIT_SECONDS: wait_seconds}
    if target.get_backend_name() == "sqlite":
        arguments = {"timeout": wait_seconds, "check_same_thread": False}
        return {"connect_args": arguments, "execution_options": places}
    limits = f"-c lock_timeout={wait_seconds * 1000} -c statement_timeout=30000 -c timezone=UTC"
    return {
        "pool_pre_ping": True,
        "pool_size": 20,
        "max_overflow": 20,
        "pool_timeout": wait_seconds,
        "connect_args": {"connect_timeout": wait_seconds, "options": limits},
        "execution_options": places,
    }


def teach_manners(engine: Engine, wait_seconds: int) -> None:
    """Make every connection of this engine keep the manners at the head of this module."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        if not connection.get_execution_options().get(WRITES, False):
            connection.exec_driver_sql("BEGIN")
            return
        with in_line(connection, wait_seconds) as patience:
            if not _took_turn(connection, patience, wait_seconds):
                connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def in_line(connection: Connection, wait_seconds: float) -> Iterator[float]:
    """For how long a transaction may wait for its turn to write, counted among those who do."""
    places: Places | None = connection.get_execution_options().get(PLACES)
    if places is None:
        yield wait_seconds
        return
    with places.patience() as patience:
        yield patience


@contextmanager
def in_line_for_a_row(connection: Connection) -> Iterator[None]:
    """The same where the turn is a row's lock: on PostgreSQL, which keeps the whole of a transaction's patience itself.

    On SQLite the turn was taken when the transaction began.
    """
    places: Places | None = connection.get_execution_options().get(PLACES)
    if places is None or connection.dialect.name == "sqlite":
        yield
        return
    with places.patience() as patience:
        if patience < places.long:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(1, int(patience * 1000))}")
        yield


def _took_turn(connection: Connection, patience: float, wait_seconds: int) -> bool:
    """Wait for SQLite's one writer's place, looking again every half millisecond.

    SQLite's own waiting looks less and less often, up to every tenth of a second: a decision would then be
    kept from its turn by anybody busier. False when patience is over. It is tried once at the least.
    """
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout=0")
    try:
        until = time.monotonic() + patience
        while True:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return True
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                    return False
            time.sleep(_LOOK_AGAIN_SECONDS)
    finally:
        raw.execute(f"PRAGMA busy_timeout={wait_seconds * 1000 if raw.in_transaction else 0}")


def violated(error: IntegrityError, constraint: str) -> bool:
    """Whether this is the constraint or unique index, by name, that refused the row.

    SQLite names the columns of a unique index and not the index, so they are held to those that the model gives
    it. Of a foreign key it says only that one failed, so there whichever is asked for counts.
    """
    diagnostic = getattr(error.orig, "diag", None)
    if diagnostic is not None:
        return bool(diagnostic.constraint_name == constraint)
    text = str(error.orig)
    if constraint in text:
        return True
    if "FOREIGN KEY constraint failed" in text:
        return constraint.startswith("fk_")
    named = text.partition("UNIQUE constraint failed: ")[2]
    columns = [part.strip() for part in named.split(",") if "." in part]
    return columns != [] and columns == _columns_of(constraint)


def _columns_of(constraint: str) -> list[str]:
    """The columns of the unique constraint or index of this name, as SQLite speaks of them: `table.column`."""
    for table in Base.metadata.tables.values():
        for unique in (*table.indexes, *table.constraints):
            if isinstance(unique, (Index, UniqueConstraint, PrimaryKeyConstraint)) and unique.name == constraint:
                return [f"{table.name}.{column.name}" for column in unique.columns]
    return []

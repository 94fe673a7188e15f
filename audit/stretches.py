"""The log a stretch at a time, as whoever reads all of it wants it: put together by the store, in one answer a stretch.

The store writes the canonical bytes of format 2 itself, an entry a line, since that is several times faster than
to carry two dozen columns out of it for each. Tests hold its bytes to those of `audit.encoding`, on both databases.
Reading goes ahead of whoever takes the stretches, so that the store's work and theirs go on beside each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection, Select

from .encoding import FIELDS, FORMAT
from .models import COLUMNS
from .tree import TILE

AT_ONCE = 8 * TILE
"""Entries of a stretch at the most, unless told: whole tiles. A stretch begins where a tile does, but perhaps the first."""

_AHEAD = 2

_TEXTS = FIELDS[2:]

_SPAN = {
    "sqlite": "{0} >= :first AND {0} < :until",
    "postgresql": "{0} >= %(first)s AND {0} < %(until)s",
}


@dataclass(frozen=True)
class Stretch:
    """The entries from one number up to another, as they are kept.

    `lines` are their canonical bytes, a line each, and `hashes` their own hashes, joined; `plain` is whether all of
    them are of format 2 and the store could put them together, else there are no lines. `tiles` are the sealed
    leaves of full tiles, joined. `committed` counts the entries that speak of personal detail, `apart` the rows
    in which it is kept.
    """

    first: int
    until: int
    plain: bool
    lines: bytes
    hashes: bytes
    count: int
    tiles: bytes
    committed: int
    apart: int


class Readers:
    """Some connections that see the log at the same instant; each works for one thread at a time."""

    def __init__(self, connections: Sequence[Connection], at_once: int = AT_ONCE) -> None:
        self.count = len(connections)
        self._at_once = at_once
        self._free: SimpleQueue[Connection] = SimpleQueue()
        for each in connections:
            self._free.put(each)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """What the store's own driver answers; bytes come as bytes."""
        connection = self._free.get()
        try:
            return answer(connection, statement, **values)
        finally:
            self._free.put(connection)

    def scalar(self, statement: Select[Any]) -> Any:
        """The one value that this statement asks for, or None."""
        connection = self._free.get()
        try:
            return connection.execute(statement).scalar()
        finally:
            self._free.put(connection)

    def stretches(self, dialect: str, start: int, until: int) -> Generator[Stretch, None, None]:
        """Every stretch from one number up to another, in order; in memory are never more than a few."""
        with ThreadPoolExecutor(self.count) as pool:
            waiting: deque[Future[Stretch]] = deque()
            try:
                while start < until or waiting:
                    while start < until and len(waiting) < self.count + _AHEAD:
                        stop = min(until, (start // self._at_once + 1) * self._at_once)
                        waiting.append(pool.submit(self._read, dialect, start, stop))
                        start = stop
                    yield waiting.popleft().result()
            finally:
                for each in waiting:
                    each.cancel()

    def _read(self, dialect: str, first: int, until: int) -> Stretch:
        span = {"first": first, "until": until}
        tiles = self.rows(_tiles(dialect), first=first // TILE, until=-(-until // TILE))
        try:
            (row,) = self.rows(_stretch(dialect), **span)
        except driver_errors(dialect):
            return Stretch(first, until, False, b"", b"", 0, _joined(tiles, first), 1, 1)
        lines, hashes, count, least, most, committed, apart = row
        plain = (least, most) == (FORMAT, FORMAT)
        return Stretch(
            first,
            until,
            plain,
            bytes(lines or b""),
            bytes(hashes or b""),
            count,
            _joined(tiles, first),
            committed,
            apart,
        )


def answer(connection: Connection, statement: str, **values: Any) -> list[Any]:
    """What the store's own driver answers within this connection's transaction."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor(binary=True) if connection.dialect.name == "postgresql" else driver.cursor()
    try:
        return list(cursor.execute(statement, values).fetchall())
    finally:
        cursor.close()


@cache
def driver_errors(dialect: str) -> type[Exception]:
    """What the driver raises where a row holds something that its column cannot; PostgreSQL lets no such row in."""
    if dialect == "postgresql":
        return _Never
    import sqlite3

    return sqlite3.Error


class _Never(Exception):
    """Raised by nobody."""


@cache
def spanned(dialect: str, column: str) -> str:
    """SQL by which this column lies from `first` up to `until`."""
    return _SPAN[dialect].format(column)


@cache
def bytes_by_store(dialect: str) -> str:
    """SQL for an entry's canonical bytes of format 2, as text."""
    if dialect == "sqlite":
        return f"json_array({FORMAT}, number, state_version, {', '.join(_TEXTS)})"
    texts = f"array_to_json(ARRAY[{', '.join(_TEXTS)}]::text[])::text"
    return f"'[{FORMAT},' || number || ',' || state_version || ',' || substr({texts}, 2)"


@cache
def whole_rows(dialect: str) -> str:
    """SQL for whole entries from one number up to another, in order, their columns as the model has them."""
    span = spanned(dialect, "number")
    return f"SELECT {', '.join(COLUMNS)} FROM audit_entries WHERE {span} ORDER BY number"  # noqa: S608


@cache
def _stretch(dialect: str) -> str:
    span = spanned(dialect, "number")
    joined = {
        "sqlite": "CAST(group_concat(line, char(10)) AS BLOB), CAST(group_concat(hash, '') AS BLOB)",
        "postgresql": "convert_to(string_agg(line, E'\\n' ORDER BY number), 'UTF8'), string_agg(hash, ''::bytea ORDER BY number)",
    }[dialect]
    return f"""
        SELECT {joined}, count(*), min(format), max(format), count(personal),
               (SELECT count(*) FROM audit_personal WHERE {span})
        FROM (SELECT number, {bytes_by_store(dialect)} AS line, hash, format, personal
              FROM audit_entries WHERE {span} ORDER BY number) AS entries
    """  # noqa: S608 - names of ours


@cache
def _tiles(dialect: str) -> str:
    return f"SELECT place, hashes FROM log_tiles WHERE level = 0 AND {spanned(dialect, 'place')} ORDER BY place"  # noqa: S608


def _joined(tiles: list[Any], first: int) -> bytes:
    """The tiles' hashes up to the first tile that is missing, from this entry's on."""
    joined, wanted = [], first // TILE
    for place, hashes in tiles:
        if place != wanted or len(hashes) != 32 * TILE:
            break
        joined.append(bytes(hashes))
        wanted += 1
    return b"".join(joined)[32 * (first % TILE) :]

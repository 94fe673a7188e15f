"""The log: what it costs to add to it, to read all of it again, and to prove an entry (AUD-2, AUD-3)."""

from __future__ import annotations

import os
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, update

from audit import notes, sealing
from audit.append import append, take_turn
from audit.models import LogSeal, LogTile
from audit.notes import Checkpoint
from audit.tree import HASH_BYTES, TILE, Edge
from audit.verify import verify_log
from compliance.app import house_of
from compliance.kernel.context import House
from compliance.kernel.db import WRITES

from .pages import drafts, write_log
from .population import populate
from .stand import a_hub

PEOPLE = 500
ENTRIES = 1_000_000
TREE = 10_000_000
PROOFS = 500
SINGLES, BATCHES, IN_A_BATCH = 1_000, 100, 100


@dataclass(frozen=True)
class Added:
    """Entries a second, durable, one at a time and in hundreds: ours, and rows of the same width in a bare table."""

    single: float
    batch: float
    bare_single: float
    bare_batch: float


@dataclass(frozen=True)
class Read:
    """Entries of a whole log verified a second, and for each second of processor time; memory; seconds since the last checkpoint."""

    per_second: float
    per_cpu_second: float
    megabytes: float
    since: float


def adding() -> Added:
    """Add entries to an empty log, durably, as the guard and the desk do."""
    with a_hub() as app:
        house = house_of(app)
        ids = populate(house, PEOPLE)
        single, batch = (_added(house, ids, *size) for size in ((SINGLES, 1), (BATCHES, IN_A_BATCH)))
        with house.engine.connect() as connection:
            width = len(connection.exec_driver_sql("SELECT * FROM audit_entries LIMIT 1").one())
        with tempfile.TemporaryDirectory(prefix="marac-bench-") as directory:
            bare = [_bare(Path(directory), width, *size) for size in ((SINGLES, 1), (BATCHES, IN_A_BATCH))]
        return Added(single, batch, *bare)


def reading() -> Read:
    """Verify a long log, once whole and once from its last checkpoint on."""
    with a_hub() as app:
        house = house_of(app)
        ids = populate(house, PEOPLE)
        write_log(house, ids, ENTRIES)
        sealing.seal_all(house)
        began, used = time.perf_counter(), time.process_time()
        found = verify_log(house)
        took, used = time.perf_counter() - began, time.process_time() - used
        if found.why:
            raise RuntimeError(found.why)
        with house.engine.connect() as connection:
            kept = notes.open_note(sealing.checkpoint(connection) or "", sealing.verifiers(house))
        write_log(house, ids, 5_000)
        began = time.perf_counter()
        verify_log(house, since=kept)
        since = time.perf_counter() - began
        return Read(found.entries / took, found.entries / used, _megabytes(), since)


def proving() -> tuple[float, float]:
    """Milliseconds for a proof that an entry stands in a log of ten million, and of processor time."""
    with a_hub() as app:
        house = house_of(app)
        _grow(house, TREE)
        dice = random.Random(3)
        numbers = [dice.randrange(TREE) for _ in range(PROOFS)]
        with house.engine.connect() as connection:
            sealing.prove(connection, 0)
            began, used = time.perf_counter(), time.process_time()
            for number in numbers:
                sealing.prove(connection, number)
            took, used = time.perf_counter() - began, time.process_time() - used
    return took / PROOFS * 1000, used / PROOFS * 1000


def _added(house: House, ids: list[str], times: int, at_once: int) -> float:
    made = [drafts(house, ids, at_once, seed=n) for n in range(times)]
    began = time.perf_counter()
    for each in made:
        with house.engine.execution_options(**{WRITES: True}).begin() as connection:
            append(connection, take_turn(connection, at_once), each)
    return times * at_once / (time.perf_counter() - began)


def _bare(directory: Path, width: int, times: int, at_once: int) -> float:
    """The same number of rows, as wide and as durable, in a table without index, hash or order."""
    store = sqlite3.connect(directory / f"bare-{at_once}.db", isolation_level=None)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("PRAGMA synchronous=FULL")
    store.execute(f"CREATE TABLE entries ({', '.join(f'c{n}' for n in range(width))})")
    add = f"INSERT INTO entries VALUES ({', '.join('?' * width)})"
    rows = [["x" * 20] * width] * at_once
    began = time.perf_counter()
    for _ in range(times):
        store.execute("BEGIN IMMEDIATE")
        store.executemany(add, rows)
        store.execute("COMMIT")
    took = time.perf_counter() - began
    store.close()
    return times * at_once / took


def _grow(house: House, size: int) -> None:
    """A tree of this size with its seal, over leaves that stand for no entries: a proof asks for none."""
    edge, tiles = Edge(), list[dict[str, object]]()
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        for leaves in _leaves(size):
            edge.add(
                leaves, lambda level, place, joined: tiles.append({"level": level, "place": place, "hashes": joined})
            )
            if len(tiles) > 1_000:
                connection.execute(insert(LogTile), tiles)
                tiles.clear()
        if tiles:
            connection.execute(insert(LogTile), tiles)
        note = notes.sign(Checkpoint(sealing.origin(house), size, edge.root()), sealing.signers(house))
        connection.execute(update(LogSeal).values(size=size, edge=edge.joined(), note=note))


def _leaves(size: int) -> Iterator[list[bytes]]:
    for first in range(0, size, TILE):
        some = os.urandom(HASH_BYTES * min(TILE, size - first))
        yield [some[at : at + HASH_BYTES] for at in range(0, len(some), HASH_BYTES)]


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

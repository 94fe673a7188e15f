"""Reading the log again to see that nothing in it was touched (AUD-3): every number, every hash, the tree, the seal.

An entry that was changed has another hash than its own; one whose hash was changed with it has another leaf than
the one that was sealed; a tree that was made anew has another root than the one that was signed, and whoever has
the store has not the key. What was cut off together with the seal is found by a checkpoint that lay elsewhere.
Since the last seal, a second or so, numbers and hashes are all there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, select

from compliance.kernel.context import House
from compliance.kernel.secrets import KeyRing

from . import sealing, tree
from .apart import Beside, Wrong
from .encoding import leaf_of, stands
from .models import COLUMNS, HEAD, LogCheckpoint, LogHead, LogSeal, LogTile
from .notes import BadNote, Checkpoint, Verifier, open_note
from .sealing import Seal, hashes_of
from .stretches import AT_ONCE, Readers, Stretch, driver_errors, whole_rows
from .tree import HASH_BYTES, TILE, Edge

READERS_OF_POSTGRESQL = 2
"""How many of the server's processes put a log together at once: the machine is said to have two cores."""


@dataclass(frozen=True)
class Verified:
    """How many entries were read again and stood up; and where one did not, its number and why, in words."""

    entries: int
    first_bad: int | None = None
    why: str | None = None


def verify_log(house: House, *, since: Checkpoint | None = None) -> Verified:
    """`verify` with the keys and the name that this house seals under."""
    return verify(
        house.engine, sealing.verifiers(house), origin=sealing.origin(house), since=since, ring=house.the(KeyRing)
    )


class _Bad(Exception):
    """What the verification stumbled over: the number, and why."""

    def __init__(self, number: int, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(why)


@dataclass(frozen=True)
class _Log:
    """The log in one look at the store, and by whose key and name it is sealed."""

    connection: Connection
    readers: Readers
    beside: Beside
    head: int
    sealed: Seal
    verifiers: Sequence[Verifier]
    origin: str | None

    @property
    def dialect(self) -> str:
        return self.connection.dialect.name


def verify(
    engine: Engine,
    verifiers: Sequence[Verifier],
    *,
    origin: str | None = None,
    since: Checkpoint | None = None,
    ring: KeyRing | None = None,
) -> Verified:
    """Check the log against its seal, in one consistent look at the store; memory use is constant.

    With `since`, a checkpoint that lay elsewhere, it is shown that the log has grown from it and changed nothing;
    then only the entries after it are read again. With `ring`, what is kept beside entries under a seal is opened
    and held to their commitments too.
    """
    with _looking(engine) as connections:
        return read_again(connections, verifiers, origin=origin, since=since, ring=ring)


def read_again(
    connections: Sequence[Connection],
    verifiers: Sequence[Verifier],
    *,
    origin: str | None = None,
    since: Checkpoint | None = None,
    ring: KeyRing | None = None,
    at_once: int = AT_ONCE,
) -> Verified:
    """As `verify`, through connections that see the store at one instant, each in a transaction, and so many entries at once."""
    start = since.size if since else 0
    try:
        log = _look(Readers(connections, at_once), connections[0], verifiers, origin, ring)
        if since is not None and not _grew_from(log, since):
            start = 0
            _read(log, 0)
            raise _Bad(_last_agreed(log), f"The log is not the one of the checkpoint of {since.size} entries.")
        _read(log, start)
    except _Bad as bad:
        return Verified(max(0, bad.number - start), bad.number, bad.why)
    return Verified(log.head - start)


@contextmanager
def _looking(engine: Engine) -> Iterator[list[Connection]]:
    """Connections that see the store at one instant: one of SQLite's, which reads in C beside us; several of PostgreSQL's."""
    with ExitStack() as stack:
        if engine.dialect.name != "postgresql":
            yield [stack.enter_context(engine.connect())]
            return
        connections = [
            stack.enter_context(engine.connect().execution_options(isolation_level="REPEATABLE READ"))
            for _ in range(READERS_OF_POSTGRESQL)
        ]
        snapshot = connections[0].exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        for each in connections[1:]:
            each.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        yield connections


def _look(
    readers: Readers, first: Connection, verifiers: Sequence[Verifier], origin: str | None, ring: KeyRing | None
) -> _Log:
    head = first.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar()
    wanted = select(LogSeal.size, LogSeal.edge, LogSeal.note).where(LogSeal.id == HEAD)
    sealed = first.execute(wanted).one_or_none()
    if head is None or sealed is None:
        raise _Bad(0, "The log's head or its seal is gone.")
    beside = Beside(readers, first.dialect.name, head, ring)
    return _Log(first, readers, beside, head, Seal(*sealed), verifiers, origin)


def _grew_from(log: _Log, since: Checkpoint) -> bool:
    if since.size > log.sealed.size:
        number = min(log.head, log.sealed.size)
        raise _Bad(number, f"The log was cut: it held {since.size} entries at the checkpoint, and holds {log.head}.")
    if since.size == 0:
        return True
    try:
        return tree.rooted(hashes_of(log.connection, log.sealed))(0, since.size) == since.root
    except ValueError:
        return False


def _read(log: _Log, start: int) -> None:
    """Read every entry from this number on; raises _Bad at the first that is wrong."""
    try:
        edge = Edge.at(start, hashes_of(log.connection, log.sealed))
    except ValueError:
        raise _Bad(start, "The seal's own edge was altered.") from None
    with closing(log.readers.stretches(log.dialect, start, max(log.head, log.sealed.size))) as stretches:
        for stretch in stretches:
            leaves = _leaves(log, stretch)
            if stretch.committed or stretch.apart:
                _raise(log.beside.wrong(stretch.first, stretch.until))
            _raise(log.beside.unsaid(stretch.until))
            edge.add(leaves[: max(0, log.sealed.size - stretch.first)], partial(_compare, log))
    _raise(log.beside.unsaid())
    beyond = log.readers.rows(_BEYOND[log.dialect], number=log.head)
    if beyond[0][0] or log.head < log.sealed.size:
        raise _Bad(log.head, f"The head counts {log.head} entries, and there are others.")
    _raise(log.beside.beyond())
    _look_at_the_edge(log, edge)
    _look_at_the_seal(log, edge)


_BEYOND = {
    "sqlite": "SELECT count(*) FROM audit_entries WHERE number >= :number OR number < 0",
    "postgresql": "SELECT count(*) FROM audit_entries WHERE number >= %(number)s OR number < 0",
}


def _raise(wrong: Wrong | None) -> None:
    if wrong is not None:
        raise _Bad(*wrong)


def _leaves(log: _Log, stretch: Stretch) -> list[bytes]:
    """The leaves of a stretch, each entry of which is in its place, is what its hash says, and was sealed so."""
    kept = stretch.tiles + _of_the_edge(log, stretch)
    inside = HASH_BYTES * max(0, min(stretch.until, log.sealed.size) - stretch.first)
    if stretch.plain and stretch.count == stretch.until - stretch.first:
        leaves = [sha256(b"\0" + line).digest() for line in stretch.lines.split(b"\n")]
        joined = b"".join(leaves)
        if joined == stretch.hashes and joined[:inside] == kept[:inside]:
            return leaves
    try:
        return list(_sifted(log, stretch, kept[:inside]))
    except _Bad as bad:
        _raise(log.beside.wrong(stretch.first, bad.number))
        raise


def _of_the_edge(log: _Log, stretch: Stretch) -> bytes:
    """The sealed leaves of the tile that is not full yet, where the stretch reaches so far and the tiles before it are there."""
    begins = log.sealed.size // TILE * TILE
    if stretch.until <= begins or stretch.first + len(stretch.tiles) // HASH_BYTES < begins:
        return b""
    last: bytes = log.sealed.edge[: HASH_BYTES * (log.sealed.size - begins)]
    return last[HASH_BYTES * max(0, stretch.first - begins) :]


def _sifted(log: _Log, stretch: Stretch, kept: bytes) -> Iterator[bytes]:
    """The leaves of a stretch in which something is unusual, entry by entry; raises _Bad at the first that is wrong."""
    expected = stretch.first
    for row in _rows(log, stretch.first, stretch.until):
        entry = dict(zip(COLUMNS, row, strict=True))
        if entry["number"] != expected:
            break
        if not stands(entry):
            raise _Bad(expected, f"Entry {expected} is not what its hash says.")
        leaf = leaf_of(entry["format"], entry["hash"])
        at = HASH_BYTES * (expected - stretch.first)
        if expected < log.sealed.size and kept[at : at + HASH_BYTES] != leaf:
            gone = len(kept) <= at
            why = (
                f"The seal of the entries from {expected} on is gone."
                if gone
                else f"Entry {expected} is not the one that was sealed."
            )
            raise _Bad(expected, why)
        yield leaf
        expected += 1
    if expected < stretch.until:
        raise _Bad(expected, f"Entry {expected} is missing.")


def _rows(log: _Log, first: int, until: int) -> Iterator[Any]:
    """The entries as they are kept; raises _Bad at the first that the store cannot even give."""
    try:
        yield from log.readers.rows(whole_rows(log.dialect), first=first, until=until)
    except driver_errors(log.dialect):
        if until - first == 1:
            raise _Bad(first, f"Entry {first} cannot be read.") from None
        middle = (first + until) // 2
        yield from _rows(log, first, middle)
        yield from _rows(log, middle, until)


def _look_at_the_seal(log: _Log, edge: Edge) -> None:
    """Hold the tree that was read to the one that was signed."""
    if log.sealed.size == 0:
        return
    try:
        signed = open_note(log.sealed.note, log.verifiers, origin=log.origin)
    except BadNote as problem:
        raise _Bad(_last_agreed(log), f"The seal does not hold: {problem}.") from None
    if signed.size != log.sealed.size or signed.root != edge.root():
        raise _Bad(_last_agreed(log), "The log is not the one that was sealed, from here on or a little later.")


def _last_agreed(log: _Log) -> int:
    """The size up to which a checkpoint that was kept still agrees with the tree as it stands; 0 where none does."""
    root = tree.rooted(hashes_of(log.connection, log.sealed))
    agreed = 0
    kept = select(LogCheckpoint.note).where(LogCheckpoint.size <= log.sealed.size).order_by(LogCheckpoint.size)
    for note in log.connection.execute(kept).scalars():
        try:
            known = open_note(note, log.verifiers, origin=log.origin)
        except BadNote:
            return agreed
        if root(0, known.size) != known.root:
            return agreed
        agreed = known.size
    return agreed


def _compare(log: _Log, level: int, place: int, joined: bytes) -> None:
    """Hold a tile that stands above others to the one that is kept, out of which proofs are made."""
    if level == 0:
        return  # its hashes are the leaves, which were compared
    found = select(LogTile.hashes).where(LogTile.level == level, LogTile.place == place)
    kept = log.readers.scalar(found) or b""
    if kept != joined:
        raise _Bad(_first_under(level, place * TILE, kept, joined), f"A tile of level {level} was altered.")


def _look_at_the_edge(log: _Log, edge: Edge) -> None:
    """Hold the edge that was read to the one that is kept, out of which the tree grows on."""
    if edge.joined() == log.sealed.edge:
        return
    kept = Edge.read(log.sealed.size, log.sealed.edge)
    for level in reversed(range(len(edge.rows))):
        ours, theirs = (b"".join(each.rows[level]) for each in (edge, kept))
        if ours != theirs:
            first = log.sealed.size // TILE ** (level + 1) * TILE
            raise _Bad(_first_under(level, first, theirs, ours), "The seal's own edge was altered.")


def _first_under(level: int, first: int, kept: bytes, made: bytes) -> int:
    """The first entry below the first hash in which two rows of this level differ, which begin at this place."""
    differs = next((at for at, (one, other) in enumerate(zip(kept, made, strict=False)) if one != other), len(kept))
    return int(TILE**level * (first + differs // HASH_BYTES))

"""Reading the log again to see that nothing in it was touched (AUD-3): every number, every hash, the tree, the seal.

An entry that was changed has another hash than its own; one whose hash was changed with it has another leaf than
the one that was sealed; a tree that was made anew has another root than the one that was signed, and whoever has
the store has not the key. What was cut off together with the seal is found by a checkpoint that lay elsewhere.
Since the last seal, a second or so, numbers and hashes are all there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, Engine, Row, select

from compliance.kernel.context import House

from . import sealing, tree
from .encoding import encoded_by_store
from .models import HEAD, AuditEntry, LogCheckpoint, LogHead, LogSeal, LogTile
from .notes import BadNote, Checkpoint, Verifier, open_note
from .sealing import hashes_of
from .tree import HASH_BYTES, TILE, Edge

_AT_ONCE = 2048
_Leaves = Iterator[tuple[int, list[bytes]]]
_Sealed = Row[int, bytes, str]


@dataclass(frozen=True)
class Verified:
    """How many entries were read again and stood up; and where one did not, its number and why, in words."""

    entries: int
    first_bad: int | None = None
    why: str | None = None


def verify_log(house: House, *, since: Checkpoint | None = None) -> Verified:
    """`verify` with the keys and the name that this house seals under."""
    return verify(house.engine, sealing.verifiers(house), origin=sealing.origin(house), since=since)


class _Bad(Exception):
    """What the verification stumbled over: the number, and why."""

    def __init__(self, number: int, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(why)


@dataclass(frozen=True)
class _Log:
    """The log in one look at the store, and by whose key and name it is sealed."""

    connection: Connection
    head: int
    sealed: _Sealed
    verifiers: Sequence[Verifier]
    origin: str | None


def verify(
    engine: Engine, verifiers: Sequence[Verifier], *, origin: str | None = None, since: Checkpoint | None = None
) -> Verified:
    """Check the log against its seal, in one consistent look at the store; memory use is constant.

    With `since`, a checkpoint that lay elsewhere, it is shown that the log has grown from it and changed nothing;
    then only the entries after it are read again.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        start = since.size if since else 0
        try:
            log = _look(connection, verifiers, origin)
            if since is not None and not _grew_from(log, since):
                start = 0
                _read(log, 0)
                raise _Bad(_last_agreed(log), f"The log is not the one of the checkpoint of {since.size} entries.")
            _read(log, start)
        except _Bad as bad:
            return Verified(max(0, bad.number - start), bad.number, bad.why)
        return Verified(log.head - start)


def _look(connection: Connection, verifiers: Sequence[Verifier], origin: str | None) -> _Log:
    head = connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar()
    wanted = select(LogSeal.size, LogSeal.edge, LogSeal.note).where(LogSeal.id == HEAD)
    sealed = connection.execute(wanted).one_or_none()
    if head is None or sealed is None:
        raise _Bad(0, "The log's head or its seal is gone.")
    return _Log(connection, head, sealed, verifiers, origin)


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
    number = start
    for first, leaves in _leaves(log, start):
        inside = leaves[: max(0, log.sealed.size - first)]
        _compare(log, first, inside)
        edge.add(inside, _nothing)
        number = first + len(leaves)
    if number < log.head or number < log.sealed.size:
        raise _Bad(number, f"Entry {number} is missing.")
    if number > log.head or log.head < log.sealed.size:
        raise _Bad(log.head, f"The head counts {log.head} entries, and {number} are there.")
    _look_at_the_seal(log, edge)


def _leaves(log: _Log, start: int) -> _Leaves:
    """The leaves of the log, in order, a tile at a time; each entry is held to its number and its own hash."""
    bytes_of = encoded_by_store(log.connection.dialect.name)
    wanted = select(AuditEntry.number, AuditEntry.hash, bytes_of).where(AuditEntry.number >= start)
    rows = log.connection.execution_options(yield_per=_AT_ONCE).execute(wanted.order_by(AuditEntry.number))
    expected, first, leaves = start, start, list[bytes]()
    for number, kept, encoded in rows:
        if number != expected:
            yield first, leaves
            raise _Bad(expected, f"Entry {expected} is missing.")
        digest = sha256(encoded).digest()
        if digest != kept:
            yield first, leaves
            raise _Bad(expected, f"Entry {expected} is not what its hash says.")
        leaves.append(sha256(b"\0" + digest).digest())
        expected += 1
        if expected % TILE == 0:
            yield first, leaves
            first, leaves = expected, []
    yield first, leaves


def _compare(log: _Log, first: int, leaves: list[bytes]) -> None:
    """Hold the leaves, all of one tile, to those that were sealed."""
    if not leaves:
        return
    place, start = divmod(first, TILE)
    if place == log.sealed.size // TILE:
        kept = log.sealed.edge[: HASH_BYTES * (log.sealed.size % TILE)]
    else:
        found = select(LogTile.hashes).where(LogTile.level == 0, LogTile.place == place)
        kept = log.connection.execute(found).scalar() or b""
    if kept[HASH_BYTES * start : HASH_BYTES * (start + len(leaves))] == b"".join(leaves):
        return
    if len(kept) < HASH_BYTES * (start + len(leaves)):
        raise _Bad(first, f"The seal of the entries from {first} on is gone.")
    for at, leaf in enumerate(leaves, start):
        if kept[HASH_BYTES * at : HASH_BYTES * (at + 1)] != leaf:
            number = place * TILE + at
            raise _Bad(number, f"Entry {number} is not the one that was sealed.")


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


def _nothing(_level: int, _place: int, _joined: bytes) -> None:
    """Full tiles are compared as leaves; what stands above them follows."""

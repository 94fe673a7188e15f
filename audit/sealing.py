"""Sealing the log: what was written is taken into the tree, and the tree's root is signed, within a second (AUD-3).

Entries commit with their hash and wait for nobody. Whoever seals, a scheduler or several, looks at what came
since the last seal, works the tree out beside the store, and moves the one row of the seal on from the size it
had: the second who tries finds another size there and has done nothing. The key lies outside the store, so
somebody with every right over it can change the log, and not the seal.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select, update

from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.secrets import KeyRing

from . import notes, tree
from .encoding import leaf_of
from .models import HEAD, AuditEntry, LogCheckpoint, LogHead, LogSeal, LogTile, Moment
from .notes import Checkpoint, Signer, Verifier
from .stretches import answer
from .tree import HASH_BYTES, TILE, Edge

MOST_AT_ONCE = 50_000
KEPT_EVERY = timedelta(hours=1)


class LogTouched(RuntimeError):
    """What is to be sealed is not whole: the log is left as it is, and somebody has to look (AUD-3)."""


class Seal(NamedTuple):
    """How far the log is sealed: the tree's size, its edge, and the signed checkpoint."""

    size: int
    edge: bytes
    note: str


@dataclass(frozen=True)
class Proof:
    """That an entry stands in the log: its number, the hashes from its leaf to the root, and the signed checkpoint."""

    number: int
    path: list[bytes]
    note: str

    @property
    def written(self) -> str:
        """As a file that needs nothing else but the log's public key to be checked (c2sp.org/tlog-proof@v1)."""
        hashes = (b64encode(each).decode() for each in self.path)
        return "\n".join(["c2sp.org/tlog-proof@v1", f"index {self.number}", *hashes, "", self.note])


def origin(house: House) -> str:
    """The name of this log, in its checkpoints and of its key."""
    return f"{urlsplit(house.settings.base_url).netloc}/log"


def signers(house: House) -> list[Signer]:
    """Every key that signs now."""
    return [Signer(origin(house), Ed25519PrivateKey.from_private_bytes(key)) for key in house.the(KeyRing).log]


def verifiers(house: House) -> list[Verifier]:
    """Their public halves, for anybody to check with."""
    return [signer.verifier for signer in signers(house)]


def seal(house: House, *, most: int = MOST_AT_ONCE) -> int:
    """Take what came since the last seal into the tree and sign it; says how many entries that were.

    None at all where somebody else sealed meanwhile, and where nothing came. Raises LogTouched.
    """
    with house.engine.connect() as looking:
        sealed, came = _since_the_seal(looking, most)
    if not came:
        return 0
    edge, tiles = Edge.read(sealed.size, sealed.edge), []
    try:
        edge.add(came, lambda level, place, joined: tiles.append(_tile(level, place, joined)))
    except ValueError as problem:
        raise LogTouched("the seal's own edge was altered") from problem

    now = house.clock.now()
    note = notes.sign(Checkpoint(origin(house), edge.size, edge.root()), signers(house))
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        moved = update(LogSeal).where(LogSeal.id == HEAD, LogSeal.size == sealed.size)
        at = Moment.write(now)
        if not connection.execute(moved.values(size=edge.size, edge=edge.joined(), note=note, sealed_at=at)).rowcount:
            return 0
        if tiles:
            connection.execute(insert(LogTile), tiles)
        _keep(connection, edge.size, note, now)
    return len(came)


def seal_all(house: House) -> None:
    """Seal until nothing is left to seal, or somebody else is sealing."""
    while seal(house):
        continue


def checkpoint(connection: Connection) -> str | None:
    """The newest signed checkpoint; None while nothing was sealed yet."""
    return connection.execute(select(LogSeal.note).where(LogSeal.id == HEAD)).scalar_one() or None


def prove(connection: Connection, number: int) -> Proof | None:
    """That this entry stands in the log as it is sealed now; None for one that is not sealed, or not there."""
    return Prover(connection).of(number)


class Prover:
    """Whoever proves entries out of the log as it is sealed now; each tile is asked for once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tiles: dict[tuple[int, int], bytes] = {}
        self.sealed = _seal(connection)

    def of(self, number: int) -> Proof | None:
        """The proof of this entry; None for one that is not sealed, or not there. Raises LogTouched."""
        if not 0 <= number < self.sealed.size:
            return None
        try:
            path = tree.inclusion(number, self.sealed.size, self.sealed.edge, self._tile)
        except ValueError as problem:
            raise LogTouched(str(problem)) from problem
        return Proof(number, path, self.sealed.note)

    def _tile(self, level: int, place: int) -> bytes:
        if (level, place) not in self._tiles:
            self._tiles[level, place] = tile_at(self._connection, level, place)
        return self._tiles[level, place]


def tile_at(connection: Connection, level: int, place: int) -> bytes:
    """A full tile's hashes, joined; nothing where it is not there. The driver is asked itself: this is waited on."""
    found = answer(connection, _TILE[connection.dialect.name], level=level, place=place)
    return bytes(found[0][0]) if found else b""


_TILE = {
    "sqlite": "SELECT hashes FROM log_tiles WHERE level = :level AND place = :place",
    "postgresql": "SELECT hashes FROM log_tiles WHERE level = %(level)s AND place = %(place)s",
}


def is_written(connection: Connection, number: int) -> bool:
    """Whether there is an entry of this number, sealed or not yet."""
    return 0 <= number < connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar_one()


def prove_growth(connection: Connection, old: int) -> tuple[list[bytes], str] | None:
    """The hashes that show the sealed log to have grown from what it was at this size, and the checkpoint they lead to.

    None for no such size.
    """
    sealed = _seal(connection)
    if not 0 < old <= sealed.size:
        return None
    return tree.consistency(old, sealed.size, tree.rooted(hashes_of(connection, sealed))), sealed.note


def hashes_of(connection: Connection, sealed: Seal) -> tree.Hashes:
    """The tree's hashes as they are kept: in full tiles, and in the seal's edge."""
    edge = Edge.read(sealed.size, sealed.edge)
    look = lru_cache(maxsize=64)(partial(tile_at, connection))

    def hashes(level: int, place: int, count: int) -> list[bytes]:
        tile, start = divmod(place, TILE)
        if level < len(edge.rows) and tile == sealed.size // TILE ** (level + 1):
            row = edge.rows[level]
            return row[start : start + count]
        joined = look(level, tile)
        return [joined[HASH_BYTES * n : HASH_BYTES * (n + 1)] for n in range(start, start + count)]

    return hashes


def _since_the_seal(connection: Connection, most: int) -> tuple[Seal, Sequence[bytes]]:
    sealed = _seal(connection)
    head = connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar_one()
    if head < sealed.size:
        raise LogTouched(f"the log holds {head} entries, and {sealed.size} were sealed")
    last = min(head, sealed.size + most)
    wanted = select(AuditEntry.format, AuditEntry.hash).where(
        AuditEntry.number >= sealed.size, AuditEntry.number < last
    )
    came = [leaf_of(*row) for row in connection.execute(wanted.order_by(AuditEntry.number))]
    if len(came) != last - sealed.size:
        raise LogTouched(f"of the entries from {sealed.size} to {last - 1} some are missing")
    return sealed, came


def _seal(connection: Connection) -> Seal:
    (row,) = answer(connection, f"SELECT size, edge, note FROM log_seal WHERE id = {HEAD}")  # noqa: S608
    return Seal(row[0], bytes(row[1]), row[2])


def _tile(level: int, place: int, joined: bytes) -> dict[str, Any]:
    return {"level": level, "place": place, "hashes": joined}


def _keep(connection: Connection, size: int, note: str, now: datetime) -> None:
    """Keep a checkpoint for good, unless one of this hour is kept."""
    last = connection.execute(select(LogCheckpoint.sealed_at).order_by(LogCheckpoint.size.desc()).limit(1)).scalar()
    if last is None or last <= Moment.write(now - KEPT_EVERY):
        connection.execute(insert(LogCheckpoint).values(size=size, note=note, sealed_at=Moment.write(now)))

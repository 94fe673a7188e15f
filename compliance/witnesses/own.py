"""Our own side of a comparison: the log's newest checkpoint, and proofs that lead to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from audit.notes import BadNote, Checkpoint, Verifier, open_note
from audit.sealing import LogTouched, checkpoint, prove_growth, verifiers
from audit.tree import has_grown
from compliance.kernel.context import House

from .rules import Held


@dataclass(frozen=True)
class Shown:
    """The log's newest checkpoint, and the hashes that lead to it from an older size."""

    origin: str
    size: int
    root: bytes
    note: str
    path: tuple[bytes, ...] = ()

    def has_grown_from(self, size: int, root: bytes) -> bool:
        """Whether the log held this root when it was of this size; `path` leads from there."""
        return has_grown(size, self.size, root, self.root, self.path)


Since = Callable[[int], Shown | None]
"""The newest checkpoint with the proof from a size on; None where the log does not reach that far."""


def since(house: House, size: int) -> Shown | None:
    """The newest checkpoint as it stands at this moment, led to from this size; 0 asks for no proof.

    None where the sealed log is smaller, or is empty. Raises LogTouched where the checkpoint is not one of ours.
    """
    with house.engine.connect() as connection:
        return shown(house, connection, size)


def shown(house: House, connection: Connection, size: int) -> Shown | None:
    """As `since`, as this connection sees the log."""
    if size:
        grown = prove_growth(connection, size)
        path, note = grown or ([], None)
    else:
        path, note = [], checkpoint(connection)
    if note is None:
        return None
    try:
        own = opened(house, note)
    except BadNote as problem:
        raise LogTouched(f"the log's own checkpoint cannot be relied on: {problem}") from problem
    return Shown(own.origin, own.size, own.root, note, tuple(path))


def opened(house: House, note: str) -> Checkpoint:
    """What a note says that one of our keys signed; raises BadNote.

    Under whichever name: the log bears the service's own, and a service that moves to another address keeps its log.
    """
    name = note.partition("\n")[0]
    return open_note(note, [Verifier(name, own.public) for own in verifiers(house)], origin=name)


def held_in(house: House, note: str) -> Held:
    """What whoever shows this note holds of our log; raises BadNote."""
    known = opened(house, note)
    return Held(known.origin, known.size, known.root, note)

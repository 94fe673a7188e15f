"""Adding entries to the log: the one place that takes numbers, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, insert, update

from .encoding import FORMAT, digest
from .models import HEAD, AuditEntry, LogHead


@dataclass(frozen=True)
class Receipt:
    """Proof that something was written down: the entry's number and its hash (DEC-7)."""

    entry: int
    hash: str


@dataclass(frozen=True)
class Turn:
    """The head of the log, held until the transaction ends: the next free number, and the state that holds."""

    next_number: int
    state_version: int


_TAKE = (
    update(LogHead)
    .where(LogHead.id == HEAD)
    .values(
        size=LogHead.size + bindparam("entries", type_=BigInteger),
        state_version=LogHead.state_version + bindparam("bump", type_=BigInteger),
    )
    .returning(LogHead.size, LogHead.state_version)
)
_ADD = insert(AuditEntry.__table__)  # type: ignore[arg-type]


def take_turn(connection: Connection, entries: int, *, bump: bool = False) -> Turn:
    """Lock the log's head and take `entries` numbers; `bump` moves the state of rights on by one (DEC-4)."""
    size, version = connection.execute(_TAKE, {"entries": entries, "bump": int(bump)}).one()
    return Turn(size - entries, version)


def append(connection: Connection, turn: Turn, drafts: Sequence[dict[str, Any]]) -> list[Receipt]:
    """Write the drafts under the numbers of this turn; each draft holds every column but number and hash.

    Numbers run without a gap: they are taken in the transaction that writes them.
    """
    receipts = []
    for offset, draft in enumerate(drafts):
        draft["number"] = turn.next_number + offset
        draft["format"] = FORMAT
        draft["hash"] = digest(draft)
        receipts.append(Receipt(draft["number"], draft["hash"].hex()))
    connection.execute(_ADD, list(drafts))
    return receipts

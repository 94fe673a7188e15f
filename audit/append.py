"""Adding entries to the log: the one place that takes numbers, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection

from .encoding import FORMAT, digest
from .models import COLUMNS, HEAD, AuditEntry, LogHead


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


_MARKS = {"sqlite": ":{}", "postgresql": "%({})s"}
"""How each driver writes a named value. The statements are the drivers' own: this path is waited on."""


@cache
def _statements(dialect: str) -> tuple[str, str]:
    """Taking the head, and adding an entry."""
    mark = _MARKS[dialect].format
    head, entries = LogHead.__tablename__, AuditEntry.__tablename__
    values = ", ".join(mark(column) for column in COLUMNS)
    take = (
        f"UPDATE {head} SET size = size + {mark('entries')}, state_version = state_version + {mark('bump')}"  # noqa: S608
        f" WHERE id = {HEAD} RETURNING size, state_version"
    )
    return take, f"INSERT INTO {entries} ({', '.join(COLUMNS)}) VALUES ({values})"  # noqa: S608


def take_turn(connection: Connection, entries: int, *, bump: bool = False) -> Turn:
    """Lock the log's head and take `entries` numbers; `bump` moves the state of rights on by one (DEC-4)."""
    take, _ = _statements(connection.dialect.name)
    size, version = connection.exec_driver_sql(take, {"entries": entries, "bump": int(bump)}).one()
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
    _, add = _statements(connection.dialect.name)
    connection.exec_driver_sql(add, list(drafts))
    return receipts

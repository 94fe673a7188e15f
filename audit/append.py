"""Adding entries to the log: the one place that takes numbers, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, insert

from compliance.kernel.db import in_line_for_a_row
from compliance.kernel.places import WAIT_SECONDS

from .encoding import FORMAT, digest
from .models import COLUMNS, HEAD, AuditEntry, LogHead, PersonalDetail
from .personal import Private


@dataclass(frozen=True)
class Receipt:
    """Proof that something was written down: the entry's number and its hash (DEC-7)."""

    entry: int
    hash: str


@dataclass(frozen=True)
class Turn:
    """The head of the log, held until the transaction ends: the next free number, and the state that holds.

    `seen` is what was looked at besides.
    """

    next_number: int
    state_version: int
    seen: Any = None


_MARKS = {"sqlite": ":{}", "postgresql": "%({})s"}
"""How each driver writes a named value. The statements are the drivers' own: this path is waited on."""

_FROM_HERE_ON = {"sqlite": "", "postgresql": ", set_config('statement_timeout', %(patience)s, true)"}
"""PostgreSQL, too, is to give up on a slow log: no statement that comes after, in this transaction, may last longer."""


@cache
def _statements(dialect: str, look_at: str = "NULL") -> tuple[str, str]:
    """Taking the head, with a look at something else, and adding an entry."""
    mark = _MARKS[dialect].format
    head, entries = LogHead.__tablename__, AuditEntry.__tablename__
    values = ", ".join(mark(column) for column in COLUMNS)
    take = (
        f"UPDATE {head} SET size = size + {mark('entries')}, state_version = state_version + {mark('bump')}"  # noqa: S608
        f" WHERE id = {HEAD} RETURNING size, state_version, {look_at}{_FROM_HERE_ON[dialect]}"
    )
    return take, f"INSERT INTO {entries} ({', '.join(COLUMNS)}) VALUES ({values})"  # noqa: S608


def take_turn(connection: Connection, entries: int, *, bump: bool = False, look_at: str = "NULL") -> Turn:
    """Lock the log's head and take `entries` numbers; `bump` moves the state of rights on by one (DEC-4).

    `look_at` is a piece of SQL for one value, fixed in code, that is seen on the same way to the store.
    """
    take, _ = _statements(connection.dialect.name, look_at)
    seconds = connection.get_execution_options().get(WAIT_SECONDS, 0)
    given = {"entries": entries, "bump": int(bump), "patience": f"{seconds}s"}
    with in_line_for_a_row(connection):
        size, version, seen, *_ = connection.exec_driver_sql(take, given).one()
    return Turn(size - entries, version, seen)


def append(connection: Connection, turn: Turn, drafts: Sequence[dict[str, Any]]) -> list[Receipt]:
    """Write the drafts under the numbers of this turn; each draft holds every column but number, format and hash.

    Numbers run without a gap: they are taken in the transaction that writes them. A draft's `private` is kept apart,
    under a commitment that the entry holds.
    """
    receipts, apart = [], []
    for offset, draft in enumerate(drafts):
        draft["number"] = turn.next_number + offset
        draft["format"] = FORMAT
        private: Private | None = draft.pop("private", None)
        draft["personal"] = None
        if private is not None:
            draft["personal"], row = private.row(draft["number"])
            apart.append(row)
        draft["hash"] = digest(draft)
        receipts.append(Receipt(draft["number"], draft["hash"].hex()))
    _, add = _statements(connection.dialect.name)
    connection.exec_driver_sql(add, list(drafts))
    if apart:
        connection.execute(insert(PersonalDetail), apart)
    return receipts

"""What two people accepted, and whether it holds for what a witness says now (AUD-3, ROL-3).

An acceptance names what the witness holds and the log's own size and root of that moment, and holds for that pair
only: a log that was rolled back once more, or a witness that has seen something else since, is refused again.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from compliance.kernel.context import House
from compliance.kernel.secrets import KeyRing, Unreadable

from . import own
from .models import AcceptedRollback
from .rules import Held, text_of

BOUND = ("witness", "witness_note", "own_size", "own_root", "reason", "first_by", "second_by")
"""What the seal of an acceptance stands for, besides when each of the two said so."""


def is_accepted(house: House, connection: Connection, witness: str, held: Held) -> bool:
    """Whether two people let the service run although this witness holds this."""
    rows = select(AcceptedRollback.__table__).where(AcceptedRollback.witness == witness)
    return any(
        text_of(row["witness_note"]) == held.text
        and _is_sealed(house.the(KeyRing), row)
        and is_our_past(house, connection, row["own_size"], bytes.fromhex(row["own_root"]))
        for row in connection.execute(rows).mappings()
    )


def is_our_past(house: House, connection: Connection, size: int, root: bytes) -> bool:
    """Whether the log, as this connection sees it, has grown from this."""
    now = own.shown(house, connection, size)
    return now is not None and now.has_grown_from(size, root)


def sealed(ring: KeyRing, acceptance: AcceptedRollback) -> bytes:
    """The seal of an acceptance: with the key file it is made, and with the store alone it cannot be."""
    values = {name: getattr(acceptance, name) for name in (*BOUND, "first_at", "second_at")}
    return ring.seal(_written(values), place=_place(acceptance.id))


def _is_sealed(ring: KeyRing, row: Any) -> bool:
    try:
        return ring.open(row["seal"], place=_place(row["id"])) == _written(row)
    except Unreadable:
        return False


def _place(acceptance_id: UUID) -> str:
    return f"accepted_rollbacks.seal:{acceptance_id}"


def _written(values: Any) -> bytes:
    said = {name: values[name] for name in BOUND}
    said |= {name: values[name].astimezone(UTC).isoformat() for name in ("first_at", "second_at")}
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()

"""What the log says of people beyond ids and codes, kept apart from it so that it can go again (AUD-3, RET-9).

The network address of a person's act, and the fields that an event names as `private`, stand in `audit_personal`.
The entry holds only their commitment: the hexadecimal SHA-256 of a JSON array without blanks, text as RFC 8785
writes it, of the salt (16 random bytes, in hexadecimal), the address, and what was said (JSON in one text), each of the last two
null where there is none. Whoever has row and entry can check one by the other; when the row was emptied, nobody
can try addresses until one fits, because the salt is gone too, and the entry is still the entry that was sealed.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing

from .models import PersonalDetail

OF_PEOPLE = frozenset({"person", "nobody"})
"""Kinds of actors whose network address says where a person was; a program's and a job's stay in the entry."""

DISPOSED = "audit.personal_disposed"
"""The event that says that what was kept beside some entries was disposed of."""

_SALT_BYTES = 16
_AT_ONCE = 500
_json = msgspec.json.Encoder()


@dataclass(frozen=True)
class Private:
    """What a draft of an entry keeps apart: the address, and the private fields of its event as JSON.

    `ring` seals the latter, and is needed only where there are any.
    """

    address: str | None
    said: str | None = None
    ring: KeyRing | None = None

    def row(self, number: int) -> tuple[str, dict[str, Any]]:
        """The commitment for the entry of this number, and the row that it commits to."""
        salt = secrets.token_bytes(_SALT_BYTES)
        row = {"number": number, "salt": salt, "address": self.address, "said": None}
        if self.said is not None and self.ring is not None:
            row["said"] = self.ring.seal(self.said.encode(), place=place(number))
        return commitment(salt, self.address, self.said), row


@dataclass(frozen=True)
class Kept:
    """What is kept beside an entry: nothing of it any more where `disposed_by` is the number of a disposal."""

    address: str | None
    said: dict[str, Any]
    disposed_by: int | None


def commitment(salt: bytes, address: str | None, said: str | None) -> str:
    """What the entry holds of these: 64 hexadecimal digits."""
    return sha256(_json.encode((salt.hex(), address, said))).hexdigest()


def place(number: int) -> str:
    """Where the key ring says that what was said belongs."""
    return f"audit_personal.said:{number}"


def of(ctx: Context, numbers: Collection[int]) -> dict[int, Kept]:
    """What is kept beside the entries of these numbers; those that nothing is kept beside are not among them.

    Whoever asks has asked for the permission, and records that the entries were read. Raises Unreadable where a
    key is missing.
    """
    found: dict[int, Kept] = {}
    ring = ctx.the(KeyRing)
    for row in _rows(ctx.session.connection(), sorted(numbers)):
        said = json.loads(ring.open(row.said, place=place(row.number))) if row.said is not None else {}
        found[row.number] = Kept(row.address, said, row.disposed_by)
    return found


def _rows(connection: Connection, numbers: list[int]) -> Iterable[Any]:
    table = PersonalDetail.__table__
    for start in range(0, len(numbers), _AT_ONCE):
        yield from connection.execute(select(table).where(table.c.number.in_(numbers[start : start + _AT_ONCE])))

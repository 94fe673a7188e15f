"""The bytes of an entry, format 1: what is hashed, and what a stranger can hash again.

    marac-log:1\\n
    <field>:<length in bytes>:<value in UTF-8>\\n      for a field that has a value
    <field>:-\\n                                       for one that has none

Every stored column but the hash itself stands there, in the order of `FIELDS`. Lengths come before values,
so no value can pass for a field. A change of any of this is a new format number; old entries keep theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Text, cast, func, literal, literal_column

from .models import COLUMNS, AuditEntry

FORMAT = 1
FIELDS: tuple[str, ...] = tuple(name for name in COLUMNS if name not in ("hash", "format", "personal"))
_HEAD = "marac-log:"
_LABELS: tuple[tuple[str, str], ...] = tuple((name, f"{name}:") for name in FIELDS)


def encode(entry: Mapping[str, Any]) -> bytes:
    """The canonical bytes of one entry, given by column name."""
    parts = [f"{_HEAD}{entry['format']}\n"]
    for name, label in _LABELS:
        value = entry[name]
        if value is None:
            parts.append(f"{label}-\n")
        else:
            text = value if type(value) is str else str(value)
            length = len(text) if text.isascii() else len(text.encode())
            parts.append(f"{label}{length}:{text}\n")
    return "".join(parts).encode()


def digest(entry: Mapping[str, Any]) -> bytes:
    """The SHA-256 of the canonical bytes: 32 bytes, kept with the entry and given in receipts (DEC-7)."""
    return sha256(encode(entry)).digest()


def encoded_by_store(dialect: str) -> ColumnElement[bytes]:
    """The same bytes, put together by the store itself: reading a whole log is several times faster so.

    It says what `encode` says, and a test holds it to that, entry by entry, on both databases.
    """
    whole: ColumnElement[Any] = literal(_HEAD).concat(cast(AuditEntry.__table__.c.format, Text)).concat("\n")
    for name, label in _LABELS:
        column = cast(AuditEntry.__table__.c[name], Text)
        if dialect == "postgresql":
            length: ColumnElement[Any] = func.octet_length(column)
        else:
            length = func.length(cast(column, LargeBinary))
        said = cast(length, Text).concat(":").concat(column)
        whole = whole.concat(label).concat(func.coalesce(said, "-")).concat("\n")
    if dialect == "postgresql":
        return func.convert_to(whole, literal_column("'UTF8'"), type_=LargeBinary())
    return cast(whole, LargeBinary)

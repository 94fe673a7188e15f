"""The bytes of an entry: what is hashed, and what a stranger can hash again (docs/log-format.md).

Format 2, which is written now, is one JSON array without blanks, text as RFC 8785 writes it: the format, and then
every stored column but the hash, in the order of `FIELDS`. The format's number says which place is which column;
a store and a program put it together in one pass of C. Its hash is the tree's leaf already.

Format 1, of older entries, is a line for each column of `FIELDS_1`, and stays as it was:

    marac-log:1\\n
    <field>:<length in bytes>:<value in UTF-8>\\n      for a field that has a value
    <field>:-\\n                                       for one that has none

A change of any of this is a new format number; old entries keep theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from operator import itemgetter
from typing import Any

import msgspec

from .models import COLUMNS
from .tree import leaf

FORMAT = 2
_APART = ("format", "number", "state_version", "hash")
FIELDS: tuple[str, ...] = ("number", "state_version", *(name for name in COLUMNS if name not in _APART))
FIELDS_1: tuple[str, ...] = tuple(name for name in COLUMNS if name not in ("format", "personal", "hash"))

_said = itemgetter(*FIELDS)


def _as_text(value: object) -> str:
    """Text of a kind of its own, such as a policy's version, is text."""
    if isinstance(value, str):
        return str(value)
    raise ValueError("an entry holds text and numbers")


_json = msgspec.json.Encoder(enc_hook=_as_text)
_LABELS: tuple[tuple[str, str], ...] = tuple((name, f"{name}:") for name in FIELDS_1)


def encode(entry: Mapping[str, Any]) -> bytes:
    """The canonical bytes of one entry, given by column name; raises ValueError for what no entry can hold.

    An entry of the first format that speaks of personal detail is none: that format has no place for it.
    """
    if entry["format"] == FORMAT:
        return _json.encode((FORMAT, *_said(entry)))
    if entry["format"] != 1 or entry["personal"] is not None:
        raise ValueError("the entry is of no format that is known")
    parts = ["marac-log:1\n"]
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
    """The hash of an entry: 32 bytes, kept with it and given in receipts (DEC-7). Format 2's is the leaf itself."""
    encoded = encode(entry)
    return leaf(encoded) if entry["format"] == FORMAT else sha256(encoded).digest()


def leaf_of(written_as: int, kept: bytes) -> bytes:
    """The leaf for an entry of this format and hash."""
    return kept if written_as == FORMAT else leaf(kept)


def stands(entry: Mapping[str, Any]) -> bool:
    """Whether an entry, as it is kept, is what its hash says; False too for what no entry can hold."""
    try:
        return bytes not in map(type, _said(entry)) and digest(entry) == entry["hash"]
    except (ValueError, TypeError):
        return False

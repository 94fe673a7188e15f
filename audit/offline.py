#!/usr/bin/env python3
"""Check an exported log anywhere: `python offline.py DIR`. Exit 0: it stands. Exit 1: the first bad number, and why.

One file, the standard library and `cryptography` only. It shares no code with the service that wrote the log: it
follows docs/log-format.md, which is all that one needs to write another. `--key FILE` checks the seal by a key
that you were given, and not by the one that lies in the folder; `--since FILE` shows that the log has grown from
a checkpoint that you kept.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIELDS_1 = (
    "number", "at", "event", "outcome", "actor_kind", "actor_id", "actor_organisation", "actor_roles", "subject_kind",
    "subject_id", "organisation", "reference", "rules", "purpose", "address", "request_id", "session_id",
    "state_version", "policy_version", "detail",
)  # fmt: skip
FIELDS_2 = ("number", "state_version", *(name for name in FIELDS_1[1:] if name != "state_version"), "personal")
MEMBERS = {
    1: ("number", "format", *FIELDS_1[1:], "hash"),
    2: ("number", "format", *FIELDS_1[1:], "personal", "hash"),
}


class Bad(Exception):
    """The number of the first entry that cannot be relied on, and why."""


def main() -> int:
    """Check the folder that the command line names, and say so: 0 where it stands, 1 where it does not."""
    parser = argparse.ArgumentParser(description="Check an exported log.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", type=Path, help="the public keys, one a line (default: DIR/key)")
    parser.add_argument("--since", type=Path, help="a checkpoint that you kept")
    asked = parser.parse_args()
    try:
        size = check(asked.folder, asked.key or asked.folder / "key", asked.since)
    except Bad as bad:
        number, why = bad.args
        print(f"NOT the log that was sealed, from entry {number} on: {why}")
        return 1
    except OSError as problem:
        print(f"cannot be read: {problem}")
        return 1
    print(f"{size} entries, each as it was written and sealed")
    return 0


def check(folder: Path, key: Path, since: Path | None) -> int:
    """How many entries the log holds, each of which stands; raises Bad."""
    keys = text_of(key).split("\n")
    origin, size, root = checkpoint(text_of(folder / "checkpoint"), keys)
    before = checkpoint(text_of(since), keys) if since else None
    if before and (before[0] != origin or before[1] > size):
        raise Bad(size, f"the log held {before[1]} entries at the checkpoint, and holds {size}")
    tree: list[tuple[int, bytes]] = []
    for number, leaf in entries(folder / "log.ndjson", size):
        if before and number == before[1] and root_of(tree) != before[2]:
            raise Bad(0, "the log is not the one of the checkpoint")
        grow(tree, leaf)
    if before and before[1] == size and before[2] != root:
        raise Bad(0, "the log is not the one of the checkpoint")
    if root_of(tree) != root:
        raise Bad(0, "every entry is what its hash says, and together they are not what was sealed")
    return size


def entries(path: Path, size: int) -> Iterator[tuple[int, bytes]]:
    """The number and the leaf of every entry; raises Bad at the first that is not in its place or not itself."""
    number = 0
    with path.open("rb") as file:
        for line in file:
            if number >= size:
                raise Bad(number, f"only {size} entries were sealed")
            yield number, leaf_of(line, number)
            number += 1
    if number < size:
        raise Bad(number, f"{size} entries were sealed, and {number} are there")


def leaf_of(line: bytes, number: int) -> bytes:
    """The leaf of an entry, where the line is nothing but that entry."""
    try:
        entry = json.loads(line, object_pairs_hook=once)
        same = written(entry) + b"\n" == line
    except (ValueError, RecursionError):
        raise Bad(number, "the line is no entry") from None
    kind = entry.get("format") if isinstance(entry, dict) else None
    if not same or type(kind) is not int or kind not in MEMBERS or tuple(entry) != MEMBERS[kind]:
        raise Bad(number, "the line is no entry of a format that is known")
    if entry["number"] != number:
        raise Bad(number, f"entry {entry['number']} stands in its place")
    hashed, leaf = hashes_1(entry) if kind == 1 else hashes_2(entry)
    if hashed.hex() != entry["hash"]:
        raise Bad(number, "the entry is not what its hash says")
    return leaf


def hashes_1(entry: dict[str, object]) -> tuple[bytes, bytes]:
    """The hash and the leaf of an entry of format 1."""
    parts = ["marac-log:1\n"]
    for name in FIELDS_1:
        value = entry[name]
        text = str(value)
        parts.append(f"{name}:-\n" if value is None else f"{name}:{len(text.encode())}:{text}\n")
    hashed = sha256("".join(parts).encode()).digest()
    return hashed, sha256(b"\0" + hashed).digest()


def hashes_2(entry: dict[str, object]) -> tuple[bytes, bytes]:
    """The hash and the leaf of an entry of format 2, which are the same."""
    leaf = sha256(b"\0" + written([2, *(entry[name] for name in FIELDS_2)])).digest()
    return leaf, leaf


def written(value: object) -> bytes:
    """JSON without blanks, characters beyond ASCII as themselves."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object, no name of which stands in it twice."""
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a name stands there twice")
    return held


def grow(tree: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Add a leaf: `tree` holds the roots of whole subtrees, the largest first, each with its height."""
    height = 0
    while tree and tree[-1][0] == height:
        leaf = node(tree.pop()[1], leaf)
        height += 1
    tree.append((height, leaf))


def root_of(tree: list[tuple[int, bytes]]) -> bytes:
    """The root over everything that was added."""
    if not tree:
        return sha256(b"").digest()
    root = tree[-1][1]
    for _, left in reversed(tree[:-1]):
        root = node(left, root)
    return root


def node(left: bytes, right: bytes) -> bytes:
    """What stands above two hashes."""
    return sha256(b"\1" + left + right).digest()


def checkpoint(note: str, keys: list[str]) -> tuple[str, int, bytes]:
    """Origin, size and root, where one of the keys signed them; raises Bad."""
    text, gap, signatures = note.partition("\n\n")
    lines = text.split("\n")
    try:
        origin, size, root = lines
        count, hashed = int(size), base64.b64decode(root, validate=True)
    except ValueError:
        raise Bad(0, "there is no checkpoint") from None
    if not gap or str(count) != size or count < 0 or len(hashed) != 32 or base64.b64encode(hashed).decode() != root:
        raise Bad(0, "there is no checkpoint")
    lines_of_signatures = signatures.split("\n")
    if lines_of_signatures.pop() != "":
        raise Bad(0, "the checkpoint breaks off")
    if not any(signed(line, f"{text}\n", key) for line in lines_of_signatures for key in keys if key):
        raise Bad(0, "no key that is known signed the checkpoint")
    return origin, count, hashed


def signed(line: str, text: str, key: str) -> bool:
    """Whether this line is this key's signature of the text."""
    name, _, rest = key.partition("+")
    key_id, _, public = rest.partition("+")
    try:
        held = base64.b64decode(public, validate=True)
        dash, whose, signature = line.split(" ")
        made = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    known = sha256(f"{name}\n".encode() + held).digest()[:4]
    if dash != "\u2014" or whose != name or known.hex() != key_id or made[:4] != known or held[:1] != b"\x01":
        return False
    try:
        Ed25519PublicKey.from_public_bytes(held[1:]).verify(made[4:], text.encode())
    except (InvalidSignature, ValueError):
        return False
    return base64.b64encode(made).decode() == signature and base64.b64encode(held).decode() == public


def text_of(path: Path) -> str:
    """A file as text; raises Bad where it is none."""
    try:
        return path.read_bytes().decode()
    except UnicodeError:
        raise Bad(0, f"{path.name} is no text") from None


if __name__ == "__main__":
    sys.exit(main())

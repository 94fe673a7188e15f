#!/usr/bin/env python3
"""Check a proof bundle anywhere: `python offline_bundle.py FILE.zip`. Exit 0: every entry stands. Exit 1: which does not.

Two files, this one and `offline.py` beside it; the standard library and `cryptography` only. A bundle is some entries
of the log with the proof of each, all against one signed checkpoint; it may be a ZIP or the folder it unpacks to.
`--key FILE` checks the seal by a key that you were given, and not by the one that lies in the bundle; `--since FILE`
takes a checkpoint that you kept and refuses a bundle of a smaller log, or of another log of the same size.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

if __package__:
    from . import offline
else:
    import offline  # type: ignore[import-not-found, no-redef]

HEAD = "c2sp.org/tlog-proof@v1"
OTHERS = {"entries.ndjson", "checkpoint", "key", "README.txt"}
MOST_BYTES = 1 << 30

Read = Callable[[str], bytes]


def main() -> int:
    """Check the bundle that the command line names, and say so: 0 where it stands, 1 where it does not."""
    parser = argparse.ArgumentParser(description="Check some entries of a log, each by its proof.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", type=Path, help="the public keys, one a line (default: the one in the bundle)")
    parser.add_argument("--since", type=Path, help="a checkpoint that you kept")
    asked = parser.parse_args()
    try:
        count = check(asked.bundle, asked.key, asked.since)
    except offline.Bad as bad:
        number, why = bad.args
        print(
            f"NOT as it was sealed, entry {number}: {why}" if number is not None else f"NOT a bundle that holds: {why}"
        )
        return 1
    except (OSError, zipfile.BadZipFile, KeyError) as problem:
        print(f"cannot be read: {problem}")
        return 1
    print(f"{count} entries, each as it was written and sealed")
    return 0


def check(bundle: Path, key: Path | None, since: Path | None) -> int:
    """How many entries the bundle holds, each of which stands in the log that was sealed; raises Bad."""
    if bundle.is_dir():
        names = {each.relative_to(bundle).as_posix() for each in bundle.rglob("*") if each.is_file()}
        return stands(names, lambda name: (bundle / name).read_bytes(), key, since)
    with zipfile.ZipFile(bundle) as held:
        if len(held.namelist()) != len(set(held.namelist())):
            raise offline.Bad(None, "a file stands in it twice")
        if sum(each.file_size for each in held.infolist()) > MOST_BYTES:
            raise offline.Bad(None, "it unpacks to more than a bundle of ours ever does")
        return stands(set(held.namelist()), held.read, key, since)


def stands(names: set[str], read: Read, key: Path | None, since: Path | None) -> int:
    """The same for the files of these names; raises Bad."""
    keys = (offline.text_of(key) if key else text(read("key"))).split("\n")
    note = text(read("checkpoint"))
    origin, size, root = offline.checkpoint(note, keys)
    if since is not None:
        kept = offline.checkpoint(offline.text_of(since), keys)
        if kept[0] != origin or kept[1] > size or (kept[1] == size and kept[2] != root):
            raise offline.Bad(None, "it is not of the log of the checkpoint that you kept")
    seen: set[int] = set()
    for line in read("entries.ndjson").splitlines(keepends=True):
        number = number_of(line)
        if number in seen:
            raise offline.Bad(number, "it stands there twice")
        seen.add(number)
        leaf = offline.leaf_of(line, number)
        if f"proofs/{number}.tlog-proof" not in names:
            raise offline.Bad(number, "its proof is missing")
        path = path_of(text(read(f"proofs/{number}.tlog-proof")), number, note)
        if root_by(number, size, leaf, path) != root:
            raise offline.Bad(number, "its proof does not lead to what was sealed")
    stray = names - OTHERS - {f"proofs/{number}.tlog-proof" for number in seen}
    if stray:
        raise offline.Bad(None, f"{min(stray)} belongs to no entry")
    return len(seen)


def number_of(line: bytes) -> int:
    """Which entry a line says it is; raises Bad for a line that is none."""
    try:
        number = json.loads(line)["number"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise offline.Bad(None, "a line is no entry") from None
    if type(number) is not int or number < 0:
        raise offline.Bad(None, "a line is no entry")
    return number


def path_of(proof: str, number: int, note: str) -> list[bytes]:
    """The hashes of a proof that is this entry's and against this checkpoint; raises Bad."""
    head, gap, checkpoint = proof.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[:2] != [HEAD, f"index {number}"]:
        raise offline.Bad(number, "its proof is none, or another entry's")
    hashes = lines[2:]
    if checkpoint != note:
        raise offline.Bad(number, "its proof is against another checkpoint")
    try:
        path = [base64.b64decode(each, validate=True) for each in hashes]
    except ValueError:
        raise offline.Bad(number, "its proof cannot be read") from None
    if any(len(each) != 32 for each in path) or [base64.b64encode(each).decode() for each in path] != hashes:
        raise offline.Bad(number, "its proof cannot be read")
    return path


def root_by(number: int, size: int, leaf: bytes, path: list[bytes]) -> bytes | None:
    """The root that a path leads to from a leaf (RFC 9162, 2.1.3.2); None for a path of the wrong length."""
    if number >= size:
        return None
    place, last, found = number, size - 1, leaf
    for each in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = offline.node(each, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = offline.node(found, each)
        place >>= 1
        last >>= 1
    return found if last == 0 else None


def text(held: bytes) -> str:
    """A file as text; raises Bad where it is none."""
    try:
        return held.decode()
    except UnicodeError:
        raise offline.Bad(None, "a file is no text") from None


if __name__ == "__main__":
    sys.exit(main())

"""Keeping checkpoints of the service's log outside of it, so that nobody can turn it back unseen, and proving receipts (AUD-3)."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audit.notes import BadNote, Checkpoint, Verifier, open_note
from audit.tree import has_grown, leaf, root_by_inclusion

from .errors import LogDoubted, Refused

if TYPE_CHECKING:
    from .service import Service

_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Kept:
    """Where the newest checkpoint lies: one file, replaced whole, on a disk that the service cannot reach."""

    path: Path

    def read(self) -> str | None:
        """What was kept last; None before the first."""
        return self.path.read_text() if self.path.exists() else None

    def keep(self, note: str) -> None:
        """Replace it, so that a crash leaves the one or the other and never half of both."""
        fresh = self.path.with_suffix(".new")
        with fresh.open("w") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)


class Watcher:
    """Sees that the log only ever grows. `keys` are the log's public keys as the hub handed them out (`compliance audit key`)."""

    def __init__(self, service: Service, keys: Sequence[str], kept: Kept) -> None:
        self._service, self._kept = service, kept
        self._keys = [Verifier.read(each) for each in keys]

    def look(self) -> Checkpoint:
        """Fetch the newest checkpoint, see that it grew out of the one that is kept, and keep it. Raises LogDoubted, NoAnswer."""
        note = self._service.text("audit/checkpoint")
        new, before = self._open(note), self._kept.read()
        if before is not None:
            note, new = self._grown(self._open(before), note, new)
        self._kept.keep(note)
        return new

    def prove(self, entry: int, hash_: str) -> Checkpoint:
        """See that the entry of a receipt stands in the log with this hash. Raises LogDoubted, Refused (not sealed yet), NoAnswer."""
        lines = self._service.text(f"audit/entries/{entry}/proof").split("\n")
        if lines[0] != _PROOF or lines[1:2] != [f"index {entry}"] or "" not in lines:
            raise LogDoubted("the proof cannot be read")
        end = lines.index("")
        checkpoint = self._open("\n".join(lines[end + 1 :]))
        try:
            path = [base64.b64decode(each, validate=True) for each in lines[2:end]]
            entry_hash = bytes.fromhex(hash_)
        except (binascii.Error, ValueError):
            raise LogDoubted("the proof cannot be read") from None
        # A leaf is the entry's own hash in format 2, and made of it in format 1.
        roots = {root_by_inclusion(entry, checkpoint.size, each, path) for each in (entry_hash, leaf(entry_hash))}
        if checkpoint.root not in roots:
            raise LogDoubted(f"entry {entry} is not in the log as its receipt has it")
        return checkpoint

    def _grown(self, old: Checkpoint, note: str, new: Checkpoint) -> tuple[str, Checkpoint]:
        """What is to be kept now: the newest that is shown to have grown out of the old one."""
        if new.size < old.size or (new.size == old.size and new.root != old.root):
            raise LogDoubted(f"the log has {new.size} entries and had {old.size}")
        if new.size == old.size or old.size == 0:
            return note, new
        try:
            told = self._service.get("audit/growth", since=old.size)
        except Refused as refused:
            raise LogDoubted(f"the log does not know the {old.size} entries that it had") from refused
        path = [base64.b64decode(each) for each in told["hashes"]]
        grown = self._open(told["checkpoint"])
        if not has_grown(old.size, grown.size, old.root, grown.root, path) or grown.size < new.size:
            raise LogDoubted(f"the log was changed since it had {old.size} entries")
        return told["checkpoint"], grown

    def _open(self, note: str) -> Checkpoint:
        try:
            return open_note(note, self._keys)
        except BadNote:
            raise LogDoubted("a checkpoint is not signed by a key of the log") from None

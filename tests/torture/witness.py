"""A witness outside the service's trust: it keeps the newest checkpoint it saw, and believes only in growth."""

from __future__ import annotations

import base64
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

from audit import tree
from audit.notes import BadNote, Checkpoint, Verifier, open_note

from .writers import World

LOOKS_EVERY_SECONDS = 0.5


@dataclass
class Witness:
    """Asks for the checkpoint again and again; `complaints` says what was not as it should be."""

    world: World
    keys: list[Verifier]
    origin: str
    kept: list[Checkpoint] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def size(self) -> int:
        """How much of the log the newest checkpoint seen has sealed."""
        return self.kept[-1].size if self.kept else 0

    def run(self) -> None:
        """Until all is over; who does not answer is asked again."""
        while not self.over.wait(LOOKS_EVERY_SECONDS):
            with suppress(OSError, HTTPException):
                self.look()

    def look(self) -> None:
        """One look, with the proof that what was kept before stands in what is shown now."""
        said = self._asks("/api/v1/audit/checkpoint")
        if said is None:
            return
        try:
            shown = open_note(said, self.keys, origin=self.origin)
        except BadNote as bad:
            self.complaints.append(f"a checkpoint that is none: {bad}")
            return
        if not self.kept:
            self.kept.append(shown)
            return
        last = self.kept[-1]
        if shown.size < last.size or (shown.size == last.size and shown.root != last.root):
            self.complaints.append(f"shown {shown.size} after {last.size}: the log was rolled back or made anew")
        elif shown.size > last.size:
            self._compare(last)

    def _compare(self, last: Checkpoint) -> None:
        said = self._asks(f"/api/v1/audit/growth?since={last.size}")
        if said is None:
            return
        proof = json.loads(said)
        shown = open_note(proof["checkpoint"], self.keys, origin=self.origin)
        path = [base64.b64decode(each) for each in proof["hashes"]]
        if tree.has_grown(last.size, shown.size, last.root, shown.root, path):
            self.kept.append(shown)
        else:
            self.complaints.append(f"the log of {shown.size} entries has not grown from that of {last.size}")

    def _asks(self, path: str) -> str | None:
        line = HTTPConnection("127.0.0.1", self.world.port, timeout=10)
        try:
            line.request("GET", path, headers={"Authorization": f"Bearer {self.world.token()}"})
            answer = line.getresponse()
            said = answer.read().decode()
            return said if answer.status == 200 else None
        finally:
            line.close()

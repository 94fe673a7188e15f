"""A line of the journal: what it says, and how it hangs on the line before it (RET-12).

A line is a mark, a blank and a JSON array in UTF-8. The mark is a keyed hash over the mark before it and the array, with
a key of the ring: whoever has the journal and no key adds no line, alters none, and takes none out of the middle.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from compliance.kernel.secrets import KeyRing

BEGINNING = "-"
"""What the first line hangs on."""

SEEN = "journal.seen"
"""Of nothing that happened, but how far the log was looked through."""


class Broken(ValueError):
    """A line was forged, altered, put in twice or taken out: nothing in the journal can be relied on."""


@dataclass(frozen=True)
class Line:
    """An entry of the log as it stood: its number, hash (hex), instant, event, actor, subject and detail; ids and codes only.

    `place` counts lines from 1. `sealed` is what of its row the log does not say and doing it again takes, encrypted.
    """

    place: int
    number: int
    hash: str
    at: str
    event: str
    actor: str = "-"
    subject: str | None = None
    organisation: str | None = None
    reference: str | None = None
    detail: str = "{}"
    sealed: str | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What the event says beyond what it is about."""
        found = json.loads(self.detail)
        return found if isinstance(found, dict) else {}

    @property
    def thing(self) -> UUID:
        """What it is about; raises ValueError where it is about nothing."""
        return UUID(self.subject or "")

    @property
    def organisation_id(self) -> UUID | None:
        return UUID(self.organisation) if self.organisation else None

    def id(self, name: str) -> UUID | None:
        """An id of its detail."""
        found = self.said.get(name)
        return UUID(found) if found else None

    def ids(self, name: str) -> list[UUID]:
        """The ids of its detail under this name."""
        return [UUID(each) for each in self.said.get(name, ())]


def written(line: Line, ring: KeyRing, *, after: str) -> tuple[str, str]:
    """The line as it stands in the file, without its end, and its mark."""
    body = json.dumps(astuple(line), separators=(",", ":"), ensure_ascii=False)
    mark = _mark(ring, after, body)
    return f"{mark} {body}", mark


def mark_of(text: str) -> str:
    """The mark that a line begins with."""
    return text.partition(" ")[0]


def read(text: str, ring: KeyRing, *, after: str) -> Line:
    """The line that this is; raises Broken where it is not one of ours, or did not come after that mark."""
    mark, _, body = text.partition(" ")
    if not hmac.compare_digest(mark.encode(), _mark(ring, after, body).encode()):
        raise Broken("a line does not bear our mark, or does not follow the one before it")
    try:
        return Line(*json.loads(body))
    except (ValueError, TypeError) as problem:
        raise Broken("a line cannot be understood") from problem


def checked(texts: Iterable[str], ring: KeyRing) -> Iterator[Line]:
    """The lines of a whole journal from its first on; raises Broken."""
    after = BEGINNING
    for place, text in enumerate(texts, start=1):
        line = read(text, ring, after=after)
        if line.place != place:
            raise Broken("a line is not in its place")
        after = mark_of(text)
        yield line


def _mark(ring: KeyRing, after: str, body: str) -> str:
    return ring.fingerprint("journal", f"{after} {body}")

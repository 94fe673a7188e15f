"""What may be said of why somebody reads the log, and what a day or a case's readers are counted by: no store, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .errors import MatterUnclear

_MATTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:#-]{0,63}")

BATCHES_MOST = 2_000
"""Batches of decisions that one page looks through: each may hold a thousand answers."""

READERS_MOST = 2_000
"""Readers of one case on one page; no case has so many."""

SEEN, TAKEN = "seen", "taken"
PERMITTED, DENIED = "permitted", "denied"

DOES = {
    "sign_in": SEEN, "view": SEEN, "download": TAKEN, "export": TAKEN, "disclosure": TAKEN,
}  # fmt: skip
"""What a kind of access in the case system means for the case: it was looked at, or something of it left."""


def matter(given: str | None) -> str | None:
    """The opaque reference that stands beside a purpose, such as the number of a complaint; raises MatterUnclear.

    Letters, digits and a few signs only, so that nobody's name gets into the log by it.
    """
    text = (given or "").strip()
    if not text:
        return None
    if not _MATTER.fullmatch(text):
        raise MatterUnclear.at("/matter", MatterUnclear.detail)
    return text


@dataclass
class Reads:
    """What one person did with one case: when first and last, and how often they looked, took, or were answered.

    `person_id` is None for somebody the decisions did not know. `refused` counts what the case system refused,
    `permitted` and `denied` what was decided here, `in_batches` how many of those decisions came many to a call.
    """

    person_id: str | None
    organisation_id: str | None
    first_at: datetime
    last_at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    in_batches: int = 0

    @property
    def opened(self) -> bool:
        """Whether anything of the case came before their eyes, as far as the case system says."""
        return bool(self.counts.get(SEEN) or self.counts.get(TAKEN))

    def add(self, what: str, times: int, first: datetime, last: datetime) -> None:
        self.counts[what] = self.counts.get(what, 0) + times
        self.first_at, self.last_at = min(self.first_at, first), max(self.last_at, last)


class Readers:
    """The readers of one case, put together from what several places know of them."""

    def __init__(self) -> None:
        self._by: dict[tuple[str | None, str | None], Reads] = {}

    def of(self, person_id: str | None, organisation_id: str | None, at: datetime) -> Reads:
        return self._by.setdefault((person_id, organisation_id), Reads(person_id, organisation_id, at, at))

    def anywhere(self, person_id: str | None, at: datetime) -> Reads:
        """Their place where nobody says for which organisation they acted: the one they are known in already."""
        known = next((reads for (who, _), reads in self._by.items() if who == person_id), None)
        return known or self.of(person_id, None, at)

    def all(self) -> Iterable[Reads]:
        return self._by.values()

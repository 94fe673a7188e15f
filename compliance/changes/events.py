"""That a right came to its end by time alone, and that changes were handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class RightRanOut(Event):
    """The time of something that a person's rights stand on was over, and nobody did anything (DEC-4). `what` says of what."""

    name: ClassVar[str] = "right.ran_out"
    subject_kind: ClassVar[str | None] = "person"

    what: str


@dataclass(frozen=True, kw_only=True)
class StandingMoved(Event):
    """Where an organisation stands changed by the calendar alone (DEC-4, SIG-4, SIG-11)."""

    name: ClassVar[str] = "standing.moved"
    subject_kind: ClassVar[str | None] = "organisation"


@dataclass(frozen=True, kw_only=True)
class ChangesRead(Event):
    """A program was given changes: how many, and the first and the last entry that they are told by (AUD-1)."""

    name: ClassVar[str] = "changes.read"
    subject_kind: ClassVar[str | None] = "changes"

    rows: int
    first: int
    last: int

"""That the log itself was read, why, and how far its reader may see: a thing that happens like any other (AUD-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from .events import Event


@dataclass(frozen=True)
class Reader:
    """Whoever reads, as far as the log need know: why they read, and how far they see.

    `purpose` is a code of the policy's, `matter` an opaque reference they gave with it. `organisations` are those
    whose entries they see, as the log writes ids, None for every entry; entries that name one of the references of
    `without`, or have one of `unseen` as their subject, do not exist for them (DEC-6).
    """

    purpose: str | None = None
    matter: str | None = None
    organisations: tuple[str, ...] | None = None
    without: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()

    @property
    def why(self) -> dict[str, Any]:
        """What every event of a reading says of its reason."""
        return {"purpose": self.purpose, "matter": self.matter}


WHOLE_LOG = Reader()
"""Whoever holds the machine."""


@dataclass(frozen=True, kw_only=True)
class LogRead(Event):
    """A page of the log was shown; `asked` names the filters that were set, never what they were set to."""

    name: ClassVar[str] = "audit.read"
    subject_kind: ClassVar[str | None] = "audit_log"

    matter: str | None = None
    rows: int
    first: int | None = None
    last: int | None = None
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EntryRead(Event):
    """One entry was shown whole."""

    name: ClassVar[str] = "audit.entry_read"
    subject_kind: ClassVar[str | None] = "audit_entry"

    matter: str | None = None
    entry: int


@dataclass(frozen=True, kw_only=True)
class EntriesExported(Event):
    """Entries left the service as a file of this form; `rows` how many, `asked` the filters that were set."""

    name: ClassVar[str] = "audit.entries_exported"
    subject_kind: ClassVar[str | None] = "audit_log"

    matter: str | None = None
    form: str
    rows: int
    first: int | None = None
    last: int | None = None
    asked: tuple[str, ...] = ()

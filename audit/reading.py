"""That the log itself was read, which is a thing that happened like any other (AUD-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .events import Event


@dataclass(frozen=True, kw_only=True)
class LogRead(Event):
    """A page of the log was shown; `asked` names the filters that were set, never what they were set to."""

    name: ClassVar[str] = "audit.read"
    subject_kind: ClassVar[str | None] = "audit_log"

    rows: int
    first: int | None = None
    last: int | None = None
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class EntryRead(Event):
    """One entry was shown whole."""

    name: ClassVar[str] = "audit.entry_read"
    subject_kind: ClassVar[str | None] = "audit_entry"

    entry: int

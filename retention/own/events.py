"""What the schedule of our own records did, as the log tells it: ids, the rule's code, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class OwnRecordDisposed(Event):
    """One thing of ours was disposed of, `kind` being the rule of own_records.toml, with all that belonged to it: `rows` in all."""

    name: ClassVar[str] = "own_record.disposed"
    subject_kind: ClassVar[str | None] = "own_record"

    rules: tuple[str, ...] = ("RET-9",)
    kind: str
    parts: tuple[UUID, ...]
    rows: int


@dataclass(frozen=True, kw_only=True)
class OwnRecordsDisposed(Event):
    """So many rows of one kind were disposed of together: rows that nobody acts on singly."""

    name: ClassVar[str] = "own_records.disposed"

    rules: tuple[str, ...] = ("RET-9",)
    kind: str
    rows: int

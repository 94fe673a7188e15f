"""What happens to records whose time is kept here, as the log tells it: by their reference, and with no date of birth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordEvent(Event):
    """Something that happened to a record's time (RET-1)."""

    subject_kind: ClassVar[str | None] = "retention_record"

    rules: tuple[str, ...] = ("RET-1",)


@dataclass(frozen=True, kw_only=True)
class RecordRegistered(RecordEvent):
    """The case system has a record, opened on this day, in these groups."""

    name: ClassVar[str] = "retention_record.registered"

    groups: tuple[int, ...]
    opened_on: date
    minimum_ends_on: date | None


@dataclass(frozen=True, kw_only=True)
class RecordCorrected(RecordEvent):
    """What was known of a record was put right: `fields` names what."""

    name: ClassVar[str] = "retention_record.corrected"

    fields: tuple[str, ...]
    groups: tuple[int, ...]
    minimum_ends_on: date | None


@dataclass(frozen=True, kw_only=True)
class RecordHappened(RecordEvent):
    """Something happened that a clear period goes by (RET-10); one learnt late may change nothing."""

    name: ClassVar[str] = "retention_record.told"

    rules: tuple[str, ...] = ("RET-1", "RET-10")
    kind: str
    happened_on: date
    minimum_ends_on: date | None


@dataclass(frozen=True, kw_only=True)
class RecordViewed(RecordEvent):
    """A record was shown, with its dates and what happened to it."""

    name: ClassVar[str] = "retention_record.viewed"

    rules: tuple[str, ...] = ("RET-1", "AUD-1")


@dataclass(frozen=True, kw_only=True)
class RecordsReckoned(Event):
    """Dates were reckoned anew by another policy: of so many records, so many have another date.

    `sooner` names each whose minimum period now ends before the day it ended on until then, `others` the rest. Of `untold`
    no end is kept, because it tells a date of birth.
    """

    name: ClassVar[str] = "retention_records.reckoned"
    subject_kind: ClassVar[str | None] = "retention_records"

    rules: tuple[str, ...] = ("RET-1",)
    records: int
    moved: int
    untold: int
    sooner: tuple[UUID, ...]
    others: tuple[UUID, ...]

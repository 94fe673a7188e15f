"""What happens to complaints about data, as the log tells it: who complained of what stands in their register alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class DataComplaintEvent(Event):
    """Something that happened to a complaint about how data is used (COM-9)."""

    subject_kind: ClassVar[str | None] = "data_complaint"

    rules: tuple[str, ...] = ("COM-9",)


@dataclass(frozen=True, kw_only=True)
class DataComplaintRecorded(DataComplaintEvent):
    """A complaint came, and its clock runs."""

    name: ClassVar[str] = "data_complaint.recorded"

    year: int
    number: int


@dataclass(frozen=True, kw_only=True)
class DataComplaintAcknowledged(DataComplaintEvent):
    """Whoever complained was told that it came; `late` where that was after the last day for it."""

    name: ClassVar[str] = "data_complaint.acknowledged"

    late: bool


@dataclass(frozen=True, kw_only=True)
class DataComplaintNoted(DataComplaintEvent):
    """Something was done about it meanwhile; `kind` is what, `progress` the row that says it."""

    name: ClassVar[str] = "data_complaint.noted"

    kind: str
    progress: UUID


@dataclass(frozen=True, kw_only=True)
class DataComplaintAnswered(DataComplaintEvent):
    """Whoever complained was told what it came to; the answer stands in the register."""

    name: ClassVar[str] = "data_complaint.answered"


@dataclass(frozen=True, kw_only=True)
class DataComplaintReminded(DataComplaintEvent):
    """The hub and information governance were reminded that one is to be acknowledged; `letters` is how many."""

    name: ClassVar[str] = "data_complaint.reminded"

    letters: int


@dataclass(frozen=True, kw_only=True)
class DataComplaintViewed(DataComplaintEvent):
    """A complaint was looked at, with what was written about it (AUD-1)."""

    name: ClassVar[str] = "data_complaint.viewed"

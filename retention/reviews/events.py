"""What happens to reviews of records, as the log tells it: the answers and reasons stand in the register alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ReviewEvent(Event):
    """Something that happened to the review of a record (RET-3)."""

    subject_kind: ClassVar[str | None] = "retention_review"

    rules: tuple[str, ...] = ("RET-3",)


@dataclass(frozen=True, kw_only=True)
class ReviewFellDue(ReviewEvent):
    """A record's review fell due on `due_on`, and was made."""

    name: ClassVar[str] = "retention_review.fell_due"

    due_on: date
    reviewer: UUID | None


@dataclass(frozen=True, kw_only=True)
class ReviewAsked(ReviewEvent):
    """Somebody asked for a review before its time (RET-7)."""

    name: ClassVar[str] = "retention_review.asked"

    rules: tuple[str, ...] = ("RET-7",)
    kind: str
    trigger: str
    reviewer: UUID | None


@dataclass(frozen=True, kw_only=True)
class ReviewHandedOver(ReviewEvent):
    """Somebody else decides a review from now on."""

    name: ClassVar[str] = "retention_review.handed_over"

    reviewer: UUID


@dataclass(frozen=True, kw_only=True)
class ReviewReminded(ReviewEvent):
    """Its reviewer was told that a review is to be decided soon, or was."""

    name: ClassVar[str] = "retention_review.reminded"

    reviewer: UUID


@dataclass(frozen=True, kw_only=True)
class ReviewViewed(ReviewEvent):
    """A review was shown, with what was answered."""

    name: ClassVar[str] = "retention_review.viewed"

    rules: tuple[str, ...] = ("RET-4", "AUD-1")


@dataclass(frozen=True, kw_only=True)
class RecordRetained(ReviewEvent):
    """A record is kept, to be reviewed again on `next_review_on`; `together` of how many that were decided at once."""

    name: ClassVar[str] = "retention_review.retained"

    rules: tuple[str, ...] = ("RET-4",)
    record: UUID
    next_review_on: date
    together: int


@dataclass(frozen=True, kw_only=True)
class RecordRegrouped(ReviewEvent):
    """A record is kept in one more group, so that the longer period counts."""

    name: ClassVar[str] = "retention_review.regrouped"

    rules: tuple[str, ...] = ("RET-1", "RET-4")
    record: UUID
    groups: tuple[int, ...]
    next_review_on: date
    together: int


@dataclass(frozen=True, kw_only=True)
class DisposalProposed(ReviewEvent):
    """A review found that a record need not be kept any more; nothing is disposed of on one person's word (RET-5)."""

    name: ClassVar[str] = "retention_review.disposal_proposed"

    rules: tuple[str, ...] = ("RET-4", "RET-5")
    record: UUID
    next_review_on: date
    together: int

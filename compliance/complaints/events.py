"""What happens to complaints, as the log tells it: between whom and about which case stands in the complaint alone.

The log has more readers than a complaint may have (COM-7): no entry names the organisations, the theme or the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ComplaintEvent(Event):
    """Something that happened to a complaint, at this stage of it (COM-2)."""

    subject_kind: ClassVar[str | None] = "complaint"

    rules: tuple[str, ...] = ("COM-2",)
    at_stage: int


@dataclass(frozen=True, kw_only=True)
class ComplaintRaised(ComplaintEvent):
    """One organisation complained about another: `rows` are its first stage and the two sides."""

    name: ClassVar[str] = "complaint.raised"

    rows: tuple[UUID, ...]
    immediate_risk: bool


@dataclass(frozen=True, kw_only=True)
class ComplaintReopened(ComplaintRaised):
    """A complaint that was resolved is taken up again by a new one (COM-4)."""

    name: ClassVar[str] = "complaint.reopened"

    rules: tuple[str, ...] = ("COM-4",)
    follows: UUID


@dataclass(frozen=True, kw_only=True)
class ComplaintSideNamed(ComplaintEvent):
    """An organisation named somebody else to speak for it at this stage."""

    name: ClassVar[str] = "complaint.side_named"

    side: UUID


@dataclass(frozen=True, kw_only=True)
class ComplaintDiscussionRecorded(ComplaintEvent):
    """An organisation recorded the talks of this stage."""

    name: ClassVar[str] = "complaint.discussion_recorded"

    discussion: UUID


@dataclass(frozen=True, kw_only=True)
class ComplaintReportSent(ComplaintEvent):
    """The written report for the next stage was sent to a director, or to the chair (COM-3)."""

    name: ClassVar[str] = "complaint.report_sent"

    rules: tuple[str, ...] = ("COM-3",)
    report: UUID
    is_file: bool


@dataclass(frozen=True, kw_only=True)
class ComplaintEscalated(ComplaintEvent):
    """A complaint rose by one stage, to this one: `rows` are the stage left, the stage opened and its two sides."""

    name: ClassVar[str] = "complaint.escalated"

    rows: tuple[UUID, ...]
    both_recorded: bool


@dataclass(frozen=True, kw_only=True)
class ComplaintResolved(ComplaintEvent):
    """A complaint ended with an outcome that was agreed (COM-4)."""

    name: ClassVar[str] = "complaint.resolved"

    rules: tuple[str, ...] = ("COM-4",)
    last: UUID
    both_recorded: bool


@dataclass(frozen=True, kw_only=True)
class ComplaintRuled(ComplaintEvent):
    """The chair resolved a complaint, and that is final (COM-1)."""

    name: ClassVar[str] = "complaint.ruled"

    rules: tuple[str, ...] = ("COM-1", "COM-4")
    last: UUID


@dataclass(frozen=True, kw_only=True)
class ComplaintReminded(ComplaintEvent):
    """Both sides were told that a stage is due soon, due today, or overdue; of the last the hub too (COM-5)."""

    name: ClassVar[str] = "complaint.reminded"

    rules: tuple[str, ...] = ("COM-5",)
    row: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class ComplaintViewed(ComplaintEvent):
    """Somebody read a complaint (AUD-1)."""

    name: ClassVar[str] = "complaint.viewed"


@dataclass(frozen=True, kw_only=True)
class ComplaintReportRead(ComplaintEvent):
    """Somebody took the file of a report away (AUD-1)."""

    name: ClassVar[str] = "complaint.report_read"

    rules: tuple[str, ...] = ("COM-3",)
    report: UUID

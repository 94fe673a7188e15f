"""A complaint of one organisation about another: its stages, who stands on each side, what each recorded, its reports."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class Complaint(Audited, Base):
    """A disagreement between two organisations, and the stage it stands at (COM-1).

    `number` is what people call it by, counted from 1 in each `year`. `status` is `open`, `resolved` or `final`.
    `follows_id` is the complaint that this one takes up again (COM-4). `stage` is the one open now, or the last.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("from_organisation_id <> about_organisation_id", name="two_sides"),
        CheckConstraint("stage BETWEEN 1 AND 4", name="stages"),
        Index("ix_complaints_status_stage", "status", "stage"),
    )

    year: Mapped[int]
    number: Mapped[int]
    from_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    about_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    raised_by: Mapped[str] = mapped_column(String(64))
    raised_at: Mapped[datetime] = mapped_column(index=True)
    theme: Mapped[str] = mapped_column(String(32), index=True)
    area: Mapped[str | None] = mapped_column(String(32))
    reference: Mapped[str | None] = mapped_column(String(255), index=True)
    immediate_risk: Mapped[bool]
    words: Mapped[bytes] = mapped_column(Sealed)
    status: Mapped[str] = mapped_column(String(16))
    stage: Mapped[int]
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("complaints.id"), unique=True)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    outcome: Mapped[bytes | None] = mapped_column(Sealed)


class ComplaintStage(Audited, Base):
    """One stage: since when, until when, and the person on each side, who may have no account here (COM-2)."""

    __tablename__ = "complaint_stages"
    __table_args__ = (
        UniqueConstraint("complaint_id", "stage"),
        CheckConstraint("stage BETWEEN 1 AND 4", name="stages"),
    )

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    stage: Mapped[int]
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    due_on: Mapped[date] = mapped_column(index=True)
    reminded_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class ComplaintSide(Audited, Base):
    """Who speaks for one organisation at one stage: by name and post, and with an account where they have one."""

    __tablename__ = "complaint_sides"
    __table_args__ = (UniqueConstraint("complaint_id", "stage", "organisation_id"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    stage: Mapped[int]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    named_by: Mapped[str] = mapped_column(String(64))
    named_at: Mapped[datetime]


class ComplaintDiscussion(Audited, Base):
    """What one organisation recorded of the talks at a stage; records are only added."""

    __tablename__ = "complaint_discussions"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), index=True)
    stage: Mapped[int]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    held_on: Mapped[date]
    words: Mapped[bytes] = mapped_column(Sealed)
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]


class ComplaintReport(Audited, Base):
    """The written report without which stage 3 or 4 does not open: a file or words, to whom, answer by when (COM-3).

    `stage` is the stage it opens. A file is sealed like words: it speaks of a case.
    """

    __tablename__ = "complaint_reports"
    __table_args__ = (UniqueConstraint("complaint_id", "stage"),)

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"))
    stage: Mapped[int]
    words: Mapped[bytes | None] = mapped_column(Sealed)
    file: Mapped[bytes | None] = mapped_column(Sealed, deferred=True)
    file_name: Mapped[str | None] = mapped_column(String(200))
    media_type: Mapped[str | None] = mapped_column(String(100))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    to_name: Mapped[str] = mapped_column(String(200))
    to_post: Mapped[str] = mapped_column(String(200))
    sent_by: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime]
    answer_by: Mapped[date]

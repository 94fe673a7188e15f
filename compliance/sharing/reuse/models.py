"""A request to use information given at a meeting for something else, and what became of it (SHA-2)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class ReuseRequest(Audited, Base):
    """Who asks which organisation for what, and by when it answers (OP 1.5).

    `asked_by` is the person who asks, for `asking_organisation_id`, None where that is the hub. `override` is the reason
    that was relied on without the supplier's permission. `words` say what is asked for and why, `answer` what was
    said to it; both are people's own, sealed. Once it is ended `ended_at` says when; a refused one can still be relied upon.
    """

    __tablename__ = "reuse_requests"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("asking_organisation_id <> supplier_id", name="two_organisations"),
        Index("ix_reuse_requests_reference_status", "reference", "status"),
        Index("ix_reuse_requests_status_answer_by", "status", "answer_by"),
    )

    year: Mapped[int]
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(255))
    purpose: Mapped[str] = mapped_column(String(32))
    words: Mapped[bytes] = mapped_column(Sealed)
    supplier_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    asking_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    recorded_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    answer_by: Mapped[date]
    reminded_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(16))
    override: Mapped[str | None] = mapped_column(String(32))
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    answered_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    refused_by: Mapped[str | None] = mapped_column(String(64))
    refusal: Mapped[bytes | None] = mapped_column(Sealed)

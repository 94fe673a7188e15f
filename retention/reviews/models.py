"""Reviews of records: due by themselves, or asked for; and what each came to."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed

_OPEN = text("status = 'open'")
_FELL_DUE = text("kind = 'due'")


class RetentionReview(Audited, Base):
    """One review of one record (RET-3, RET-4, RET-7): `kind` is `due`, `triggered` or `exceptional`.

    `due_on` is the day it fell due, or was asked for; by the end of `finish_by` it is to be decided.

    `answers` are those to the assessment's questions with the version of the questionnaire, `reason` the reviewer's
    own words; both sealed. `decision` is `retain`, `regroup` or `dispose`.
    """

    __tablename__ = "retention_reviews"
    __table_args__ = (
        Index(
            "uq_retention_reviews_record_id_due_on", "record_id", "due_on", unique=True,
            sqlite_where=_FELL_DUE, postgresql_where=_FELL_DUE,
        ),
        Index(
            "uq_retention_reviews_record_id_open", "record_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
        Index("ix_retention_reviews_status_due_on", "status", "due_on", "id"),
    )  # fmt: skip

    record_id: Mapped[UUID] = mapped_column(ForeignKey("retention_records.id"))
    kind: Mapped[str] = mapped_column(String(16))
    trigger: Mapped[str | None] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[date]
    finish_by: Mapped[date]
    opened_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    reminded_on: Mapped[date | None]
    decision: Mapped[str | None] = mapped_column(String(16))
    answers: Mapped[bytes | None] = mapped_column(Sealed)
    reason: Mapped[bytes | None] = mapped_column(Sealed)
    next_review_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]

"""Records of the case system whose time is kept here, and what happened to them that their time goes by."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed

_INDEXED = text("status = 'kept'")


class RetentionRecord(Audited, Base):
    """One record as the case system calls it: an opaque reference, its groups and dates, and no more (RET-1).

    `groups` are the numbers of its groups, joined by spaces. `subject` is an opaque reference to whom it is about, so that a hold can
    name them. `minimum_ends_on` is reckoned by `retention.rules`, and not kept for group 1, whose end tells a birth, nor where no end can be known; `next_review_on` is when
    it is looked at next, nothing once it is disposed of, `sooner_on` a day before the rule's that a review set. `reckoned_by` says which values of the policy both stand on.
    """

    __tablename__ = "retention_records"
    __table_args__ = (
        Index(
            "ix_retention_records_due", "next_review_on", "id", sqlite_where=_INDEXED, postgresql_where=_INDEXED,
        ),
        Index(
            "ix_retention_records_reckoned_by", "reckoned_by", "id", sqlite_where=_INDEXED, postgresql_where=_INDEXED,
        ),
    )  # fmt: skip

    reference: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    groups: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str | None] = mapped_column(String(255), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    born_on: Mapped[bytes | None] = mapped_column(Sealed)
    opened_on: Mapped[date]
    last_relevant_on: Mapped[date | None]
    last_reviewed_on: Mapped[date | None]
    minimum_ends_on: Mapped[date | None] = mapped_column(index=True)
    next_review_on: Mapped[date | None]
    sooner_on: Mapped[date | None]
    reckoned_by: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    client_id: Mapped[str] = mapped_column(String(64))
    registered_at: Mapped[datetime]


KEPT = RetentionRecord.status == literal_column("'kept'", String)
"""As a condition: it is kept. Said in so many words, and not as a parameter, so that the index of those that are kept is used."""


class RetentionEvent(Base):
    """Something that happened on a record, as the case system told it: of which kind and when (RET-10)."""

    __tablename__ = "retention_events"

    record_id: Mapped[UUID] = mapped_column(ForeignKey("retention_records.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    happened_on: Mapped[date]
    told_at: Mapped[datetime]

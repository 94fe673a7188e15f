"""What somebody complained about in how their data is used, and what they were answered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class DataProtectionComplaint(Audited, Base):
    """One complaint under section 164A of the Data Protection Act 2018 (COM-9).

    `acknowledge_by` is thirty days after `received_on`, or the next working day. `status` is `received`, `acknowledged` or `answered`. Who complained and
    what they wrote is sealed; `outcome` is a code.
    """

    __tablename__ = "data_protection_complaints"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_data_protection_complaints_status_acknowledge_by", "status", "acknowledge_by"),
    )

    year: Mapped[int]
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    channel: Mapped[str] = mapped_column(String(16))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    received_on: Mapped[date]
    acknowledge_by: Mapped[date]
    who: Mapped[bytes] = mapped_column(Sealed)
    words: Mapped[bytes] = mapped_column(Sealed)
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
    acknowledged_by: Mapped[str | None] = mapped_column(String(64))
    acknowledged_on: Mapped[date | None]
    answered_by: Mapped[str | None] = mapped_column(String(64))
    answered_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    reminded_on: Mapped[date | None]


class DataProtectionProgress(Audited, Base):
    """What was done about one meanwhile: an enquiry made, or the person told how it stands; rows are only added."""

    __tablename__ = "data_protection_progress"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("data_protection_complaints.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[bytes] = mapped_column(Sealed)
    done_by: Mapped[str] = mapped_column(String(64))
    done_at: Mapped[datetime]

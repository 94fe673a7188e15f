"""A withdrawal on its way: filled in and not sent, as it is kept for a few hours."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.kernel.db import Base


class WithdrawalDraft(Base):
    """What somebody has filled in to withdraw an organisation, with its letter, while they look at what would end.

    It belongs to one person in one sign-in, and is no evidence of anything: sent, it becomes a withdrawal; left
    lying, it is thrown away. Without `effective_at` it is to take effect the moment it is sent (SIG-6).
    """

    __tablename__ = "withdrawal_drafts"
    __table_args__ = (UniqueConstraint("session_id", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    instruments: Mapped[str] = mapped_column(String(64))
    letter_name: Mapped[str] = mapped_column(String(200))
    letter: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    letter_on: Mapped[date]
    reasons: Mapped[str] = mapped_column(Text)
    effective_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(index=True)

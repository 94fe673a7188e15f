"""Reviews of the instruments, as they are kept."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base


class InstrumentReview(Audited, Base):
    """One review of one instrument, due on a day of its calendar: what was found, and *extend* or *terminate* (OP 8.4)."""

    __tablename__ = "instrument_reviews"
    __table_args__ = (UniqueConstraint("instrument_id", "due_on"),)

    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instruments.id"))
    due_on: Mapped[date]
    held_on: Mapped[date]
    useful: Mapped[bool]
    fit_for_purpose: Mapped[bool]
    issues: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]

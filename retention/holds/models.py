"""What must be kept whatever its time: by record, by whom it is about, by organisation or by kind."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class RetentionHold(Audited, Base):
    """One hold, in force until it is lifted (RET-6).

    `reach` says what `value` names: `record`, `subject`, `organisation` or `kind`. `ground` is why: an inquiry, litigation, a
    statutory review, a domestic abuse related death review.
    """

    __tablename__ = "retention_holds"
    __table_args__ = (Index("ix_retention_holds_reach_value", "reach", "value"),)

    ground: Mapped[str] = mapped_column(String(32))
    reach: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(255))
    reason: Mapped[bytes] = mapped_column(Sealed)
    review_on: Mapped[date] = mapped_column(index=True)
    reminded_on: Mapped[date | None]
    placed_by: Mapped[str] = mapped_column(String(64))
    placed_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(String(64))
    lifted_at: Mapped[datetime | None]
    lifted_because: Mapped[bytes | None] = mapped_column(Sealed)

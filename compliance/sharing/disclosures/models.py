"""A disclosure to a body outside the partnership: asked for, authorised by a manager, made (SHA-3)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class Disclosure(Audited, Base):
    """What somebody wants to disclose to which body, whose authority it has, and when it was done (OP 10.2).

    `body` and `material` are codes of the policy's lists. `recipient` is which court, board or firm it is, and `words`
    why; `answer` what the manager said. All three are sealed.
    """

    __tablename__ = "disclosures"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_disclosures_status_answer_by", "status", "answer_by"),
    )

    year: Mapped[int]
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(255), index=True)
    body: Mapped[str] = mapped_column(String(32))
    material: Mapped[str] = mapped_column(String(32))
    recipient: Mapped[bytes] = mapped_column(Sealed)
    words: Mapped[bytes] = mapped_column(Sealed)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    answer_by: Mapped[date]
    status: Mapped[str] = mapped_column(String(16))
    answered_by: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[datetime | None]
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    made_by: Mapped[str | None] = mapped_column(String(64))
    made_on: Mapped[date | None]

"""That an organisation does not take part, and what each group asked of it and was answered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed

_OPEN = text("ended_at IS NULL")


class Escalation(Audited, Base):
    """One matter with one organisation, at the group it stands before: `steering`, `tactical`, `executive` (OP 8.1)."""

    __tablename__ = "escalations"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index(
            "uq_escalations_organisation_id_about_open", "organisation_id", "about", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
    )  # fmt: skip

    year: Mapped[int]
    number: Mapped[int]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    about: Mapped[str] = mapped_column(String(32))
    level: Mapped[str] = mapped_column(String(16))
    grounds: Mapped[bytes] = mapped_column(Sealed)
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    outcome: Mapped[bytes | None] = mapped_column(Sealed)


class EscalationAsk(Audited, Base):
    """What one group asked, of whom, by when, and the answer; one for each level that was reached."""

    __tablename__ = "escalation_asks"
    __table_args__ = (UniqueConstraint("escalation_id", "level"),)

    escalation_id: Mapped[UUID] = mapped_column(ForeignKey("escalations.id"))
    level: Mapped[str] = mapped_column(String(16))
    asked: Mapped[bytes] = mapped_column(Sealed)
    of_whom: Mapped[str] = mapped_column(String(200))
    answer_by: Mapped[date] = mapped_column(index=True)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    reminded_on: Mapped[date | None]
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    answered_by: Mapped[str | None] = mapped_column(String(64))
    answered_at: Mapped[datetime | None]

"""What the quarterly audit of use keeps: warnings, exemptions, and a verdict for each licence and quarter (LIC-8)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base


class UseExemption(Audited, Base):
    """A licence that may stay unused up to and including `ends_on`, and why (LIC-8)."""

    __tablename__ = "use_exemptions"

    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    ends_on: Mapped[date]
    granted_by: Mapped[str] = mapped_column(String(64))
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class UseWarning(Audited, Base):
    """That a holder and the escalation contact were told that a licence is about to end unused; `quarter` as 2026-Q4."""

    __tablename__ = "use_warnings"
    __table_args__ = (UniqueConstraint("licence_id", "quarter"),)

    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"))
    quarter: Mapped[str] = mapped_column(String(7))
    warned_at: Mapped[datetime]


class UseVerdict(Audited, Base):
    """One line of a quarter's report: a licence, when it was last used, what was found, and what was done (LIC-8)."""

    __tablename__ = "use_verdicts"
    __table_args__ = (UniqueConstraint("quarter", "licence_id"),)

    quarter: Mapped[str] = mapped_column(String(7))
    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    last_used_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    judged_at: Mapped[datetime]

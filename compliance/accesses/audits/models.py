"""The access audit of one organisation and quarter, its figures and its findings."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class AccessAudit(Audited, Base):
    """One organisation's quarter: opened by the scheduler, read, found upon, signed off (AUD-5).

    `quarter` is written `2026-Q3`. Its figures are of the log's entries from `first_number` up to, and without,
    `end_number`. `conclusion` is the words of whoever signed it off, sealed.
    """

    __tablename__ = "access_audits"
    __table_args__ = (UniqueConstraint("quarter", "organisation_id"),)

    quarter: Mapped[str] = mapped_column(String(7))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    first_number: Mapped[int] = mapped_column(BigInteger)
    end_number: Mapped[int] = mapped_column(BigInteger)
    signed_by: Mapped[str | None] = mapped_column(String(64))
    signed_at: Mapped[datetime | None]
    conclusion: Mapped[bytes | None] = mapped_column(Sealed)


class AccessAuditFigure(Base):
    """What one person of the organisation did in the quarter, in numbers; written when the audit is opened.

    What each number counts exactly stands in `rules.Figures`. Nobody changes them afterwards: what was reported
    later is counted apart, whenever the audit is read.
    """

    __tablename__ = "access_audit_figures"

    audit_id: Mapped[UUID] = mapped_column(ForeignKey("access_audits.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    sign_ins: Mapped[int]
    case_sign_ins: Mapped[int]
    cases_opened: Mapped[int]
    downloads: Mapped[int]
    exports: Mapped[int]
    refusals: Mapped[int]
    reported_refusals: Mapped[int]
    out_of_hours: Mapped[int]
    break_glass: Mapped[int]


class AccessAuditFinding(Audited, Base):
    """Something whoever read the audit found: what kind of thing, in their own words, sealed, and what is to be done."""

    __tablename__ = "access_audit_findings"

    audit_id: Mapped[UUID] = mapped_column(ForeignKey("access_audits.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    words: Mapped[bytes] = mapped_column(Sealed)
    found_by: Mapped[str] = mapped_column(String(64))
    found_at: Mapped[datetime]

"""What was issued, word for word and digit for digit."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base


class IssuedReport(Audited, Base):
    """One issue of a report: its kind, the London dates it speaks of, and which edition of these it is, from 1 on.

    `content` is the report as canonical JSON, `sha256` the hash of these bytes, which the log holds too. `before_id` is
    the issue that it says its changes since: the edition before, or the last of an earlier span. Rows are only added.
    """

    __tablename__ = "issued_reports"
    __table_args__ = (UniqueConstraint("kind", "since", "edition"),)

    kind: Mapped[str] = mapped_column(String(32))
    since: Mapped[date]
    until: Mapped[date]
    edition: Mapped[int]
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    before_id: Mapped[UUID | None] = mapped_column(ForeignKey("issued_reports.id"))
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(64))

"""The versions of the confidentiality statement, and who has acknowledged each (SHA-4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base


class StatementVersion(Audited, Base):
    """One version, numbered from 1: the newest is the one in force. `digest` is the SHA-256 of its words, in hexadecimal."""

    __tablename__ = "statement_versions"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    published_by: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]


class StatementAcknowledgement(Audited, Base):
    """That somebody has read a version and keeps to it; once, whatever licences they hold."""

    __tablename__ = "statement_acknowledgements"
    __table_args__ = (UniqueConstraint("version_id", "person_id"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("statement_versions.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    acknowledged_at: Mapped[datetime]

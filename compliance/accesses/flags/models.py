"""Flags, and how far the log has been looked through for them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class AccessFlag(Audited, Base):
    """An access worth a question (AUD-6), or a concern that somebody raised (AUD-7), and what became of it.

    `rule` is its code in `need_to_know.toml`, or `concern`. `key` tells one occasion from another, so that looking
    twice raises nothing twice. `concern` and `answer` are people's own words, sealed. `first_number` and
    `last_number` are the entries of the log it begins and ends with.
    """

    __tablename__ = "access_flags"
    __table_args__ = (Index("ix_access_flags_status_due_on", "status", "due_on"),)

    key: Mapped[str] = mapped_column(String(255), unique=True)
    rule: Mapped[str] = mapped_column(String(32), index=True)
    status: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    reference: Mapped[str | None] = mapped_column(String(255))
    accesses: Mapped[int]
    first_number: Mapped[int | None] = mapped_column(BigInteger)
    last_number: Mapped[int | None] = mapped_column(BigInteger)
    raised_by: Mapped[str] = mapped_column(String(64))
    raised_at: Mapped[datetime]
    conflict_id: Mapped[UUID | None] = mapped_column(ForeignKey("conflicts.id"), index=True)
    concern: Mapped[bytes | None] = mapped_column(Sealed)
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date]
    reminded_on: Mapped[date | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    finding: Mapped[str | None] = mapped_column(String(32))
    answer: Mapped[bytes | None] = mapped_column(Sealed)


class AccessFlagEntry(Base):
    """That a flag rests on this entry of the log; rows are only added, while the flag is open."""

    __tablename__ = "access_flag_entries"

    flag_id: Mapped[UUID] = mapped_column(ForeignKey("access_flags.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class NotedRefusal(Base):
    """That a decision refused somebody everything they asked: kept beside the log for as long as a rule looks back."""

    __tablename__ = "noted_refusals"
    __table_args__ = (Index("ix_noted_refusals_person_id_at", "person_id", "at"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    at: Mapped[datetime] = mapped_column(index=True)


class FlaggedUpTo(Base):
    """The number of the first entry of the log that no rule has looked at yet; moved on by whoever looked."""

    __tablename__ = "flagged_up_to"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)

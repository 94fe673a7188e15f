"""Manifests of what is to be disposed of, and each thing on them: once it is confirmed, what its certificate says."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base

_LIVE = text("status IN ('frozen', 'instructed')")


class DisposalManifest(Audited, Base):
    """What one person proposed and another agreed to dispose of, frozen: `digest` is the SHA-256 of its items (RET-8).

    `status` is `proposed`, `approved`, `instructed`, `done` or `called_off`. From `instruct_from` on the case system is told.
    """

    __tablename__ = "disposal_manifests"
    __table_args__ = (UniqueConstraint("year", "number"),)

    year: Mapped[int]
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(16), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    items: Mapped[int]
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposals.id"))
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    instruct_from: Mapped[date | None]


class DisposalItem(Audited, Base):
    """One record on a manifest: the rule and date it rests on, and what became of it (RET-8).

    `status` is `frozen`, `left_out`, `called_off`, `instructed` or `confirmed`; `left_out` says why. A confirmed one is a
    certificate, numbered from 1, and stays for good: it holds no personal data.

    `minimum_ended_on` is None where an age decided it: that day would tell a date of birth, and what remains holds none.
    `facts` is the fingerprint of what was known when it was frozen: changed since, the record is left out and that is said.
    """

    __tablename__ = "disposal_items"
    __table_args__ = (
        UniqueConstraint("manifest_id", "record_id"),
        Index(
            "uq_disposal_items_record_id_live", "record_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
        Index("ix_disposal_items_status_instructed_at", "status", "instructed_at"),
    )  # fmt: skip

    manifest_id: Mapped[UUID] = mapped_column(ForeignKey("disposal_manifests.id"))
    record_id: Mapped[UUID] = mapped_column(ForeignKey("retention_records.id"))
    reference: Mapped[str] = mapped_column(String(255))
    groups: Mapped[str] = mapped_column(String(8))
    rule: Mapped[str] = mapped_column(String(16))
    minimum_ended_on: Mapped[date | None]
    facts: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))
    left_out: Mapped[str | None] = mapped_column(String(32))
    instructed_at: Mapped[datetime | None]
    chased_on: Mapped[date | None]
    escalated_on: Mapped[date | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(64))
    certificate: Mapped[int | None] = mapped_column(unique=True)
    method: Mapped[str | None] = mapped_column(String(32))
    disposed_on: Mapped[date | None]

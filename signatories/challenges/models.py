"""Challenges, as they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base

_OPEN = text("status = 'open'")


class Challenge(Audited, Base):
    """One entry doubted, by whom and why; then upheld or dismissed by somebody else, with reasons (SIG-3).

    `entry_kind` says what is doubted, such as `signature`, and `entry_id` which. An upheld one names in
    `corrected_by_id` the entry that took its place; where the entry should never have been made, there is none.
    """

    __tablename__ = "challenges"
    __table_args__ = (
        Index("uq_challenges_entry_id_open", "entry_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    entry_kind: Mapped[str] = mapped_column(String(16))
    entry_id: Mapped[UUID]
    grounds: Mapped[str] = mapped_column(Text)
    raised_by: Mapped[str] = mapped_column(String(64))
    raised_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    raised_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    reasons: Mapped[str | None] = mapped_column(Text)
    corrected_by_id: Mapped[UUID | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)

"""Letters that wait to be sent, and those that were."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from compliance.kernel.db import Base, Sealed

_WAITING = text("sent_at IS NULL AND dropped_at IS NULL")


class Notice(Base):
    """One letter to one person. Address and words are sealed, and the words are gone once it was sent (IDN-5).

    `once` names what it tells of where that must be told once only. `held_until` is the lease of whoever is sending
    it; `useless_at` the instant from which it would only mislead, such as a code's end. `problem` is the kind of the
    last failure.
    """

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_notices_waiting", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[UUID | None]
    once: Mapped[str | None] = mapped_column(String(160), unique=True)
    address: Mapped[bytes] = mapped_column(Sealed)
    words: Mapped[bytes | None] = mapped_column(Sealed)
    written_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    useless_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    tries: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    dropped_at: Mapped[datetime | None] = mapped_column(index=True)

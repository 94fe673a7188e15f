"""What stands beside the rule for one person and one case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class BreakGlass(Audited, Base):
    """One case opened to one person for hours, for an imminent-harm emergency MARAC (DEC-5, OP 5.1).

    `reason` and `review` are people's own words, sealed; `review_due_on` is when information governance should
    have looked at it.
    """

    __tablename__ = "break_glass"
    __table_args__ = (
        Index(
            "uq_break_glass_person_id_reference_live", "person_id", "reference", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    reference: Mapped[str] = mapped_column(String(255), index=True)
    area: Mapped[str] = mapped_column(String(32))
    reason: Mapped[bytes] = mapped_column(Sealed)
    granted_by: Mapped[str] = mapped_column(String(64))
    granted_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    review_due_on: Mapped[date]
    reviewed_by: Mapped[str | None] = mapped_column(String(64))
    reviewed_at: Mapped[datetime | None]
    justified: Mapped[bool | None]
    review: Mapped[bytes | None] = mapped_column(Sealed)

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


class Conflict(Audited, Base):
    """One person kept from one case, because they or a relative of theirs are in it (DEC-6).

    Set and lifted by two people each. `grounds` are the words of whoever asked for it, sealed.
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        Index(
            "uq_conflicts_person_id_reference_live", "person_id", "reference", unique=True,
            sqlite_where=text("lifted_at IS NULL"), postgresql_where=text("lifted_at IS NULL"),
        ),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    reference: Mapped[str] = mapped_column(String(255), index=True)
    grounds: Mapped[bytes] = mapped_column(Sealed)
    asked_by: Mapped[str] = mapped_column(String(64))
    agreed_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime]
    lift_asked_by: Mapped[str | None] = mapped_column(String(64))
    lift_agreed_by: Mapped[str | None] = mapped_column(String(64))
    lifted_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


class ConflictAttempt(Base):
    """That the person kept from a case asked for it: known to those who set the conflict, and to nobody else.

    One row for a conflict, an action and a London day; `told_at` is when those who set it were told.
    """

    __tablename__ = "conflict_attempts"

    conflict_id: Mapped[UUID] = mapped_column(ForeignKey("conflicts.id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    first_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

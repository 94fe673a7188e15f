"""What the case system counted, as it stands now, and everything that it said before (GOV-2)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.kernel.db import Base


class Fact(Base):
    """One counter of an organisation in an area and a month, as it was told last: what rates are counted from.

    `month` is its first day. `reference` is the case system's opaque reference where it counts case by case, and empty
    where it counts them all; `told_at` when it came to stand as it does, by `told_by`.
    """

    __tablename__ = "facts"
    __table_args__ = (
        UniqueConstraint("organisation_id", "area", "month", "reference", "counter"),
        CheckConstraint("count >= 0", name="counted"),
        Index("ix_facts_month_counter", "month", "counter"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    area: Mapped[str] = mapped_column(String(32))
    month: Mapped[date]
    reference: Mapped[str] = mapped_column(String(255))
    counter: Mapped[str] = mapped_column(String(32))
    count: Mapped[int]
    told_by: Mapped[str] = mapped_column(String(64))
    told_at: Mapped[datetime]


class FactTold(Base):
    """One thing that the case system said of a fact: the first, and each correction; rows are only added."""

    __tablename__ = "facts_told"
    __table_args__ = (Index("ix_facts_told_fact_id_told_at", "fact_id", "told_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    fact_id: Mapped[UUID] = mapped_column(ForeignKey("facts.id"))
    count: Mapped[int]
    told_by: Mapped[str] = mapped_column(String(64))
    told_at: Mapped[datetime]

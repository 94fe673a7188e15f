"""What was counted of each month that is over."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from compliance.kernel.db import Base


class GrowthMonth(Base):
    """One count of one month: `month` is its first day, `what` one of `rules.What`. Counted once, and never again."""

    __tablename__ = "growth_months"
    __table_args__ = (CheckConstraint("count >= 0", name="counted"),)

    month: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    counted_at: Mapped[datetime]

"""How far those rights that end by time alone have been looked at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from compliance.kernel.db import Base


class TimeMark(Base):
    """Up to where the ends of one kind stand in the feed: all before `reached_at`, and those at it up to `last_id`.

    `last_id` is None where every end at that instant is there. The row's lock lets one scheduler at a time go on.
    """

    __tablename__ = "time_marks"

    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    reached_at: Mapped[datetime]
    last_id: Mapped[UUID | None]

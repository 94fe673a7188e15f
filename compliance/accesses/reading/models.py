"""Searches of the log that somebody keeps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base


class SavedSearch(Audited, Base):
    """What one person asks of the log again and again, by the name they gave it; nobody else sees it.

    `asked` is the search's filters as JSON.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(80))
    asked: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]

"""Places in the waiting list and offers of seats, as they are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base
from compliance.licences.rules import Kind

_WAITS = text("left_at IS NULL")
_OPEN = text("settled_at IS NULL")


class WaitingPlace(Audited, Base):
    """A request that the hub would grant and has no seat for, from when it joined the list until it left (LIC-5)."""

    __tablename__ = "waiting_places"
    __table_args__ = (
        Index(
            "uq_waiting_places_licence_id_live", "licence_id", unique=True, sqlite_where=_WAITS, postgresql_where=_WAITS
        ),
    )

    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[Kind] = mapped_column(String(16))
    joined_at: Mapped[datetime]
    put_by: Mapped[str] = mapped_column(String(64))
    left_at: Mapped[datetime | None]
    left_for: Mapped[str | None] = mapped_column(String(16))


class SeatOffer(Audited, Base):
    """A free seat kept for one who waits, until `ends_at`: taken, declined or lapsed, and then somebody else's (LIC-5)."""

    __tablename__ = "seat_offers"
    __table_args__ = (
        Index("uq_seat_offers_licence_id_open", "licence_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[Kind] = mapped_column(String(16))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(String(64))
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))

"""Rotas and their turns, as they are kept. A licence names the rota that it is part of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.models import Audited
from compliance.kernel.db import Base
from compliance.licences.rules import Kind


class Rota(Audited, Base):
    """One seat of one organisation, and the weekly timetable by which it passes from hand to hand (LIC-6).

    `turns_since` is when the timetable was last set.
    """

    __tablename__ = "rotas"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[Kind] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    starts_on: Mapped[date]
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    turns_since: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    turns: Mapped[list[RotaTurn]] = relationship(
        back_populates="rota", order_by="(RotaTurn.weekday, RotaTurn.begins)", cascade="all, delete-orphan"
    )

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)


class RotaTurn(Base):
    """One turn of the week: Monday is 0; `begins` and `ends` are minutes of the London day, the end exclusive."""

    __tablename__ = "rota_turns"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name="minutes"),
    )

    rota_id: Mapped[UUID] = mapped_column(ForeignKey("rotas.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(Integer, primary_key=True)
    begins: Mapped[int] = mapped_column(Integer, primary_key=True)
    ends: Mapped[int] = mapped_column(Integer)
    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"), index=True)

    rota: Mapped[Rota] = relationship(back_populates="turns")

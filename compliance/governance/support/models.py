"""A request for help, and who may pass one on to the case system's supplier."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed

_OPEN = text("ended_at IS NULL")


class HelpRequest(Audited, Base):
    """One request: `person_id` asked here, or `caller`, sealed, rang or wrote and was verified by `verified_by`.

    `matter` is whose it is: `local_it`, `this_service` or `supplier`. `ticket` is what the supplier calls it.
    """

    __tablename__ = "help_requests"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_help_requests_open", "answer_by", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    year: Mapped[int]
    number: Mapped[int]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    caller: Mapped[bytes | None] = mapped_column(Sealed)
    verified_by: Mapped[str] = mapped_column(String(32))
    about: Mapped[str] = mapped_column(String(32))
    words: Mapped[bytes] = mapped_column(Sealed)
    status: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    taken_by: Mapped[str] = mapped_column(String(64))
    answer_by: Mapped[date]
    matter: Mapped[str | None] = mapped_column(String(16))
    sorted_by: Mapped[str | None] = mapped_column(String(64))
    sorted_at: Mapped[datetime | None]
    ticket: Mapped[bytes | None] = mapped_column(Sealed)
    passed_by: Mapped[str | None] = mapped_column(String(64))
    passed_at: Mapped[datetime | None]
    outcome: Mapped[bytes | None] = mapped_column(Sealed)
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]


class SupportContact(Audited, Base):
    """A member of the hub whom the manager named to pass requests on to the supplier, until they are no more (OP 6.4).

    `ends_on` is their last day, if one was named: after it they are none, though nobody has ended it.
    """

    __tablename__ = "support_contacts"
    __table_args__ = (
        Index(
            "uq_support_contacts_person_id_live", "person_id", unique=True,
            sqlite_where=_OPEN, postgresql_where=_OPEN,
        ),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    named_by: Mapped[str] = mapped_column(String(64))
    named_at: Mapped[datetime]
    ends_on: Mapped[date | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]

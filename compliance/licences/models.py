"""Licences, seats, training and vetting, as they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.models import Audited
from compliance.identity.models import Person
from compliance.kernel.db import Base
from signatories.models import Organisation

from .rules import Kind, RefusedFor, Status

_LIVE = text("status <> 'deactivated' AND status <> 'refused'")
_ACTIVE = text("status = 'active'")


class Licence(Audited, Base):
    """The right of one named person to use the case system for one organisation, in named areas (LIC-3).

    `requested_by` and `decided_by` are the id of whoever acted. `replaces_id` is the licence that ends
    at the moment this one becomes active: its holder has moved (LIC-4). `ends_on` is the last day it opens.
    `rota_id` is the rota whose one seat it shares with others, of whom one at a time is active (LIC-6).
    """

    __tablename__ = "licences"
    __table_args__ = (
        Index(
            "uq_licences_person_id_organisation_id_live", "person_id", "organisation_id", unique=True,
            sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
        Index("ix_licences_status", "status", "kind"),
        Index(
            "uq_licences_rota_id_active", "rota_id", unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE,
        ),
        CheckConstraint("kind = 'standing' OR ends_on IS NOT NULL", name="by_invite_ends"),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[Kind] = mapped_column(String(16))
    status: Mapped[Status] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(Text)
    refused_for: Mapped[RefusedFor | None] = mapped_column(String(16))
    activated_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    suspension: Mapped[str | None] = mapped_column(String(16))
    deactivated_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(16))
    ends_on: Mapped[date | None]
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("licences.id"))
    rota_id: Mapped[UUID | None] = mapped_column(ForeignKey("rotas.id"), index=True)

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    areas: Mapped[list[LicenceArea]] = relationship(lazy="selectin", order_by="LicenceArea.area")
    cases: Mapped[list[LicenceCase]] = relationship(lazy="selectin", order_by="LicenceCase.reference")

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


class LicenceArea(Base):
    """An area MARAC that a licence opens."""

    __tablename__ = "licence_areas"

    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"), primary_key=True)
    area: Mapped[str] = mapped_column(String(32), primary_key=True)


class LicenceCase(Base):
    """A case, by its opaque reference, that a by-invite licence is for (LIC-7)."""

    __tablename__ = "licence_cases"

    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"), primary_key=True)
    reference: Mapped[str] = mapped_column(String(255), primary_key=True)


class LastUse(Base):
    """When a licence was last used: kept beside it, not dug from the log, and moved without ceremony (LIC-8)."""

    __tablename__ = "licence_uses"

    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"), primary_key=True)
    used_at: Mapped[datetime]


class ClosedCase(Audited, Base):
    """A closed MARAC, by its opaque reference: only those invited may come near it (OP 5.2)."""

    __tablename__ = "closed_cases"

    reference: Mapped[str] = mapped_column(String(255), unique=True)
    since: Mapped[datetime]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("closed_case", self.id),)


class CaseInvitation(Audited, Base):
    """One person invited to one case: a closed MARAC, or a case a by-invite licence is for (LIC-7, OP 5.2)."""

    __tablename__ = "case_invitations"
    __table_args__ = (
        Index(
            "uq_case_invitations_reference_person_id_live", "reference", "person_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    reference: Mapped[str] = mapped_column(String(255), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    closed: Mapped[bool]
    invited_by: Mapped[str] = mapped_column(String(64))
    invited_at: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


class SeatContract(Audited, Base):
    """How many licences of a kind the contract allows; its row is locked by whoever takes or frees a seat (LIC-5).

    `set_by` is the id of whoever set it last.
    """

    __tablename__ = "seat_contracts"
    __table_args__ = (CheckConstraint("seats >= 0", name="seats"),)

    kind: Mapped[Kind] = mapped_column(String(16), unique=True)
    seats: Mapped[int]
    set_by: Mapped[str | None] = mapped_column(String(64))


class Training(Audited, Base):
    """That a person has done a module, or has access to the eLearning, and the last day on which it counts (OP 6.1).

    `version` is the one they did; None where it was recorded without.
    """

    __tablename__ = "training"
    __table_args__ = (UniqueConstraint("person_id", "module"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    module: Mapped[str] = mapped_column(String(32))
    version: Mapped[str | None] = mapped_column(String(16))
    done_on: Mapped[date]
    valid_until: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(String(64))

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


class Vetting(Audited, Base):
    """A person's vetting: its level, and the last day on which it holds (OP 6.1)."""

    __tablename__ = "vetting"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    level: Mapped[str] = mapped_column(String(64))
    holds_until: Mapped[date]
    recorded_by: Mapped[str] = mapped_column(String(64))

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)

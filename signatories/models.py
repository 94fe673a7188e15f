"""Organisations, instruments and what each organisation did about each, as they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, event, inspect, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.models import Audited
from compliance.kernel.db import Base


class Organisation(Audited, Base):
    """A multi-agency partner: standing in its areas, or by invite for specific cases (OP 2, 6.6)."""

    __tablename__ = "organisations"

    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sector: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    takes_licences: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    areas: Mapped[list[OrganisationArea]] = relationship(back_populates="organisation")
    domains: Mapped[list[OrganisationDomain]] = relationship(back_populates="organisation")

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.id),)


class OrganisationArea(Base):
    """An area MARAC that an organisation belongs to."""

    __tablename__ = "organisation_areas"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    area: Mapped[str] = mapped_column(String(32), primary_key=True)

    organisation: Mapped[Organisation] = relationship(back_populates="areas")


class OrganisationDomain(Audited, Base):
    """A mail domain that is the organisation's own, as its A-label (LIC-2)."""

    __tablename__ = "organisation_domains"
    __table_args__ = (UniqueConstraint("organisation_id", "domain"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    domain: Mapped[str] = mapped_column(String(253))
    added_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(back_populates="domains")

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)


class Upload(Base):
    """A file as it was received: kept whole, never changed, fixed by its SHA-256."""

    __tablename__ = "uploads"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    received_at: Mapped[datetime]


class Instrument(Audited, Base):
    """A document partners sign: `isa` or `op`. One kept elsewhere names its `source` (SIG-12)."""

    __tablename__ = "instruments"

    code: Mapped[str] = mapped_column(String(16), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    source: Mapped[str | None] = mapped_column(String(300))

    versions: Mapped[list[InstrumentVersion]] = relationship(
        back_populates="instrument", order_by="InstrumentVersion.effective_on"
    )


class InstrumentVersion(Audited, Base):
    """One version, fixed by the SHA-256 of its file; organisations sign it again by `resign_by` (SIG-4)."""

    __tablename__ = "instrument_versions"
    __table_args__ = (UniqueConstraint("instrument_id", "label"),)

    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instruments.id"))
    label: Mapped[str] = mapped_column(String(32))
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    effective_on: Mapped[date]
    resign_by: Mapped[date | None]
    published_at: Mapped[datetime]

    instrument: Mapped[Instrument] = relationship(back_populates="versions")

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("everyone", self.id),)


class Opening(Base):
    """That a person had the text of a version open, in which session and when (SIG-2)."""

    __tablename__ = "version_openings"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("instrument_versions.id"), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]


class Correctable:
    """An entry that is never edited: a later one corrects it, and it is believed until `superseded_at` (SIG-3).

    What it says *held* by its own dates; that it was *known* is from `recorded_at`, or the instant at which it
    was made, until `superseded_at`. The register as at an instant is what was known then.
    """

    superseded_at: Mapped[datetime | None]
    corrects_id: Mapped[UUID | None]


_LIVE = text("ended_at IS NULL AND superseded_at IS NULL")


class Signature(Correctable, Audited, Base):
    """A version signed for an organisation, with its evidence; in force from `signed_at` until `ended_at`."""

    __tablename__ = "signatures"
    __table_args__ = (
        Index(
            "uq_signatures_organisation_id_version_id_live", "organisation_id", "version_id", unique=True,
            sqlite_where=_LIVE, postgresql_where=_LIVE,
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instruments.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("instrument_versions.id"))
    signed_name: Mapped[str] = mapped_column(String(200))
    signed_role: Mapped[str] = mapped_column(String(200))
    method: Mapped[str] = mapped_column(String(16))
    signed_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    session_id: Mapped[UUID | None]
    address: Mapped[str | None] = mapped_column(String(45))
    document_sha256: Mapped[str] = mapped_column(String(64))
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"))
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(32))

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)


class SigningRefusal(Correctable, Audited, Base):
    """An organisation that will not sign an instrument, and why (SIG-5); ends when it signs after all."""

    __tablename__ = "signing_refusals"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instruments.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("instrument_versions.id"))
    reasons: Mapped[str] = mapped_column(Text)
    refused_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)


class Withdrawal(Correctable, Audited, Base):
    """An organisation's withdrawal: its letter, its reasons, what ended, and the duty that stays (SIG-6 to SIG-9).

    It is in effect from `effective_at`, by itself; what follows from it is done at `carried_out_at`, which is the
    same instant or, where it was announced, moments later. One that is still to come can be called off. Without
    `recorded_at` it is older than announcing, and was recorded when it took effect.
    """

    __tablename__ = "withdrawals"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    instruments: Mapped[str] = mapped_column(String(64))
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"))
    letter_on: Mapped[date]
    reasons: Mapped[str] = mapped_column(Text)
    effective_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime | None]
    carried_out_at: Mapped[datetime | None]
    called_off_at: Mapped[datetime | None]
    called_off_by: Mapped[str | None] = mapped_column(String(64))
    people_removed: Mapped[int] = mapped_column(default=0)
    licences_ended: Mapped[int] = mapped_column(default=0)
    duties_acknowledged_by: Mapped[str | None] = mapped_column(String(200))
    duties_acknowledged_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)


class IsaCheck(Correctable, Audited, Base):
    """That the partnership's own list of ISA signatories was looked at, and what it said (SIG-12)."""

    __tablename__ = "isa_checks"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    source: Mapped[str] = mapped_column(String(300))
    found: Mapped[bool]
    checked_at: Mapped[datetime]
    checked_by: Mapped[str] = mapped_column(String(64))


class PolicyDocument(Audited, Base):
    """A policy an organisation keeps current, as a file or a link: `safeguarding` or `data_protection` (OP 6.1, SIG-11)."""

    __tablename__ = "policy_documents"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(200))
    dated_on: Mapped[date]
    next_review_on: Mapped[date]
    upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"))
    link: Mapped[str | None] = mapped_column(String(500))
    recorded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)


class KeyContact(Audited, Base):
    """Whom the hub rings: an organisation's `primary` licence holder, `delegate` or `escalation` contact (LIC-10)."""

    __tablename__ = "key_contacts"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    telephone: Mapped[str | None] = mapped_column(String(40))
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)


class KeptForGood(RuntimeError):
    """A fault of ours: evidence, or a line of the withdrawal register, was to be deleted or rewritten (SIG-2, SIG-8)."""


MAY_CHANGE: dict[type[Base], frozenset[str]] = {
    Upload: frozenset(),
    InstrumentVersion: frozenset({"revision"}),
    Signature: frozenset({"revision", "ended_at", "end_reason", "superseded_at"}),
    SigningRefusal: frozenset({"revision", "ended_at", "superseded_at"}),
    Withdrawal: frozenset(
        {
            "revision",
            "people_removed",
            "licences_ended",
            "duties_acknowledged_by",
            "duties_acknowledged_at",
            "carried_out_at",
            "called_off_at",
            "called_off_by",
            "superseded_at",
        }
    ),
    IsaCheck: frozenset({"revision", "superseded_at"}),
}
"""What may still change in a row that is kept for good; everything else stays as it was written."""


def _refuse_deletion(_mapper: Any, _connection: Any, row: Base) -> None:
    raise KeptForGood(f"a {type(row).__name__} is never deleted")


def _refuse_rewriting(_mapper: Any, _connection: Any, row: Base) -> None:
    state = inspect(row)
    rewritten = {
        name for name in (each.key for each in state.mapper.column_attrs) if state.attrs[name].history.has_changes()
    }
    if rewritten - MAY_CHANGE[type(row)]:
        raise KeptForGood(f"what a {type(row).__name__} says is never rewritten")


for _kept in MAY_CHANGE:
    event.listen(_kept, "before_delete", _refuse_deletion)
    event.listen(_kept, "before_update", _refuse_rewriting)

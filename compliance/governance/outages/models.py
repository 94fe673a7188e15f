"""The passphrase of outage packs and who holds it, the packs that were made, and outages with what is to be transcribed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed

_STANDS = text("ended_at IS NULL")
_OPEN = text("closed_at IS NULL")


class OutagePassphrase(Audited, Base):
    """One passphrase, by its number from 1 on; the highest seals packs, the others open what they sealed.

    `why` is why it was made: `first`, `turned`, `lost` or `holder_left`.
    """

    __tablename__ = "outage_passphrases"
    __table_args__ = (UniqueConstraint("number"),)

    number: Mapped[int]
    words: Mapped[bytes] = mapped_column(Sealed)
    why: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]


class OutageHolder(Audited, Base):
    """Somebody named to hold the passphrase, until they do not any more."""

    __tablename__ = "outage_holders"
    __table_args__ = (
        Index("uq_outage_holders_person_id_stands", "person_id", unique=True,
              sqlite_where=_STANDS, postgresql_where=_STANDS),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    named_by: Mapped[str] = mapped_column(String(64))
    named_at: Mapped[datetime]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]


class OutagePack(Audited, Base):
    """One sealed pack: as at when it tells, which passphrase opens it, its hash and size, and that it did open."""

    __tablename__ = "outage_packs"
    __table_args__ = (UniqueConstraint("made_at"),)

    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    passphrase: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    people: Mapped[int]
    folders: Mapped[int]
    opened_at: Mapped[datetime]


class Outage(Audited, Base):
    """The case system is down: since when, until when it is expected to be, since when it is back, and when all was done."""

    __tablename__ = "outages"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_outages_open", "closed_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    year: Mapped[int]
    number: Mapped[int]
    what: Mapped[bytes] = mapped_column(Sealed)
    began_at: Mapped[datetime]
    expected_until: Mapped[datetime | None]
    declared_by: Mapped[str] = mapped_column(String(64))
    declared_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(64))


class Transcription(Audited, Base):
    """One thing taken by hand: what kind, its opaque reference, for which area, from whom; and how it was settled.

    Entered into the case system (`settled_at` without `reason`), or left out for a reason.
    """

    __tablename__ = "outage_transcriptions"
    __table_args__ = (Index("ix_outage_transcriptions_outage_id_settled_at", "outage_id", "settled_at"),)

    outage_id: Mapped[UUID] = mapped_column(ForeignKey("outages.id"))
    kind: Mapped[str] = mapped_column(String(16))
    reference: Mapped[str] = mapped_column(String(64))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    area: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime]
    taken_by: Mapped[str] = mapped_column(String(64))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[bytes | None] = mapped_column(Sealed)

"""The log's own tables, and the marks by which every other table says how it is watched.

The log outlives everything it speaks of: no foreign key, no cascade, ids and codes only (AUD-3).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from compliance.kernel.db import Base, Sealed

HEAD = 1

SELDOM = ("refused", "mixed")
"""Outcomes that few entries have; the others are found soon wherever one begins to look."""

IS_SELDOM = text("outcome IN ('refused', 'mixed')")
"""The same as the index has it: SQLite takes the index only where a question says this word for word."""

_FROM_SOMEWHERE = text("address IS NOT NULL")
_OF_SOMEBODY = text("organisation IS NOT NULL")
_FOR_SOMEBODY = text("actor_organisation IS NOT NULL")


class Audited:
    """A row whose every change is named by an event of the same transaction (AUD-2).

    `revision` counts its changes: the second of two people who loaded the same row is refused, not merged.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, object]:
        return {"version_id_col": cls.revision}

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        """Whose rights a change of this row may touch: pairs of `person` or `organisation` and its id (DEC-4)."""
        return ()


class AuditEntry(Base):
    """One thing that happened. Fields and their bytes are fixed by `audit.encoding`; rows are only ever added."""

    __tablename__ = "audit_entries"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    format: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[str] = mapped_column(String(27))
    event: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_organisation: Mapped[str | None] = mapped_column(String(36))
    actor_roles: Mapped[str | None] = mapped_column(String(255))
    subject_kind: Mapped[str | None] = mapped_column(String(32))
    subject_id: Mapped[str | None] = mapped_column(String(64))
    organisation: Mapped[str | None] = mapped_column(String(36))
    reference: Mapped[str | None] = mapped_column(String(255))
    rules: Mapped[str | None] = mapped_column(String(255))
    purpose: Mapped[str | None] = mapped_column(String(255))
    address: Mapped[str | None] = mapped_column(String(45))
    request_id: Mapped[str | None] = mapped_column(String(128))
    session_id: Mapped[str | None] = mapped_column(String(36))
    state_version: Mapped[int] = mapped_column(BigInteger)
    policy_version: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(Text)
    personal: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    apart: Mapped[PersonalDetail | None] = relationship(
        primaryjoin="AuditEntry.number == foreign(PersonalDetail.number)", viewonly=True, lazy="joined"
    )

    @property
    def whence(self) -> str | None:
        """The network address it came from, wherever that is kept; None for our own acts and for what is disposed of.

        Where a program tells of a person's act, that is the person's, and the program's once that is disposed of.
        """
        return (self.apart.address if self.apart is not None else None) or self.address

    @property
    def is_disposed(self) -> bool:
        """Whether what was kept beside it has gone again (RET-9)."""
        return self.apart is not None and self.apart.disposed_by is not None

    __table_args__ = (
        Index("ix_audit_entries_event", "event", "number"),
        Index("ix_audit_entries_actor", "actor_id", "number"),
        Index("ix_audit_entries_subject", "subject_id", "number"),
        Index("ix_audit_entries_reference", "reference", "number"),
        Index(
            "ix_audit_entries_organisation", "organisation", "number",
            sqlite_where=_OF_SOMEBODY, postgresql_where=_OF_SOMEBODY,
        ),
        Index(
            "ix_audit_entries_actor_organisation", "actor_organisation", "number",
            sqlite_where=_FOR_SOMEBODY, postgresql_where=_FOR_SOMEBODY,
        ),
        Index(
            "ix_audit_entries_address", "address", "number",
            sqlite_where=_FROM_SOMEWHERE, postgresql_where=_FROM_SOMEWHERE,
        ),
        Index("ix_audit_entries_outcome", "outcome", "number", sqlite_where=IS_SELDOM, postgresql_where=IS_SELDOM),
    )  # fmt: skip


class PersonalDetail(Base):
    """What an entry says of a person beyond ids and codes, kept apart so that it can be disposed of (AUD-3, RET-9).

    The entry holds, as `personal`, the hexadecimal SHA-256 of the salt and these; `audit.personal` says how.
    `address` is the network address, `said` anything else, as JSON, sealed. Disposal leaves the row with none of
    them, and `disposed_by`, the number of the entry that says so.
    """

    __tablename__ = "audit_personal"
    __table_args__ = (Index("ix_audit_personal_address", "address", "number"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    address: Mapped[str | None] = mapped_column(String(45))
    said: Mapped[bytes | None] = mapped_column(Sealed)
    disposed_by: Mapped[int | None] = mapped_column(BigInteger)


class LogHead(Base):
    """The one row every commit passes through: how many entries there are, and which state of rights holds.

    Its lock puts all commits in one order; a decision takes its number and reads the state version in one
    statement, so no answer can stand on a state that has ended (DEC-4).
    """

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    state_version: Mapped[int] = mapped_column(BigInteger)


class LogTile(Base):
    """256 hashes of the log's tree, side by side, once they are all there; rows are only ever added (AUD-3)."""

    __tablename__ = "log_tiles"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class LogSeal(Base):
    """How far the log is sealed: the tree's size, its right edge, and the signed checkpoint of both (AUD-3).

    One row, moved on by whoever sealed from the size it had; whoever sealed from another size did nothing.
    """

    __tablename__ = "log_seal"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    edge: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[str] = mapped_column(String(27))


class LogCheckpoint(Base):
    """A checkpoint that was kept for good: one an hour at the most (AUD-3)."""

    __tablename__ = "log_checkpoints"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[str] = mapped_column(String(27))


class RightsChange(Base):
    """Whose rights may have changed at a state version: what every process reads again before it answers.

    `entry` is the number of an entry that tells of it, so that in the order of `entry` these are every grant, end and
    change of a right in the order of commits: what the change feed hands out. Rows are only ever added.
    """

    __tablename__ = "rights_changes"
    __table_args__ = (Index("ix_rights_changes_entry", "entry", "kind", "subject_id", unique=True),)

    state_version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    entry: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


COLUMNS: tuple[str, ...] = tuple(column.name for column in AuditEntry.__table__.columns)


class Moment:
    """How the log writes an instant: UTC, six decimals, always 27 characters, so that text order is time order."""

    @staticmethod
    def write(instant: datetime) -> str:
        return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"

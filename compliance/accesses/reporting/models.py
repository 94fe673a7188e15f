"""What the case system reported, as it is kept for counting and asking; the log has an entry of each (AUD-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.kernel.db import Base


class ReportedAccess(Base):
    """One thing a person did in the case system; rows are only added, in the transaction of the entry `number`.

    `event_id` is the reporting client's own, by which the same event told twice is taken once, and `fingerprint` the
    keyed hash of all it said, by which another event of the same id is known for another. `involved` is what
    the case system says of the organisation's part in the case, None where it does not say; `records` how many
    records were touched; `out_of_hours` is judged by the policy in force when it was reported.
    """

    __tablename__ = "reported_accesses"
    __table_args__ = (
        UniqueConstraint("client_id", "event_id"),
        Index("ix_reported_accesses_person_id_happened_at", "person_id", "happened_at"),
        Index("ix_reported_accesses_organisation_id_happened_at", "organisation_id", "happened_at"),
        Index("ix_reported_accesses_reference_happened_at", "reference", "happened_at"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    client_id: Mapped[str] = mapped_column(String(64))
    event_id: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    action: Mapped[str | None] = mapped_column(String(64))
    reference: Mapped[str | None] = mapped_column(String(255))
    happened_at: Mapped[datetime]
    involved: Mapped[bool | None]
    records: Mapped[int]
    out_of_hours: Mapped[bool]

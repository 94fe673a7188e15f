"""A decision to share information, or not to, as it was recorded (SHA-1)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class SharingDecision(Audited, Base):
    """Whether something about a case was shared, upon which lawful basis and why; never changed afterwards (OP 1.6, rule 7).

    `decision` is `share` or `not_share`. `decided_by` is the person who decided, for `organisation_id`, None where that is
    the hub; `recorded_by` whoever told this service, which may be the case system. `with_organisation_id` is the
    partner it is shared with, None where that is said in the words alone.
    """

    __tablename__ = "sharing_decisions"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_sharing_decisions_organisation_id_decided_at", "organisation_id", "decided_at"),
    )

    year: Mapped[int]
    number: Mapped[int]
    reference: Mapped[str] = mapped_column(String(255), index=True)
    decision: Mapped[str] = mapped_column(String(16))
    basis: Mapped[str] = mapped_column(String(32))
    with_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    words: Mapped[bytes] = mapped_column(Sealed)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    decided_at: Mapped[datetime] = mapped_column(index=True)
    recorded_by: Mapped[str] = mapped_column(String(64))

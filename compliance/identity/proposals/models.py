"""Proposals, as they are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed

_WAITING = text("state = 'proposed'")


class Proposal(Audited, Base):
    """One thing that takes two people. `asked` is canonical JSON, and `digest` binds the decision to it (ROL-3).

    Bound is everything that was settled when it was proposed, and to this one proposal: not only what is asked,
    but whom it is for, who asked and why, so that none of it can be another thing by the time it is decided.

    `proposer` is the actor's id as the log writes it; `beneficiary_id` whom it is for, who decides on it as little
    as the proposer. `thing` names what it would change, so that two cannot wait for the same thing. `sealed` is what
    of it only its second person is to read, such as how an identity was verified; `asked` holds its fingerprint.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        Index(
            "uq_proposals_kind_thing", "kind", "thing", unique=True,
            sqlite_where=_WAITING, postgresql_where=_WAITING,
        ),
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(String(32))
    thing: Mapped[str] = mapped_column(String(160))
    asked: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    proposer: Mapped[str] = mapped_column(String(64), index=True)
    beneficiary_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    proposed_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(Text)

    @property
    def bound(self) -> dict[str, str | None]:
        """All that `digest` stands for."""
        settled = ("id", "kind", "thing", "asked", "reason", "proposer", "beneficiary_id", "organisation_id")
        values = {name: getattr(self, name) for name in settled}
        return {name: None if value is None else str(value) for name, value in values.items()}

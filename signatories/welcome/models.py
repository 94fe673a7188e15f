"""That an organisation was given its welcome pack."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base


class WelcomePack(Audited, Base):
    """A pack given on a London date. `items` are codes of the policy, with a space between.

    `given_by` is the id of whoever recorded it, at `recorded_at`; `received_by` that of who said for the organisation,
    at `received_at`, that it has arrived. Nothing else of a row changes.
    """

    __tablename__ = "welcome_packs"
    __table_args__ = (UniqueConstraint("organisation_id", "given_on"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    items: Mapped[str] = mapped_column(Text)
    given_on: Mapped[date]
    given_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    received_by: Mapped[str | None] = mapped_column(String(64))

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("organisation", self.organisation_id),)

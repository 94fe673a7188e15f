"""What was sent to each witness, and what two people agreed to when the log and a witness did not agree.

Which witnesses there are stands in the settings and not here: whoever rolled the store back would roll it back too.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class WitnessState(Base):
    """One witness, by its address: the newest checkpoint it took, and what went wrong the last time it was asked."""

    __tablename__ = "witness_states"

    witness: Mapped[str] = mapped_column(String(255), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(64))


class AcceptedRollback(Audited, Base):
    """That two people know of a log which is not the one a witness has seen, and let the service run on it.

    `witness_note` is the checkpoint the witness holds, `own_size` and `own_root` the log's own when the first of them
    said so. `seal` binds all of it with a key from outside the store, so that nobody writes such a row who has
    nothing but the store: a row that does not open accepts nothing.
    """

    __tablename__ = "accepted_rollbacks"

    witness: Mapped[str] = mapped_column(String(255))
    witness_note: Mapped[str] = mapped_column(Text)
    own_size: Mapped[int] = mapped_column(BigInteger)
    own_root: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    first_by: Mapped[str] = mapped_column(String(64))
    first_at: Mapped[datetime]
    second_by: Mapped[str] = mapped_column(String(64))
    second_at: Mapped[datetime]
    seal: Mapped[bytes] = mapped_column(Sealed)

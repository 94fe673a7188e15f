"""Whether somebody's organisation has left: what was opened before that opens nothing from that instant on (SIG-6, IDN-6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ScalarSelect, Uuid, column, func, select, table

from compliance.kernel.db import Instant

from .models import Person

_WITHDRAWALS = table(
    "withdrawals",
    column("organisation_id", Uuid),
    column("effective_at", Instant),
    column("called_off_at", Instant),
    column("superseded_at", Instant),
)
"""Of the register, which is a higher room's, no more than that somebody's organisation has left (SIG-6)."""


def last_withdrawal(at: datetime) -> ScalarSelect[datetime]:
    """When the person's organisation last withdrew, whether or not anything was carried out yet (SIG-6)."""
    gone = _WITHDRAWALS.c
    return (
        select(func.max(gone.effective_at))
        .where(
            gone.organisation_id == Person.organisation_id,
            gone.effective_at <= at,
            gone.called_off_at.is_(None),
            gone.superseded_at.is_(None),
        )
        .scalar_subquery()
    )

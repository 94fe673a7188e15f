"""Somebody's sign-ins that stand, for their own eyes (IDN-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.context import Context

from . import queries, rules
from .models import KnownDevice, SignIn

MOST = 100


@dataclass(frozen=True)
class Standing:
    """A sign-in that stands, half open or whole: since when, last seen when, from where and in what.

    `is_here` marks the one that asks, `is_known` one in a browser that is known as the person's own (IDN-4).
    """

    id: UUID
    opened_at: datetime
    seen_at: datetime
    address: str | None
    agent: str | None
    is_whole: bool
    is_here: bool
    is_known: bool


def standing(ctx: Context, person_id: UUID) -> list[Standing]:
    """Every sign-in of this person that would open something now; the one that asks first, then the newest."""
    known = KnownDevice.ended_at.is_(None) & (KnownDevice.id == SignIn.device_id)
    rows = ctx.session.execute(
        select(SignIn, KnownDevice.id)
        .outerjoin(KnownDevice, known)
        .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
        .order_by(SignIn.opened_at.desc(), SignIn.id)
        .limit(MOST)
    )
    limits = queries.limits(ctx)
    found = [
        Standing(
            row.id,
            row.opened_at,
            row.seen_at,
            row.address,
            row.agent,
            is_whole=row.whole_at is not None,
            is_here=row.id == ctx.origin.session_id,
            is_known=device_id is not None,
        )
        for row, device_id in rows
        if rules.is_live(
            ctx.now(), limits, opened_at=row.opened_at, seen_at=row.seen_at, whole=row.whole_at is not None
        )
    ]
    return sorted(found, key=lambda each: not each.is_here)

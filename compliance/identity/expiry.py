"""Which passwords end soon, and of which of the policy's warnings their owners are to be told now (IDN-2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select

from compliance.kernel.context import Context
from compliance.notices.models import Notice
from policies.values import Policy

from . import rules
from .models import Password, Person


def once(password_id: UUID, days: int) -> str:
    """The name under which a warning is told once for each password."""
    return f"password-expiring:{password_id}:{days}"


def warning_for(ctx: Context, password: Password) -> int | None:
    """The nearest warning that is true of this password now, by its days; None where none is."""
    values = ctx.the(Policy).password
    return rules.nearest_warning(
        ctx.now(), rules.password_until(password.set_at, values.max_age_days), values.warn_days
    )


def due(ctx: Context) -> list[UUID]:
    """The people who are to be told now, those whose password ends first before the others."""
    values = ctx.the(Policy).password
    longest = timedelta(days=max(values.warn_days, default=0))
    oldest = ctx.now() - timedelta(days=values.max_age_days)
    found = ctx.session.execute(_open(oldest, oldest + longest)).scalars().all()
    wanted = {
        once(password.id, days): password.person_id
        for password in found
        if (days := warning_for(ctx, password)) is not None
    }
    told = _told(ctx, wanted)
    return [person_id for name, person_id in wanted.items() if name not in told]


def _open(after: datetime, until: datetime) -> Select[Password]:
    """Passwords set between these instants that still open accounts which are not locked."""
    return (
        select(Password)
        .join(Person, Person.id == Password.person_id)
        .where(
            Password.ended_at.is_(None),
            Password.compromised_at.is_(None),
            Password.set_at > after,
            Password.set_at <= until,
            Person.closed_at.is_(None),
            Person.locked_at.is_(None),
        )
        .order_by(Password.set_at, Password.id)
    )


def _told(ctx: Context, names: Iterable[str]) -> set[str]:
    """Those of these that were told before."""
    asked = list(names)
    told: set[str] = set()
    for start in range(0, len(asked), 500):
        some = select(Notice.once).where(Notice.once.in_(asked[start : start + 500]))
        told.update(name for name in ctx.session.scalars(some) if name)
    return told

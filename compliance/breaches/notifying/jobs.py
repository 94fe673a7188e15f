"""Warning that the clock of a personal-data breach ends soon, and that it is over (BRE-3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from policies.values import Policy

from . import queries, use_cases
from .models import DataBreach

MOST = 2_000


def _to_warn(ctx: Context) -> list[UUID]:
    """Clocks that run and may be due a warning, the nearest end first: the rule itself looks again at each."""
    soon = ctx.now() + timedelta(hours=max(ctx.the(Policy).breaches.notify_warn_hours, default=0))
    wanted = select(DataBreach.id).where(
        queries.clock_runs(),
        DataBreach.tell_by <= soon,
        or_(DataBreach.reminded_hours.is_(None), DataBreach.reminded_hours > 0),
    )
    return list(ctx.session.scalars(wanted.order_by(DataBreach.tell_by, DataBreach.id).limit(MOST)))


def _warn(ctx: Context, data_breach_id: UUID) -> None:
    use_cases.warn(ctx, data_breach_id)


WARN = Job("warn-of-data-breaches", timedelta(minutes=5), _to_warn, _warn, limit=MOST)

JOBS: tuple[Job, ...] = (WARN,)

"""What goes by itself when its time is over (RET-9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from audit import disposal
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from policies.values import Policy

MOST = 50


def _before(ctx: Context) -> datetime:
    return ctx.now() - timedelta(days=ctx.the(Policy).audit.personal_days)


def _due(ctx: Context) -> list[UUID]:
    return disposal.due(ctx, before=_before(ctx), most=MOST)


def _dispose(ctx: Context, _run: UUID) -> None:
    disposal.dispose(ctx, before=_before(ctx))


JOBS: tuple[Job, ...] = (
    Job("dispose-of-personal-detail", every=timedelta(days=1), due=_due, act=_dispose, limit=MOST),
)

"""What goes by itself when its time is over (RET-9), and what follows by itself from another policy (RET-1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from audit import disposal
from compliance.kernel.context import Context, House
from compliance.kernel.jobs import Errand, Job, Run, Stopping, Work
from policies.values import Policy

from .renewing import renew

MOST = 50
PORTIONS = 10_000


def _before(ctx: Context) -> datetime:
    return ctx.now() - timedelta(days=ctx.the(Policy).audit.personal_days)


def _due(ctx: Context) -> list[UUID]:
    return disposal.due(ctx, before=_before(ctx), most=MOST)


def _dispose(ctx: Context, _run: UUID) -> None:
    disposal.dispose(ctx, before=_before(ctx))


def _renew(house: House, stopping: Stopping) -> Run:
    return renew(house, stopping, name=RENEW.name, most=PORTIONS)


DISPOSE = Job("dispose-of-personal-detail", every=timedelta(days=1), due=_due, act=_dispose, limit=MOST)
RENEW = Errand("reckon-records-anew", every=timedelta(minutes=5), go=_renew, limit=PORTIONS)

JOBS: tuple[Work, ...] = (DISPOSE, RENEW)

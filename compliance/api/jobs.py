"""What happens at the programs' door by itself: answers that were kept for a repeated request are forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.idempotency import forget, over
from compliance.kernel.jobs import Job
from policies.values import Policy

from .events import AnswersForgotten


def _due(ctx: Context) -> list[UUID]:
    """One piece of work, while there is anything to forget."""
    return [ctx.new_id()] if over(ctx, _kept_for(ctx)) else []


def _forget(ctx: Context, _run: UUID) -> None:
    found = over(ctx, _kept_for(ctx))
    if found:
        forget(ctx, found)
        record(ctx, AnswersForgotten(answers=len(found)))


def _kept_for(ctx: Context) -> timedelta:
    return timedelta(hours=ctx.the(Policy).audit.answers_kept_hours)


JOBS: tuple[Job, ...] = (Job("forget-kept-answers", every=timedelta(hours=1), due=_due, act=_forget, limit=1),)

"""Reminding of holds that are to be looked at again (RET-6)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from policies.values import Policy
from retention.reviews.rules import finish_by

from . import queries, use_cases

MOST = 500


def _to_remind(ctx: Context) -> list[UUID]:
    policy = ctx.the(Policy)
    soon = finish_by(london_date(ctx.now()), policy.disposal.reminder_working_days, policy.calendar)
    return queries.to_remind(ctx, soon, limit=MOST)


def _remind(ctx: Context, hold_id: UUID) -> None:
    use_cases.remind(ctx, hold_id)


REMIND = Job("remind-of-holds", timedelta(hours=1), _to_remind, _remind, limit=MOST)

JOBS: tuple[Job, ...] = (REMIND,)

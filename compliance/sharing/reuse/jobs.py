"""Reminding suppliers of requests for re-use that wait for their answer (SHA-2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.calendar import add_working_days
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from compliance.kernel.reminding import may_be_due
from policies.values import Policy

from . import use_cases
from .models import ReuseRequest
from .rules import Status

MOST = 2_000


def _to_remind(ctx: Context) -> list[UUID]:
    """Open requests of which somebody may be due a reminder: the rule itself looks again at each."""
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = add_working_days(today, policy.sharing.reuse_reminder_working_days, policy.calendar)
    due = may_be_due(ReuseRequest.answer_by, ReuseRequest.reminded_on, today=today, soon=soon)
    wanted = select(ReuseRequest.id).where(ReuseRequest.status == Status.OPEN.value, due)
    return list(ctx.session.scalars(wanted.order_by(ReuseRequest.answer_by, ReuseRequest.id).limit(MOST)))


def _remind(ctx: Context, request_id: UUID) -> None:
    use_cases.remind(ctx, request_id)


REMIND = Job("remind-of-reuse-requests", timedelta(hours=1), _to_remind, _remind, limit=MOST)

JOBS: tuple[Job, ...] = (REMIND,)

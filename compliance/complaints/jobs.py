"""Reminding both sides of a complaint before, on and after the last day of its stage (COM-5)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, select

from compliance.kernel.calendar import BeyondCalendar, add_working_days
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from compliance.kernel.reminding import may_be_due
from policies.values import Policy

from . import ruling
from .models import Complaint, ComplaintStage
from .rules import Status

MOST = 2_000


def _to_remind(ctx: Context) -> list[UUID]:
    """Stages that are open and may be due a reminder: the rule itself looks again at each."""
    policy, today = ctx.the(Policy), london_date(ctx.now())
    try:
        soon = add_working_days(today, policy.complaints.reminder_working_days, policy.calendar)
    except BeyondCalendar:
        soon = today
    due_on, told = ComplaintStage.due_on, ComplaintStage.reminded_on
    wanted = (
        select(ComplaintStage.id)
        .join(Complaint, and_(Complaint.id == ComplaintStage.complaint_id, Complaint.stage == ComplaintStage.stage))
        .where(
            Complaint.status == Status.OPEN.value,
            may_be_due(due_on, told, today=today, soon=soon),
        )
    )
    return list(ctx.session.scalars(wanted.order_by(due_on, ComplaintStage.id).limit(MOST)))


def _remind(ctx: Context, stage_id: UUID) -> None:
    ruling.remind(ctx, stage_id)


REMIND = Job("remind-of-complaints", timedelta(hours=1), _to_remind, _remind, limit=MOST)

JOBS: tuple[Job, ...] = (REMIND,)

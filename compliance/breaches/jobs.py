"""Reminding of breaches and of what is to be done about them, and throwing old drafts away (BRE-2)."""

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

from . import learning, reporting, use_cases
from .models import Incident, IncidentAction
from .rules import ENDED

MOST = 2_000

_ENDED = [status.value for status in ENDED]


def _to_remind(ctx: Context) -> list[UUID]:
    """Open breaches of which somebody may be due a reminder: the rule itself looks again at each."""
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = add_working_days(today, policy.breaches.reminder_working_days, policy.calendar)
    due = may_be_due(Incident.due_on, Incident.reminded_on, today=today, soon=soon)
    wanted = select(Incident.id).where(Incident.status.not_in(_ENDED), due)
    return list(ctx.session.scalars(wanted.order_by(Incident.due_on, Incident.id).limit(MOST)))


def _remind(ctx: Context, incident_id: UUID) -> None:
    use_cases.remind(ctx, incident_id)


def _actions(ctx: Context) -> list[UUID]:
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = add_working_days(today, policy.breaches.reminder_working_days, policy.calendar)
    due = may_be_due(IncidentAction.due_on, IncidentAction.reminded_on, today=today, soon=soon)
    wanted = select(IncidentAction.id).where(IncidentAction.done_at.is_(None), due)
    return list(ctx.session.scalars(wanted.order_by(IncidentAction.due_on, IncidentAction.id).limit(MOST)))


def _remind_of_action(ctx: Context, action_id: UUID) -> None:
    learning.remind(ctx, action_id)


def _drafts(ctx: Context) -> list[UUID]:
    return reporting.lying_too_long(ctx, limit=MOST)


def _forget(ctx: Context, draft_id: UUID) -> None:
    reporting.forget_draft(ctx, draft_id)


REMIND = Job("remind-of-breaches", timedelta(hours=1), _to_remind, _remind, limit=MOST)
REMIND_OF_ACTIONS = Job("remind-of-breach-actions", timedelta(hours=1), _actions, _remind_of_action, limit=MOST)
FORGET = Job("forget-breach-drafts", timedelta(days=1), _drafts, _forget, limit=MOST)

JOBS: tuple[Job, ...] = (REMIND, REMIND_OF_ACTIONS, FORGET)

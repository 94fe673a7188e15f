"""Reminding organisations of what a group waits for, and telling the groups of what was not answered (GOV-2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from retention.own.jobs import job_of

from . import disposing, queries, use_cases

MOST = 500


def _to_remind(ctx: Context) -> list[UUID]:
    return queries.to_remind(ctx, limit=MOST)


def _remind(ctx: Context, escalation_id: UUID) -> None:
    use_cases.remind(ctx, escalation_id)


REMIND = Job("remind-of-escalations", timedelta(hours=1), _to_remind, _remind, limit=MOST)

JOBS: tuple[Job, ...] = (REMIND, job_of([disposing.KIND]))

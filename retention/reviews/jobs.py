"""Making reviews that fall due, naming reviewers, reminding them (RET-3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from policies.values import Policy

from . import queries, reviewers, rules, use_cases

MOST = 5_000


def _due(ctx: Context) -> list[UUID]:
    return queries.due(ctx, limit=MOST + 1)


def _make(ctx: Context, record_id: UUID) -> None:
    use_cases.make_due(ctx, record_id)


def _without(ctx: Context) -> list[UUID]:
    return reviewers.without_one(ctx, limit=MOST)


def _assign(ctx: Context, review_id: UUID) -> None:
    use_cases.assign(ctx, review_id)


def _to_remind(ctx: Context) -> list[UUID]:
    policy = ctx.the(Policy)
    soon = rules.finish_by(london_date(ctx.now()), policy.disposal.reminder_working_days, policy.calendar)
    return queries.to_remind(ctx, soon, limit=MOST)


def _remind(ctx: Context, review_id: UUID) -> None:
    use_cases.remind(ctx, review_id)


MAKE = Job("make-due-reviews", timedelta(hours=1), _due, _make, limit=MOST)
REVIEWERS = Job("name-record-reviewers", timedelta(hours=1), _without, _assign, limit=MOST)
REMIND = Job("remind-of-record-reviews", timedelta(hours=1), _to_remind, _remind, limit=MOST)

JOBS: tuple[Job, ...] = (MAKE, REVIEWERS, REMIND)

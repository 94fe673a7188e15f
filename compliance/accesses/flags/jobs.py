"""Going through the log for what rules ask about, naming reviewers, and reminding them (AUD-6)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import and_, or_, select

from compliance.kernel.calendar import add_working_days
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, House, worker
from compliance.kernel.jobs import Errand, Job, Run, Stopping
from policies.values import Policy

from . import looking, raising, reviewers, use_cases
from .errors import LookedMeanwhile
from .models import AccessFlag
from .rules import Status

log = structlog.get_logger("compliance.accesses.flags")

NAME = "look-for-questions"
MOST = 2_000
_STRETCHES = 200


def look(house: House, stopping: Stopping, *, most: int = looking.MOST_ENTRIES, stretches: int = _STRETCHES) -> Run:
    """Go through what the log holds that no rule has looked at, a stretch at a time, and raise what it gives rise to.

    However many run at once, each stretch is gone through once: who comes second finds the place moved on, and leaves
    the rest to the first.
    """
    found = 0
    for _ in range(stretches):
        if stopping.told:
            break
        with house.reading(worker(NAME)) as ctx:
            stretch = looking.next_stretch(ctx, most)
            asked = looking.questions(ctx, stretch) if stretch is not None else []
        if stretch is None:
            break
        try:
            with house.work(worker(NAME)) as ctx:
                found += raising.look_on(ctx, stretch, asked)
        except LookedMeanwhile:
            break
    return _under_conflicts(house, stopping, found)


def _under_conflicts(house: House, stopping: Stopping, found: int) -> Run:
    with house.reading(worker(NAME)) as ctx:
        attempted = raising.attempts(ctx)
    for one in attempted:
        if stopping.told:
            break
        with house.work(worker(NAME)) as ctx:
            found += raising.raise_attempt(ctx, one) is not None
    return Run(found, found)


def _go(house: House, stopping: Stopping) -> Run:
    return look(house, stopping)


def _without(ctx: Context) -> list[UUID]:
    return reviewers.without_one(ctx, limit=MOST)


def _assign(ctx: Context, flag_id: UUID) -> None:
    use_cases.assign(ctx, flag_id)


def _to_remind(ctx: Context) -> list[UUID]:
    """Open flags whose reviewer may be due a reminder: the rule itself looks again at each."""
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = add_working_days(today, policy.audit.flag_reminder_working_days, policy.calendar)
    never = and_(AccessFlag.reminded_on.is_(None), AccessFlag.due_on <= soon)
    over = and_(AccessFlag.due_on < today, AccessFlag.reminded_on <= AccessFlag.due_on)
    wanted = select(AccessFlag.id).where(
        AccessFlag.status == Status.OPEN.value, AccessFlag.reviewer_id.is_not(None), or_(never, over)
    )
    return list(ctx.session.scalars(wanted.order_by(AccessFlag.due_on, AccessFlag.id).limit(MOST)))


def _remind(ctx: Context, flag_id: UUID) -> None:
    use_cases.remind(ctx, flag_id)


LOOK = Errand(NAME, timedelta(seconds=30), _go, limit=MOST)
REVIEWERS = Job("name-flag-reviewers", timedelta(hours=1), _without, _assign, limit=MOST)
REMIND = Job("remind-of-flags", timedelta(hours=1), _to_remind, _remind, limit=MOST)

JOBS: tuple[Errand | Job, ...] = (LOOK, REVIEWERS, REMIND)

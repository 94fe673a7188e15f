"""What time does to exceptions, and telling those who set a conflict (DEC-5, DEC-6). Nothing is denied by a job."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from compliance.notices.models import Notice

from . import letters, use_cases
from .models import BreakGlass, ConflictAttempt

_MOST = 200


def over(ctx: Context) -> list[UUID]:
    """Break-glass whose time has passed, the longest past first."""
    wanted = select(BreakGlass.id).where(BreakGlass.ended_at.is_(None), BreakGlass.until <= ctx.now())
    return list(ctx.session.scalars(wanted.order_by(BreakGlass.until, BreakGlass.id).limit(_MOST)))


def unreviewed(ctx: Context) -> list[UUID]:
    """Break-glass that is to be looked at by today, or was to be, and nobody was told so."""
    today = london_date(ctx.now())
    wanted = select(BreakGlass).where(
        BreakGlass.reviewed_at.is_(None), BreakGlass.review_due_on <= today, BreakGlass.until <= ctx.now()
    )
    waiting = ctx.session.scalars(wanted.order_by(BreakGlass.review_due_on, BreakGlass.id).limit(_MOST)).all()
    marks = {found.id: letters.called(found, today) for found in waiting}
    if not marks:
        return []
    begins = or_(*(Notice.once.startswith(mark, autoescape=True) for mark in marks.values()))
    told = {once.rpartition(":")[0] + ":" for once in ctx.session.scalars(select(Notice.once).where(begins)) if once}
    return [glass_id for glass_id, mark in marks.items() if mark not in told]


def untold(ctx: Context) -> list[UUID]:
    """Conflicts whose person asked all the same, and those who set them were not told of it."""
    wanted = select(ConflictAttempt.conflict_id).where(ConflictAttempt.told_at.is_(None)).distinct()
    return list(ctx.session.scalars(wanted.order_by(ConflictAttempt.conflict_id).limit(_MOST)))


def _close(ctx: Context, glass_id: UUID) -> None:
    use_cases.close_over(ctx, glass_id)


def _remind(ctx: Context, glass_id: UUID) -> None:
    use_cases.call_to_mind(ctx, glass_id)


def _tell(ctx: Context, conflict_id: UUID) -> None:
    use_cases.tell_of_attempts(ctx, conflict_id)


JOBS: tuple[Job, ...] = (
    Job("close-break-glass", timedelta(minutes=5), over, _close, limit=_MOST),
    Job("call-break-glass-to-mind", timedelta(hours=1), unreviewed, _remind, limit=_MOST),
    Job("tell-who-set-conflicts", timedelta(minutes=5), untold, _tell, limit=_MOST),
)

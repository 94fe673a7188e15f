"""The schedule of our own records, run once a day for each rule (RET-9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from compliance.kernel.context import Context
from compliance.kernel.jobs import Job, Work
from compliance.kernel.turns import KEEPING, in_turn
from policies.values import packaged

from .kinds import Kind, held
from .schedule import KINDS
from .use_cases import AT_ONCE, dispose_of_one, dispose_of_some

W = TypeVar("W", bound=Work)

MOST = 1_000
"""Things that are disposed of one by one in a run of a kind; the rest goes at the next."""

BATCHES = 50


def job_of(kinds: Sequence[Kind]) -> Job:
    """The job that disposes of what follows one rule."""
    singly = kinds[0].singly

    def due(ctx: Context) -> list[UUID]:
        return [each for kind in kinds for each in (_one_by_one if singly else _in_batches)(ctx, kind)]

    def act(ctx: Context, item: UUID) -> None:
        for kind in kinds:
            if not singly:
                dispose_of_some(ctx, kind)
            elif dispose_of_one(ctx, kind, item):
                return

    name = packaged().own_records[kinds[0].code].job
    return Job(name, timedelta(days=1), due, act, limit=MOST if singly else BATCHES)


def heeding_holds(job: W) -> W:
    """The same job of another room; where a rule of the schedule names it, it rests while a hold names that rule (RET-6)."""
    code = _ELSEWHERE.get(job.name)
    if code is None or not isinstance(job, Job):
        return job
    first, then = job.due, job.act

    def due(ctx: Context) -> list[UUID]:
        return [] if _is_held(ctx, code) else first(ctx)

    def act(ctx: Context, item: UUID) -> None:
        in_turn(ctx, KEEPING)
        if not _is_held(ctx, code):
            then(ctx, item)

    return replace(job, due=due, act=act)


def _is_held(ctx: Context, code: str) -> bool:
    return bool(ctx.session.scalar(select(held(code))))


def _one_by_one(ctx: Context, kind: Kind) -> list[UUID]:
    rows = kind.rows
    wanted = select(rows.id).where(kind.due(ctx)).order_by(kind.order, rows.id)  # type: ignore[attr-defined]
    return list(ctx.session.scalars(wanted.limit(MOST + 1)))


def _in_batches(ctx: Context, kind: Kind) -> list[UUID]:
    """Pieces of work, each a new id, while there is something to dispose of."""
    some = select(kind.order).where(kind.due(ctx)).limit(AT_ONCE * (BATCHES + 1)).subquery()
    waiting = ctx.session.scalar(select(func.count()).select_from(some)) or 0
    return [ctx.new_id() for _ in range(-(-waiting // AT_ONCE))]


def _by_rule() -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for kind in KINDS:
        found.setdefault(kind.code, []).append(kind)
    return found


_ELSEWHERE = {
    rule.job: rule.code
    for rule in packaged().own_records.values()
    if rule.job and rule.code not in {kind.code for kind in KINDS}
}
"""Which rule each job of another room follows: our own ask of each row whether it is held."""

JOBS: tuple[Job, ...] = tuple(job_of(kinds) for kinds in _by_rule().values())

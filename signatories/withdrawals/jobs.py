"""An announced withdrawal takes effect by itself; this is what follows from it, within a second (SIG-6)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from compliance.kernel.context import Context, House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Errand, Job, Run, Stopping, Work
from signatories import use_cases
from signatories.models import Withdrawal

from . import drafts, steps

log = structlog.get_logger("compliance.withdrawals")

_MOST = 100
_CARRIER = worker("carry-out-withdrawals")


def _due(ctx: Context) -> list[UUID]:
    wanted = select(Withdrawal.id).where(*steps.due(ctx.now()))
    return list(ctx.session.scalars(wanted.order_by(Withdrawal.effective_at, Withdrawal.id).limit(_MOST)))


def _carry_out(house: House, stopping: Stopping) -> Run:
    """Each in a transaction of its own, which looks again: whoever comes second finds that nothing is left to do."""
    with house.reading(_CARRIER) as ctx:
        due = _due(ctx)
    done = failed = 0
    for withdrawal_id in due:
        if stopping.told:
            break
        try:
            with house.work(_CARRIER) as ctx:
                use_cases.carry_out(ctx, withdrawal_id)
            done += 1
        except (Refusal, SQLAlchemyError) as problem:
            failed += 1
            log.warning("withdrawal not carried out", withdrawal=str(withdrawal_id), problem=type(problem).__name__)
    return Run(len(due), done, failed)


JOBS: tuple[Work, ...] = (
    Errand("carry-out-withdrawals", every=timedelta(seconds=1), go=_carry_out, limit=_MOST),
    Job(
        "throw-away-withdrawal-drafts",
        every=timedelta(hours=1),
        due=drafts.left_lying,
        act=drafts.throw_away,
        limit=_MOST,
    ),
)

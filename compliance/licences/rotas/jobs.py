"""Hand-overs by themselves: every second, the rows of each rota follow its timetable (LIC-6).

It is an errand and no job of the ledger: what there is to do is seen from the rows, and done once however many
schedulers look. After a time without any of them it goes straight to what holds now.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from compliance.kernel.context import House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Errand, Run, Stopping

from .following import follow, out_of_step

log = structlog.get_logger("compliance.jobs")

NAME = "follow-rotas"
_MOST = 500


def hand_over(house: House, stopping: Stopping) -> Run:
    """Let every rota that is out of step follow its timetable, each in a transaction of its own."""
    actor = worker(NAME)
    with house.reading(actor) as ctx:
        due = out_of_step(ctx)[:_MOST]
    done = failed = 0
    for rota_id in due:
        if stopping.told:
            break
        try:
            with house.work(actor) as ctx:
                done += follow(ctx, rota_id)
        except (Refusal, SQLAlchemyError) as problem:
            failed += 1
            log.warning("rota stepped aside", rota=str(rota_id), problem=type(problem).__name__)
    return Run(done + failed, done, failed)


JOBS: tuple[Errand, ...] = (Errand(NAME, timedelta(seconds=1), hand_over, limit=_MOST),)

"""What time does to rights is written down when it comes (DEC-4).

It is an errand and no job of the ledger: each kind has a mark of its own that says up to where it was done.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from compliance.kernel.context import House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Errand, Run, Stopping, Work

from .running_out import KINDS, MOST, waits, write_down

log = structlog.get_logger("compliance.changes")

NAME = "write-down-ends"
_ROUNDS = 20


def write_ends(house: House, stopping: Stopping) -> Run:
    """Write every end that has come since the last look, each kind and each batch in a transaction of its own."""
    done = failed = 0
    with house.reading(worker(NAME)) as ctx:
        due = [what for what in KINDS if waits(ctx, what)]
    for what in due:
        try:
            for _ in range(_ROUNDS):
                if stopping.told:
                    break
                with house.work(worker(NAME)) as ctx:
                    written = write_down(ctx, what)
                done += written
                if written < MOST:
                    break
        except (Refusal, SQLAlchemyError) as problem:
            failed += 1
            log.warning("ends were not written down", what=what, problem=type(problem).__name__)
    return Run(done + failed, done, failed)


JOBS: tuple[Work, ...] = (Errand(NAME, timedelta(seconds=3), write_ends, limit=_ROUNDS * MOST),)

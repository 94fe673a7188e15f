"""Counting each month that is over, with nothing locked (LIC-11)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from compliance.kernel.context import House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Errand, Run, Stopping

from . import queries, use_cases
from .errors import CountedAlready

log = structlog.get_logger("compliance.jobs")

_NAME = "count-months"


def _count(house: House, stopping: Stopping) -> Run:
    """Count each month, then keep it in a unit of work of its own; where several do so, the first keeps it."""
    with house.reading(worker(_NAME)) as ctx:
        months = queries.to_count(ctx)
    done = failed = 0
    for month in months:
        if stopping.told:
            break
        try:
            with house.reading(worker(_NAME)) as ctx:
                counts = queries.count(ctx, month)
            with house.work(worker(_NAME)) as ctx:
                use_cases.keep(ctx, month, counts)
            done += 1
        except CountedAlready:
            continue
        except (Refusal, SQLAlchemyError) as problem:
            failed += 1
            log.warning("month stepped aside", month=str(month), problem=type(problem).__name__)
    return Run(len(months), done, failed)


JOBS: tuple[Errand, ...] = (Errand(_NAME, timedelta(hours=1), _count, limit=queries.CATCHES_UP),)

"""Issuing what is due, counted with nothing locked (GOV-1, GOV-4)."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from compliance.kernel.context import House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Errand, Run, Stopping, Work

from . import queries, use_cases
from .errors import IssuedMeanwhile, NothingNew

log = structlog.get_logger("compliance.jobs")

_NAME = "issue-reports"
_MOST = 20


def _issue(house: House, stopping: Stopping) -> Run:
    """Count each report that is due, then issue it in a unit of work of its own; where several do so, the first issues it."""
    with house.reading(worker(_NAME)) as ctx:
        due = queries.due(ctx)[:_MOST]
    done = failed = 0
    for kind, span in due:
        if stopping.told:
            break
        try:
            with house.reading(worker(_NAME)) as ctx:
                report = use_cases.count(ctx, kind, queries.period_of(ctx, kind, span))
            with house.work(worker(_NAME)) as ctx:
                use_cases.issue(ctx, report)
            done += 1
        except (IssuedMeanwhile, NothingNew):
            continue
        except (Refusal, SQLAlchemyError) as problem:
            failed += 1
            log.warning("report stepped aside", kind=kind, problem=type(problem).__name__)
    return Run(len(due), done, failed)


JOBS: tuple[Work, ...] = (Errand(_NAME, timedelta(hours=1), _issue, limit=_MOST),)

"""The scheduler: a process of its own that runs what nobody clicks for, and says that it is alive.

Any number of schedulers may run; the ledger lets one of them have each job's period. What fell due while
none ran is found by the next run, because a job looks for what is due and not for what happened.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from .app import house_of
from .identity.proposals.jobs import JOBS as PROPOSAL_JOBS
from .kernel.context import House
from .kernel.jobs import Job, beat, run_due
from .licences.jobs import JOBS as LICENCE_JOBS

log = structlog.get_logger("compliance.scheduler")

PROCESS = "scheduler"
BEAT = timedelta(seconds=5)
JOBS: tuple[Job, ...] = (*PROPOSAL_JOBS, *LICENCE_JOBS)


def job_named(name: str) -> Job | None:
    """The job of this name, or None."""
    return next((job for job in JOBS if job.name == name), None)


def run(app: Flask) -> None:
    """Run every job in its turn until the process is stopped."""
    house = house_of(app)
    scheduler = BlockingScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_job(_beat, "interval", seconds=BEAT.total_seconds(), args=[house])
    for job in JOBS:
        scheduler.add_job(_run, "interval", seconds=job.every.total_seconds(), args=[house, job], id=job.name)
    _beat(house)
    log.info("scheduler started", jobs=[job.name for job in JOBS])
    scheduler.start()


def _run(house: House, job: Job) -> None:
    try:
        done = run_due(house, job)
    except SQLAlchemyError as problem:
        log.error("job could not run", job=job.name, problem=type(problem).__name__)
        return
    if done is not None and done.found:
        log.info("job ran", job=job.name, found=done.found, done=done.done, failed=done.failed)


def _beat(house: House) -> None:
    try:
        beat(house, PROCESS)
    except SQLAlchemyError as problem:
        log.error("heartbeat not written", problem=type(problem).__name__)

"""The scheduler: a process of its own that runs what nobody clicks for, and says that it is alive.

Any number of schedulers may run; the ledger lets one of them have each job's period. What fell due while
none ran is found by the next run, because a job looks for what is due and not for what happened.
"""

from __future__ import annotations

import logging
import signal
from datetime import timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from audit.sealing import LogTouched, seal
from retention.disposals.jobs import JOBS as DISPOSAL_JOBS
from retention.holds.jobs import JOBS as HOLD_JOBS
from retention.jobs import JOBS as RETENTION_JOBS
from retention.journal.jobs import JOBS as JOURNAL_JOBS
from retention.own.jobs import JOBS as OWN_RECORD_JOBS
from retention.own.jobs import heeding_holds
from retention.reviews.jobs import JOBS as RECORD_REVIEW_JOBS
from signatories.jobs import JOBS as SIGNATORY_JOBS
from signatories.withdrawals.jobs import JOBS as WITHDRAWAL_JOBS

from .accesses.audits.jobs import JOBS as ACCESS_AUDIT_JOBS
from .accesses.flags.jobs import JOBS as FLAG_JOBS
from .api.jobs import JOBS as API_JOBS
from .app import house_of
from .breaches.jobs import JOBS as BREACH_JOBS
from .breaches.notifying.jobs import JOBS as DATA_BREACH_JOBS
from .changes.jobs import JOBS as CHANGE_JOBS
from .changes.webhooks.jobs import JOBS as WEBHOOK_JOBS
from .complaints.data_protection.jobs import JOBS as DATA_COMPLAINT_JOBS
from .complaints.jobs import JOBS as COMPLAINT_JOBS
from .decisions.exceptions.jobs import JOBS as EXCEPTION_JOBS
from .decisions.jobs import JOBS as DECISION_JOBS
from .governance.accountability.jobs import JOBS as ACCOUNTABILITY_JOBS
from .governance.escalations.jobs import JOBS as ESCALATION_JOBS
from .governance.growth.jobs import JOBS as GROWTH_JOBS
from .governance.outages.jobs import JOBS as OUTAGE_JOBS
from .governance.reports.jobs import JOBS as REPORT_JOBS
from .governance.support.jobs import JOBS as SUPPORT_JOBS
from .identity.jobs import JOBS as IDENTITY_JOBS
from .identity.proposals.jobs import JOBS as PROPOSAL_JOBS
from .kernel.context import House
from .kernel.errors import Refusal
from .kernel.jobs import Stopping, Work, beat, run_due
from .licences.jobs import JOBS as LICENCE_JOBS
from .licences.quarterly.jobs import JOBS as QUARTERLY_JOBS
from .licences.rotas.jobs import JOBS as ROTA_JOBS
from .licences.waiting.jobs import JOBS as WAITING_JOBS
from .notices.jobs import JOBS as NOTICE_JOBS
from .sharing.reuse.jobs import JOBS as REUSE_JOBS
from .witnesses.jobs import JOBS as WITNESS_JOBS
from .witnesses.jobs import SEND
from .witnesses.watch import Watch

log = structlog.get_logger("compliance.scheduler")

PROCESS = "scheduler"
BEAT = timedelta(seconds=5)
SEAL_EVERY = timedelta(seconds=0.5)
_ROOMS: tuple[Work, ...] = (
    *NOTICE_JOBS,
    *IDENTITY_JOBS,
    *PROPOSAL_JOBS,
    *LICENCE_JOBS,
    *QUARTERLY_JOBS,
    *ROTA_JOBS,
    *WAITING_JOBS,
    *SIGNATORY_JOBS,
    *WITHDRAWAL_JOBS,
    *RETENTION_JOBS,
    *OWN_RECORD_JOBS,
    *RECORD_REVIEW_JOBS,
    *DISPOSAL_JOBS,
    *HOLD_JOBS,
    *EXCEPTION_JOBS,
    *DECISION_JOBS,
    *FLAG_JOBS,
    *COMPLAINT_JOBS,
    *BREACH_JOBS,
    *DATA_BREACH_JOBS,
    *ACCESS_AUDIT_JOBS,
    *DATA_COMPLAINT_JOBS,
    *ESCALATION_JOBS,
    *ACCOUNTABILITY_JOBS,
    *GROWTH_JOBS,
    *SUPPORT_JOBS,
    *REPORT_JOBS,
    *OUTAGE_JOBS,
    *REUSE_JOBS,
    *API_JOBS,
    *WITNESS_JOBS,
    *CHANGE_JOBS,
    *WEBHOOK_JOBS,
    *JOURNAL_JOBS,
)
JOBS: tuple[Work, ...] = tuple(heeding_holds(job) for job in _ROOMS)
END = (signal.SIGTERM, signal.SIGINT)


def job_named(name: str) -> Work | None:
    """The job of this name, or None."""
    return next((job for job in JOBS if job.name == name), None)


def run(app: Flask) -> None:
    """Run every job in its turn until the process is told to stop; then what is in hand ends, and nothing is begun."""
    house, stopping = house_of(app), Stopping()
    # That a run lasts longer than its interval, and the next one is left out, is nothing to tell the operator.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # The signals are waited for and not handled: a handler would run in the midst of whatever this thread does.
    signal.pthread_sigmask(signal.SIG_BLOCK, END)
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
    scheduler.add_job(_beat, "interval", seconds=BEAT.total_seconds(), args=[house])
    scheduler.add_job(_seal, "interval", seconds=SEAL_EVERY.total_seconds(), args=[house])
    for job in JOBS:
        seconds = job.every.total_seconds()
        scheduler.add_job(_run, "interval", seconds=seconds, args=[house, job, stopping], id=job.name)
    _beat(house)
    scheduler.start()
    log.info("scheduler started", jobs=[job.name for job in JOBS])
    signal.sigwait(END)
    stopping.tell()
    scheduler.shutdown(wait=True)
    log.info("scheduler stopped")


def _run(house: House, job: Work, stopping: Stopping) -> None:
    if job is not SEND and house.the(Watch).is_closed(house):
        return
    try:
        done = run_due(house, job, stopping)
    except (Refusal, SQLAlchemyError) as problem:
        log.error("job could not run", job=job.name, problem=type(problem).__name__)
        return
    if done is not None and done.found:
        log.info("job ran", job=job.name, found=done.found, done=done.done, failed=done.failed)


def _seal(house: House) -> None:
    if house.the(Watch).is_closed(house):
        return
    try:
        seal(house)
    except LogTouched as problem:
        log.error("the log cannot be sealed: run `compliance audit verify`", problem=str(problem))
    except SQLAlchemyError as problem:
        log.error("the log was not sealed", problem=type(problem).__name__)


def _beat(house: House) -> None:
    try:
        beat(house, PROCESS)
    except SQLAlchemyError as problem:
        log.error("heartbeat not written", problem=type(problem).__name__)

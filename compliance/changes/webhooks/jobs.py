"""Changes go out by themselves, and what is not taken is told of (DEC-4, GOV-5)."""

from __future__ import annotations

from datetime import timedelta

from compliance.kernel.context import House
from compliance.kernel.jobs import Errand, Job, Run, Stopping, Work
from retention.own.jobs import job_of

from . import disposing, letters
from .sending import NAME, send_due

_MOST = 100


def _send(house: House, stopping: Stopping) -> Run:
    return send_due(house, stopping)


JOBS: tuple[Work, ...] = (
    Errand(NAME, timedelta(seconds=1), _send, limit=_MOST),
    Job("tell-of-webhooks-that-fail", timedelta(minutes=1), letters.due, letters.write, limit=_MOST),
    job_of([disposing.DELIVERIES]),
    job_of([disposing.SECRETS]),
)

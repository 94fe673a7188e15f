"""Changes go out by themselves, and what is not taken is told of (DEC-4, GOV-5)."""

from __future__ import annotations

from datetime import timedelta

from compliance.kernel.context import House
from compliance.kernel.jobs import Errand, Job, Run, Stopping, Work

from . import letters
from .sending import FORGOTTEN_MOST, NAME, forget, send_due

_MOST = 100


def _send(house: House, stopping: Stopping) -> Run:
    return send_due(house, stopping)


def _forget(house: House, _stopping: Stopping) -> Run:
    gone = forget(house)
    return Run(gone, gone, 0)


JOBS: tuple[Work, ...] = (
    Errand(NAME, timedelta(seconds=1), _send, limit=_MOST),
    Job("tell-of-webhooks-that-fail", timedelta(minutes=1), letters.due, letters.write, limit=_MOST),
    Errand("forget-what-was-sent", timedelta(hours=1), _forget, limit=FORGOTTEN_MOST),
)

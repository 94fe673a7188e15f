"""Disposing of requests for help whose time is over (RET-9)."""

from __future__ import annotations

from compliance.kernel.jobs import Job
from retention.own.jobs import job_of

from . import disposing

JOBS: tuple[Job, ...] = (job_of([disposing.KIND]),)

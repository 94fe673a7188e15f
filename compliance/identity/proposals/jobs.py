"""What happens to proposals by itself."""

from __future__ import annotations

from datetime import timedelta

from compliance.kernel.jobs import Job

from . import queries, use_cases

JOBS: tuple[Job, ...] = (
    Job(
        "expire-proposals",
        every=timedelta(minutes=5),
        due=lambda ctx: list(queries.due_to_expire(ctx)),
        act=use_cases.expire,
        limit=500,
    ),
)

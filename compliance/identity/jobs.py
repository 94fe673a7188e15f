"""What happens to accounts by itself."""

from __future__ import annotations

from datetime import timedelta

from compliance.kernel.jobs import Job

from . import expiry, forgetting, queries, use_cases

JOBS: tuple[Job, ...] = (
    Job(
        "warn-of-expiring-passwords",
        every=timedelta(minutes=15),
        due=expiry.due,
        act=use_cases.warn_of_expiry,
        limit=500,
    ),
    Job(
        "forget-sign-ins",
        every=timedelta(hours=1),
        due=forgetting.due,
        act=use_cases.forget_sign_ins,
        limit=1,
    ),
    Job(
        "end-roles",
        every=timedelta(minutes=1),
        due=queries.roles_past_their_end,
        act=use_cases.close_role,
        limit=500,
    ),
)

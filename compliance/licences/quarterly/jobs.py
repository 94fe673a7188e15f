"""Warning of the audit of use, and the audit itself (LIC-8)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from compliance.kernel.clock import showing
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from policies.values import Policy

from . import queries, rules, use_cases

_MOST = 2000
_OFFICE_OPENS = time(9)


def _warn(ctx: Context, licence_id: UUID) -> None:
    use_cases.warn(ctx, licence_id)


def _judge(ctx: Context, licence_id: UUID) -> None:
    use_cases.judge(ctx, licence_id)


def _when_warned(ctx: Context) -> datetime:
    """The instant at which the calendar has the warnings of the quarter that is audited now."""
    day = rules.warned_from(queries.audited(ctx), ctx.the(Policy).licences.unused_warning_days)
    return showing(day, _OFFICE_OPENS)[0]


WARN = Job("warn-of-unused-licences", timedelta(hours=1), queries.due_for_warning, _warn, limit=_MOST)

JOBS: tuple[Job, ...] = (
    WARN,
    Job(
        "quarterly-licence-audit", timedelta(hours=1), queries.due_for_verdict, _judge, limit=_MOST,
        first=(WARN, _when_warned),
    ),
)  # fmt: skip

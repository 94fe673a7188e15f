"""Looking each day for who persistently does not take part (GOV-2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from compliance.kernel.context import Context
from compliance.kernel.jobs import Job

from . import queries, use_cases

MOST = 500


def _due(ctx: Context) -> list[UUID]:
    return [each.id for each in queries.failing(ctx) if use_cases.to_open(each)][:MOST]


def _open(ctx: Context, organisation_id: UUID) -> None:
    use_cases.open_persistent(ctx, organisation_id)


JOBS: tuple[Job, ...] = (Job("escalate-persistent-failure", timedelta(days=1), _due, _open, limit=MOST),)

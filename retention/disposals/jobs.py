"""Telling the case system what is to go once the waiting is over, and asking after what it has not confirmed (RET-8)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job

from . import chasing, use_cases
from .models import DisposalManifest
from .rules import Status

MOST = 50


def _due(ctx: Context) -> list[UUID]:
    wanted = select(DisposalManifest.id).where(
        DisposalManifest.status == Status.APPROVED.value, DisposalManifest.instruct_from <= london_date(ctx.now())
    )
    return list(ctx.session.scalars(wanted.order_by(DisposalManifest.instruct_from, DisposalManifest.id).limit(MOST)))


def _instruct(ctx: Context, manifest_id: UUID) -> None:
    use_cases.instruct(ctx, manifest_id)


def _to_chase(ctx: Context) -> list[UUID]:
    return list(chasing.due(ctx, limit=MOST))


def _chase(ctx: Context, manifest_id: UUID) -> None:
    chasing.chase(ctx, manifest_id)


INSTRUCT = Job("instruct-disposals", timedelta(hours=1), _due, _instruct, limit=MOST)
CHASE = Job("chase-disposals", timedelta(hours=1), _to_chase, _chase, limit=MOST)

JOBS: tuple[Job, ...] = (INSTRUCT, CHASE)

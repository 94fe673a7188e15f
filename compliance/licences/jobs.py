"""What time alone does to licences (LIC-7, LIC-13)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, not_, or_, select

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.jobs import Job
from policies.values import Policy

from . import eligibility, running_out, use_cases
from .models import Licence, Training, Vetting
from .rules import ENDED, Status, Suspension

_MOST = 1000


def past_their_end(ctx: Context) -> list[UUID]:
    """By-invite licences whose last day has passed, the longest past first."""
    over = Licence.ends_on < london_date(ctx.now())
    return list(
        ctx.session.scalars(
            select(Licence.id)
            .where(over, Licence.status.not_in(ENDED))
            .order_by(Licence.ends_on, Licence.id)
            .limit(_MOST)
        )
    )


def out_of_step(ctx: Context) -> list[UUID]:
    """Licences in use whose checklist no longer holds, and those resting for that whose checklist holds again.

    Found by the registers' own dates, not by asking one licence after another: there may be very many.
    """
    holds = _holds(ctx)
    lapsed = and_(Licence.status == Status.ACTIVE, not_(holds))
    mended = and_(Licence.status == Status.SUSPENDED, Licence.suspension == Suspension.ELIGIBILITY, holds)
    return list(
        ctx.session.scalars(
            select(Licence.id).where(or_(lapsed, mended)).order_by(Licence.status, Licence.id).limit(_MOST)
        )
    )


def _holds(ctx: Context) -> ColumnElement[bool]:
    today = london_date(ctx.now())
    vetted = select(Vetting.id).where(Vetting.person_id == Licence.person_id, Vetting.holds_until >= today).exists()
    trained = [
        select(Training.id)
        .where(
            Training.person_id == Licence.person_id,
            Training.module == module,
            or_(Training.valid_until.is_(None), Training.valid_until >= today),
        )
        .exists()
        for module in ctx.the(Policy).licences.required_training
    ]
    return and_(Licence.organisation_id.not_in(eligibility.failing_organisations(ctx)), vetted, *trained)


def _expire(ctx: Context, licence_id: UUID) -> None:
    use_cases.expire(ctx, licence_id)


def _keep(ctx: Context, licence_id: UUID) -> None:
    use_cases.keep_eligibility(ctx, licence_id)


def _warn(ctx: Context, licence_id: UUID) -> None:
    running_out.warn(ctx, licence_id)


JOBS: tuple[Job, ...] = (
    Job("expire-by-invite-licences", timedelta(minutes=5), past_their_end, _expire, limit=_MOST),
    Job("keep-eligibility-live", timedelta(minutes=1), out_of_step, _keep, limit=_MOST),
    Job("warn-of-what-runs-out", timedelta(minutes=15), running_out.due, _warn, limit=_MOST),
)

"""Making an incident a personal-data breach: its clock runs from when somebody came to know (BRE-3).

Of a report of a data breach this is done as it comes in, in the same transaction: nobody has to think of it. What turns
out not to concern personal data after all is assessed as unlikely to harm anybody, and kept with the reasons.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.breaches.models import Incident
from compliance.breaches.queries import readable
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import letters, queries, rules
from .errors import ClockRuns, ToldAlready
from .events import DataBreachAwarenessCorrected, DataBreachOpened
from .models import DataBreach


def with_report(ctx: Context, incident: Incident) -> DataBreach:
    """The clock of an incident that is reported at this moment, for whoever reports it; the report itself is already held."""
    return _open(ctx, incident, incident.aware_at)


def open_clock(ctx: Context, incident_id: UUID, *, aware_at: datetime | None = None) -> DataBreach:
    """Say that an incident is a personal-data breach, known since `aware_at`, or since whoever reported it knew.

    Raises NotFound, ClockRuns, and Invalid at `/aware_at` for an instant after the report or before the event.
    """
    require(ctx, Permission.DATA_BREACH_ASSESS)
    incident = readable(ctx, incident_id, lock=True)
    if ctx.session.scalar(select(DataBreach.id).where(DataBreach.incident_id == incident_id)) is not None:
        raise ClockRuns()

    return _open(ctx, incident, aware_at or incident.aware_at)


def correct_awareness(ctx: Context, data_breach_id: UUID, *, aware_at: datetime) -> DataBreach:
    """Say that somebody knew earlier than was written down: the clock is set back, and never forward.

    Raises Invalid at `/aware_at`, and ToldAlready where the regulator has been told.
    """
    require(ctx, Permission.DATA_BREACH_ASSESS)
    found = queries.held(ctx, data_breach_id)
    if found.status is rules.Status.NOTIFIED:
        raise ToldAlready()
    _fits(ctx, found.incident, aware_at)
    if aware_at >= found.breach.aware_at:
        raise Invalid.at(
            "/aware_at", "The clock can only be set to an earlier time: somebody knew before. It never gains time."
        )

    breach = found.breach
    breach.aware_at, breach.tell_by = aware_at, _tell_by(ctx, aware_at)
    breach.reminded_hours = None

    record(ctx, DataBreachAwarenessCorrected(subject=breach.id, aware_at=aware_at, tell_by=breach.tell_by))
    letters.began(ctx, breach, found.incident)
    return breach


def _open(ctx: Context, incident: Incident, aware_at: datetime) -> DataBreach:
    _fits(ctx, incident, aware_at)
    breach = DataBreach(
        id=ctx.new_id(), incident_id=incident.id, aware_at=aware_at, tell_by=_tell_by(ctx, aware_at)
    )  # fmt: skip
    ctx.session.add(breach)
    ctx.session.flush()

    record(ctx, DataBreachOpened(subject=breach.id, incident=incident.id, aware_at=aware_at, tell_by=breach.tell_by))
    letters.began(ctx, breach, incident)
    return breach


def _fits(ctx: Context, incident: Incident, aware_at: datetime) -> None:
    if aware_at > min(ctx.now(), incident.reported_at):
        raise Invalid.at(
            "/aware_at", "Somebody knew when it was reported, at the latest. Enter that time or an earlier one."
        )
    if incident.happened_at is not None and aware_at < incident.happened_at:
        raise Invalid.at("/aware_at", "Nobody can have known before it happened. Look at both times.")


def _tell_by(ctx: Context, aware_at: datetime) -> datetime:
    return rules.tell_by(aware_at, ctx.the(Policy).breaches.notify_hours)

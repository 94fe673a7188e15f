"""Licences that rest because of a breach: at once, and until it is resolved or closed (BRE-4, LIC-3)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.kernel.context import Context
from compliance.licences import queries as licences
from compliance.licences import steps as licence_steps
from compliance.licences import use_cases as licensing
from compliance.licences.holding import keeps_resting
from compliance.licences.models import Licence
from compliance.licences.rotas import following
from compliance.licences.rules import ENDED as LICENCE_ENDED
from compliance.licences.rules import Status as LicenceStatus
from compliance.licences.rules import Suspension
from policies.access import require
from policies.permissions import Permission

from . import queries
from .errors import HeldByIncident, IncidentOver, NotTheirMatter, NotToSuspend, RestsForThis
from .events import IncidentLicenceLifted, IncidentLicenceSuspended
from .models import Incident, IncidentSuspension
from .rules import ENDED, Status

_USABLE = frozenset({LicenceStatus.ACTIVE, LicenceStatus.SUSPENDED})


def suspend(ctx: Context, incident_id: UUID, licence_id: UUID) -> IncidentSuspension:
    """Let a licence rest at once because of an open breach, whatever it rests for already (BRE-4, OP 10.2).

    Raises NotFound, IncidentOver, NotToSuspend, RestsForThis.
    """
    require(ctx, Permission.INCIDENT_HANDLE)
    incident = queries.readable(ctx, incident_id, lock=True)
    if Status(incident.status) in ENDED:
        raise IncidentOver()

    licence = licences.visible(ctx, licence_id)
    require(ctx, Permission.LICENCE_SUSPEND, organisation=licence.organisation_id)
    if LicenceStatus(licence.status) not in _USABLE:
        raise NotToSuspend()
    wanted = select(IncidentSuspension).where(
        IncidentSuspension.incident_id == incident_id, IncidentSuspension.licence_id == licence_id
    )
    row = ctx.session.scalars(wanted).one_or_none()
    if row is not None:
        raise RestsForThis()

    if licence.suspension != Suspension.INVESTIGATION:
        licensing.suspend(ctx, licence_id, reason=Suspension.INVESTIGATION)
    row = IncidentSuspension(
        id=ctx.new_id(), incident_id=incident_id, licence_id=licence_id, suspended_by=ctx.actor.id,
        suspended_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()

    record(
        ctx,
        IncidentLicenceSuspended(
            subject=incident.id, organisation=incident.organisation_id, reference=incident.reference,
            suspension=row.id, licence=licence_id, person=licence.person_id,
        ),
    )  # fmt: skip
    return row


def resting(ctx: Context, incident: Incident) -> Sequence[tuple[IncidentSuspension, Licence]]:
    """The licences that rest because of this breach now; one that has ended for good rests no more."""
    wanted = (
        select(IncidentSuspension, Licence)
        .join(Licence, Licence.id == IncidentSuspension.licence_id)
        .where(
            IncidentSuspension.incident_id == incident.id,
            IncidentSuspension.lifted_at.is_(None),
            Licence.status.not_in(LICENCE_ENDED),
        )
        .order_by(Licence.id)
    )
    return [(row[0], row[1]) for row in ctx.session.execute(wanted).unique()]


def check_not_own(ctx: Context, incident: Incident) -> None:
    """Nobody decides on a breach for which their own licence rests; raises NotTheirMatter (ROL-3)."""
    if any(licence.person_id == ctx.actor.person_id for _, licence in resting(ctx, incident)):
        raise NotTheirMatter()


def lift_all(ctx: Context, incident: Incident) -> None:
    """Lift every suspension of a breach that is at its end; a licence that another open one keeps resting rests on."""
    held = resting(ctx, incident)
    rotas = sorted({licence.rota_id for _, licence in held if licence.rota_id is not None}, key=str)
    for rota_id in rotas:
        following.hold(ctx, rota_id)
    for row, each in held:
        licence = licences.found(ctx, each.id)
        row.lifted_by, row.lifted_at = ctx.actor.id, ctx.now()
        ctx.session.flush()
        if licence.status not in LICENCE_ENDED and holder(ctx, licence) is None:
            licence_steps.let_go(ctx, licence)
        record(
            ctx,
            IncidentLicenceLifted(
                subject=incident.id, organisation=incident.organisation_id, reference=incident.reference,
                suspension=row.id, licence=licence.id,
            ),
        )  # fmt: skip
    for rota_id in rotas:
        following.follow(ctx, rota_id)


def to_suspend(ctx: Context, incident: Incident, search: str) -> Sequence[Licence]:
    """Licences in use of the partner that a breach is about, or of anybody, by name or address; those that rest for it not.

    Raises NotFound where the actor could suspend none.
    """
    if not search.strip() and incident.organisation_id is None:
        return ()
    held = {licence.id for _, licence in resting(ctx, incident)}
    page = licences.licences(
        ctx, organisation_id=None if search.strip() else incident.organisation_id, search=search or None,
        sort="person", limit=100,
    )  # fmt: skip
    return [each for each in page.rows if LicenceStatus(each.status) in _USABLE and each.id not in held]


@keeps_resting
def holder(ctx: Context, licence: Licence) -> HeldByIncident | None:
    """Why a licence rests on: a breach that is still open holds it; None where none does."""
    wanted = (
        select(IncidentSuspension.id)
        .join(Incident, Incident.id == IncidentSuspension.incident_id)
        .where(
            IncidentSuspension.licence_id == licence.id,
            IncidentSuspension.lifted_at.is_(None),
            Incident.status.not_in([status.value for status in ENDED]),
        )
        .limit(1)
    )
    return None if ctx.session.scalar(wanted) is None else HeldByIncident()

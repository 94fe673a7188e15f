"""The browsers that somebody is known by: made known by a whole sign-in, and forgotten again (IDN-4)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select, update

from audit.record import record
from compliance.identity import counters, devices
from compliance.identity.events import DeviceKnown, DevicesForgotten
from compliance.identity.models import KnownDevice, Person
from compliance.kernel.context import Context
from policies.values import Policy

from .letters import tell


@dataclass(frozen=True)
class Recognised:
    """The browser of a whole sign-in: its device, and the cookie it keeps where that is a new one.

    `counted_on` is the mark its failures stood on, where it was known before.
    """

    device_id: UUID | None = None
    cookie: str | None = None
    counted_on: str | None = None


def recognise(ctx: Context, person: Person, session_id: UUID) -> Recognised:
    """A sign-in is whole: keep that its browser is the person's own, and tell them where it was not known before.

    What is no browser, a program that signs in by the API, becomes no device; the person is told of it all the same.
    """
    here = devices.here(ctx, person.id)
    if here.own is not None:
        used = update(KnownDevice).where(KnownDevice.id == here.own).values(used_at=ctx.now())
        ctx.session.execute(used.execution_options(synchronize_session=False))
        return Recognised(here.own, counted_on=counters.device_mark(ctx, here.own))

    known_before = ctx.session.scalar(select(exists().where(KnownDevice.person_id == person.id)))
    if known_before:
        tell(ctx, person, "new_device", once=f"new_device:{session_id}")
    if ctx.origin.device is None or not ctx.the(Policy).sign_in.device_days:
        return Recognised()

    token, new_id = devices.PREFIX + secrets.token_urlsafe(32), ctx.new_id()
    ctx.session.add(
        KnownDevice(
            id=new_id,
            person_id=person.id,
            token=devices.mark(ctx, token),
            made_at=ctx.now(),
            used_at=ctx.now(),
        )
    )

    record(ctx, DeviceKnown(subject=person.id, organisation=person.organisation_id, device=new_id))
    return Recognised(new_id, devices.cookie(token, ctx.origin.device))


def end_devices(ctx: Context, person: Person, *, only: UUID | None = None) -> int:
    """Know this person by none of their browsers any more, or by this one; says how many were forgotten (IDN-4).

    Whoever calls this has looked whether the actor may, and holds the person locked.
    """
    live = select(KnownDevice.id).where(KnownDevice.person_id == person.id, KnownDevice.ended_at.is_(None))
    if only is not None:
        live = live.where(KnownDevice.id == only)
    ending = tuple(ctx.session.scalars(live.order_by(KnownDevice.id).with_for_update()))
    if not ending:
        return 0

    ended = update(KnownDevice).where(KnownDevice.id.in_(ending)).values(ended_at=ctx.now())
    ctx.session.execute(ended.execution_options(synchronize_session=False))

    record(ctx, DevicesForgotten(subject=person.id, organisation=person.organisation_id, ended=ending))
    return len(ending)

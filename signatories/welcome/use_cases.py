"""Recording that an organisation was given its pack, and that it says it has arrived (OP 6.6; GOV-7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid, NotFound
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

from .errors import AlreadyGiven, AlreadyReceived
from .events import WelcomePackGiven, WelcomePackReceived
from .models import WelcomePack

_ONCE = "uq_welcome_packs_organisation_id_given_on"


def give(ctx: Context, organisation_id: UUID, *, given_on: date, items: Collection[str]) -> WelcomePack:
    """It was given these things of the policy, by code, on this day.

    Raises Forbidden, NotFound, AlreadyGiven, and Invalid at `/given_on` and `/items`.
    """
    require(ctx, Permission.WELCOME_GIVE)
    organisation = register.organisation(ctx, organisation_id)
    known = ctx.the(Policy).welcome
    if not items or not set(items) <= set(known):
        raise Invalid.at("/items", "Choose what was in the pack.")
    if not date(2000, 1, 1) <= given_on <= london_date(ctx.now()):
        raise Invalid.at("/given_on", "Enter the day it was given: not a day to come.")

    pack = WelcomePack(
        id=ctx.new_id(),
        organisation_id=organisation.id,
        items=" ".join(code for code in known if code in items),
        given_on=given_on,
        given_by=ctx.actor.id,
        recorded_at=ctx.now(),
    )
    ctx.session.add(pack)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONCE):
            raise AlreadyGiven() from problem
        raise

    record(ctx, WelcomePackGiven(subject=pack.id, organisation=organisation.id, items=len(set(items))))
    return pack


def receive(ctx: Context, organisation_id: UUID, *, given_on: date) -> WelcomePack:
    """Somebody of the organisation says that the pack recorded as given on this day has arrived.

    Raises Forbidden, NotFound where there is no such pack or it is another organisation's (ROL-4), and AlreadyReceived.
    """
    require(ctx, Permission.WELCOME_RECEIVE, organisation=organisation_id)
    pack = ctx.session.scalars(
        select(WelcomePack)
        .where(WelcomePack.organisation_id == organisation_id, WelcomePack.given_on == given_on)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if pack is None:
        raise NotFound()
    if pack.received_at is not None:
        raise AlreadyReceived()

    pack.received_at = ctx.now()
    pack.received_by = ctx.actor.id

    record(ctx, WelcomePackReceived(subject=pack.id, organisation=organisation_id))
    return pack

"""Asking after what the case system was told to dispose of and has not confirmed (RET-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from audit.record import record as enter
from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel.clock import london_date, start_of
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import events, letters, queries, rules
from .models import DisposalItem
from .rules import ItemStatus

_ITEM = DisposalItem
_INSTRUCTED = _ITEM.status == ItemStatus.INSTRUCTED.value


def due(ctx: Context, *, limit: int) -> Sequence[UUID]:
    """The manifests on which something may be due to be asked after, the longest due first: the rule looks again at each."""
    values, today = ctx.the(Policy).disposal, london_date(ctx.now())
    chase = today - timedelta(days=values.confirm_days)
    told_before = _ITEM.instructed_at < start_of(chase + timedelta(days=1))
    late = _ITEM.instructed_at < start_of(today - timedelta(days=values.escalate_days) + timedelta(days=1))
    asked = and_(told_before, or_(_ITEM.chased_on.is_(None), _ITEM.chased_on <= chase))
    wanted = select(_ITEM.manifest_id).where(_INSTRUCTED, or_(asked, and_(late, _ITEM.escalated_on.is_(None))))
    ordered = wanted.group_by(_ITEM.manifest_id).order_by(func.min(_ITEM.instructed_at), _ITEM.manifest_id)
    return ctx.session.scalars(ordered.limit(limit)).all()


def chase(ctx: Context, manifest_id: UUID) -> int:
    """Ask the case system after what is due on a manifest; once it has waited too long, tell the hub too. For how many.

    However often it is run, each is asked after once a period, and the hub is told once (RET-8).
    """
    require(ctx, Permission.DISPOSAL_CARRY_OUT)
    values, today = ctx.the(Policy).disposal, london_date(ctx.now())
    manifest = queries.manifest_held(ctx, manifest_id)
    chased: list[UUID] = []
    escalated = 0
    for item in queries.items_of(ctx, manifest.id):
        if item.status != ItemStatus.INSTRUCTED.value or item.instructed_at is None:
            continue
        told_on = london_date(item.instructed_at)
        asks = rules.to_chase(today, told_on, item.chased_on, values.confirm_days)
        tells = rules.to_escalate(today, told_on, item.escalated_on, values.escalate_days)
        item.chased_on = today if asks else item.chased_on
        item.escalated_on = today if tells else item.escalated_on
        chased += [item.id] if asks or tells else []
        escalated += tells
    if not chased:
        return 0
    if escalated:
        letters.not_confirmed(ctx, manifest, escalated)

    enter(ctx, events.DisposalChased(subject=manifest.id, items=tuple(chased), escalated=escalated > 0))
    return len(chased)


def late(ctx: Context) -> ColumnElement[bool]:
    """The condition that the case system was told of something so long ago that it is asked after."""
    since = london_date(ctx.now()) - timedelta(days=ctx.the(Policy).disposal.confirm_days - 1)
    return and_(_INSTRUCTED, _ITEM.instructed_at < start_of(since))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """How many records were not confirmed in time, and of how many of those the hub was told: a statement of one row."""
    return select(func.count(), func.count(_ITEM.escalated_on)).where(late(ctx), none_kept(ctx, _ITEM.reference))


def unconfirmed(ctx: Context) -> tuple[int, int]:
    """What `counting` counts."""
    number, escalated = counts(ctx, counting)
    return number, escalated


def next_chase(item: DisposalItem, every_days: int) -> date | None:
    """When the case system is asked after this, if it says nothing until then."""
    if item.status != ItemStatus.INSTRUCTED.value or item.instructed_at is None:
        return None
    return (item.chased_on or london_date(item.instructed_at)) + timedelta(days=every_days)

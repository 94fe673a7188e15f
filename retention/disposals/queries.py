"""Manifests, what is on them, and what the case system is told (RET-8)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, true

from compliance.decisions.exceptions.queries import kept_from
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.kernel.finding import the_one
from policies.access import require
from policies.permissions import Permission
from retention.models import RetentionRecord

from .errors import NotInstructed
from .models import DisposalItem, DisposalManifest
from .rules import ItemStatus

MOST = 500


def records_held(ctx: Context, record_ids: Sequence[UUID]) -> list[RetentionRecord]:
    """These records in the order of their references, held for change; raises NotFound where one is not there."""
    found = ctx.session.scalars(
        select(RetentionRecord)
        .where(RetentionRecord.id.in_(list(record_ids)))
        .order_by(RetentionRecord.reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != len(set(record_ids)):
        raise NotFound()
    return list(found)


def seen(ctx: Context) -> ColumnElement[bool]:
    """The manifests that the actor may know of: none that names a case a conflict of interest keeps them from (DEC-6)."""
    hidden = kept_from(ctx)
    named = exists().where(DisposalItem.manifest_id == DisposalManifest.id, DisposalItem.reference.in_(hidden))
    return ~named if hidden else true()


def visible(ctx: Context, manifest_id: UUID) -> DisposalManifest:
    """A manifest that the actor may know of; raises NotFound, Forbidden."""
    require(ctx, Permission.RETENTION_READ)
    return the_one(ctx, select(DisposalManifest).where(DisposalManifest.id == manifest_id, seen(ctx)))


def manifest_held(ctx: Context, manifest_id: UUID) -> DisposalManifest:
    """A manifest, held for change; raises NotFound."""
    return the_one(ctx, select(DisposalManifest).where(DisposalManifest.id == manifest_id), lock=True)


def manifest_of(ctx: Context, proposal_id: UUID | None) -> DisposalManifest | None:
    """The manifest that a proposal asks for, held for change."""
    wanted = select(DisposalManifest).where(DisposalManifest.proposal_id == proposal_id)
    return ctx.session.scalars(wanted.with_for_update()).one_or_none()


def items_of(ctx: Context, manifest_id: UUID) -> list[DisposalItem]:
    """Everything on a manifest, in the order of references."""
    wanted = select(DisposalItem).where(DisposalItem.manifest_id == manifest_id).order_by(DisposalItem.reference)
    return list(ctx.session.scalars(wanted))


def instruction_held(ctx: Context, item_id: UUID) -> tuple[DisposalItem, DisposalManifest]:
    """What the case system was told under this id, and its manifest, both held; raises NotInstructed.

    The manifest is held first, so that the last two confirmations of one cannot both think another is open.
    """
    manifest_id = ctx.session.scalar(select(DisposalItem.manifest_id).where(DisposalItem.id == item_id))
    if manifest_id is None:
        raise NotInstructed()
    manifest = manifest_held(ctx, manifest_id)
    return the_one(ctx, select(DisposalItem).where(DisposalItem.id == item_id), lock=True), manifest


def instructions(ctx: Context, *, after: tuple[object, ...] | None = None, limit: int = MOST) -> list[DisposalItem]:
    """What the case system was told to dispose of and has not confirmed, the oldest first, after this instant and id."""
    require(ctx, Permission.DISPOSAL_CONFIRM)
    wanted = select(DisposalItem).where(DisposalItem.status == ItemStatus.INSTRUCTED.value)
    if after is not None:
        at, item_id = after
        wanted = wanted.where(
            (DisposalItem.instructed_at > at) | ((DisposalItem.instructed_at == at) & (DisposalItem.id > item_id))
        )
    ordered = wanted.order_by(DisposalItem.instructed_at, DisposalItem.id)
    return list(ctx.session.scalars(ordered.limit(limit)))

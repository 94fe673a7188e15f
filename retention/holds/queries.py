"""Which records a hold is on (RET-6)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select

from compliance.kernel.context import Context
from compliance.kernel.finding import the_one
from policies.access import require
from policies.permissions import Permission
from retention.models import RetentionRecord

from .models import RetentionHold
from .rules import Reach


def is_held() -> ColumnElement[bool]:
    """As a condition on `RetentionRecord`: a hold that is not lifted names it, in whatever way."""
    return exists().where(RetentionHold.lifted_at.is_(None), names())


def held(ctx: Context, hold_id: UUID) -> RetentionHold:
    """A hold, held for change; raises NotFound, Forbidden."""
    require(ctx, Permission.RETENTION_READ)
    return the_one(ctx, select(RetentionHold).where(RetentionHold.id == hold_id), lock=True)


def on(ctx: Context, record: RetentionRecord) -> list[RetentionHold]:
    """The holds on this record that are not lifted, the oldest first."""
    require(ctx, Permission.RETENTION_READ)
    named = select(RetentionHold).where(
        RetentionHold.lifted_at.is_(None), exists().where(RetentionRecord.id == record.id, names())
    )
    return list(ctx.session.scalars(named.order_by(RetentionHold.placed_at, RetentionHold.id)))


def names() -> ColumnElement[bool]:
    """As a condition on both: this `RetentionHold` names this `RetentionRecord`."""
    record = RetentionRecord
    organisation = func.replace(cast(record.organisation_id, String), "-", "")
    by = {
        Reach.RECORD: record.reference, Reach.SUBJECT: record.subject, Reach.KIND: record.kind, Reach.ORGANISATION: organisation,
    }  # fmt: skip
    return or_(
        *(and_(RetentionHold.reach == reach.value, RetentionHold.value == column) for reach, column in by.items())
    )

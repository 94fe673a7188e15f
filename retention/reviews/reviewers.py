"""Who reviews a record: spread evenly over those who may, and never whoever is kept from the case (RET-3, DEC-6)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, or_, select

from compliance.decisions.exceptions.models import Conflict
from compliance.decisions.exceptions.queries import kept
from compliance.identity.models import Person
from compliance.identity.those_with import hub_wide
from compliance.kernel.context import Context
from policies.permissions import Permission
from retention.models import RetentionRecord

from .models import RetentionReview
from .rules import Status


def able(ctx: Context, record: RetentionRecord) -> Sequence[Person]:
    """Everybody who may review this record now."""
    never = kept(ctx, record.reference)
    return [each for each in hub_wide(ctx, Permission.RETENTION_REVIEW) if each.id not in never]


def choose(ctx: Context, record: RetentionRecord) -> UUID | None:
    """Who reviews it: by the record's own id, which falls on each as often as on any other. None where nobody may."""
    people = able(ctx, record)
    return people[record.id.int % len(people)].id if people else None


def without_one(ctx: Context, *, limit: int) -> list[UUID]:
    """Open reviews that nobody is named for, or somebody who may not review any more, or not this record (DEC-6)."""
    people = [each.id for each in hub_wide(ctx, Permission.RETENTION_REVIEW)]
    it = RetentionReview
    apart = exists().where(
        Conflict.person_id == it.reviewer_id,
        Conflict.reference == RetentionRecord.reference,
        Conflict.lifted_at.is_(None),
    )
    wanted = (
        select(it.id)
        .join(RetentionRecord, RetentionRecord.id == it.record_id)
        .where(it.status == Status.OPEN.value, or_(it.reviewer_id.is_(None), it.reviewer_id.not_in(people), apart))
    )
    return list(ctx.session.scalars(wanted.order_by(it.due_on, it.id).limit(limit))) if people else []

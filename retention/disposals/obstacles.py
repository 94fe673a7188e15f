"""What stands in the way of disposing of records: asked when it is proposed, and again before the case system is told (RET-5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, literal, select, union_all

from compliance.breaches.models import Incident
from compliance.complaints.models import Complaint
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.values import Policy
from retention import reckoning
from retention import rules as minimum
from retention.holds.queries import is_held
from retention.models import RetentionEvent, RetentionRecord
from retention.reviews.models import RetentionReview
from retention.rules import Status

from .models import DisposalItem
from .rules import ItemStatus, Obstacle

_LIVE = (ItemStatus.FROZEN.value, ItemStatus.INSTRUCTED.value)


def fingerprint(ctx: Context, record: RetentionRecord) -> str:
    """What is known of a record, in a form that tells nothing of it and changes with it."""
    facts = reckoning.facts_of(ctx, record)
    told = [
        str(record.id), record.reference, record.kind, sorted(facts.groups), str(facts.opened_on), str(facts.last_relevant_on),
        str(facts.born_on), str(record.last_reviewed_on), record.subject, str(record.organisation_id),
    ]  # fmt: skip
    return ctx.the(KeyRing).fingerprint("disposal-facts", json.dumps(told))


def obstacles(ctx: Context, records: Sequence[RetentionRecord]) -> dict[UUID, Obstacle]:
    """The first thing that stands in the way of each of these, by the record's id; nothing for one that may go."""
    ids = [record.id for record in records]
    references = [record.reference for record in records]
    held = set(ctx.session.scalars(select(RetentionRecord.id).where(RetentionRecord.id.in_(ids), is_held())))
    latest = _latest_reviews(ctx, ids)
    told = _last_told(ctx, ids)
    matters = _open_matters(ctx, references)
    policy, today = ctx.the(Policy), london_date(ctx.now())

    def first(record: RetentionRecord) -> Obstacle | None:
        review = latest.get(record.id)
        if record.status != Status.KEPT.value:
            return Obstacle.NOT_KEPT
        if not minimum.may_propose_disposal(reckoning.facts_of(ctx, record), on=today, policy=policy):
            return Obstacle.TOO_EARLY
        if record.id in held:
            return Obstacle.HELD
        if review is not None and review.decided_at is None:
            return Obstacle.REVIEW_OPEN
        if review is None or review.decided_at is None or review.decision != "dispose":
            return Obstacle.NOT_REVIEWED
        # What was learnt since was nowhere in what the reviewer read, however long ago it happened.
        if record.id in told and told[record.id] > review.decided_at:
            return Obstacle.NOT_REVIEWED
        return matters.get(record.reference)

    found = {record.id: first(record) for record in records}
    return {record_id: obstacle for record_id, obstacle in found.items() if obstacle is not None}


def on_manifests() -> ColumnElement[bool]:
    """As a condition on `RetentionRecord`: it is on a manifest already that is not over."""
    return exists().where(DisposalItem.record_id == RetentionRecord.id, DisposalItem.status.in_(_LIVE))


def with_manifests(ctx: Context, records: Sequence[RetentionRecord]) -> dict[UUID, Obstacle]:
    """The same for those that are to be proposed: that one is on a manifest already stands in its way too."""
    ids = [record.id for record in records]
    named = ctx.session.scalars(select(RetentionRecord.id).where(RetentionRecord.id.in_(ids), on_manifests()))
    return dict.fromkeys(named, Obstacle.ON_A_MANIFEST) | obstacles(ctx, records)


def _latest_reviews(ctx: Context, record_ids: Sequence[UUID]) -> dict[UUID, RetentionReview]:
    """Of each record its review that is open, or else the last one decided."""
    rows = ctx.session.scalars(
        select(RetentionReview)
        .where(RetentionReview.record_id.in_(record_ids))
        .order_by(func.coalesce(RetentionReview.decided_at, RetentionReview.opened_at), RetentionReview.id)
    )
    found: dict[UUID, RetentionReview] = {}
    for row in rows:
        before = found.get(row.record_id)
        if before is None or before.decided_at is not None:
            found[row.record_id] = row
    return found


def _last_told(ctx: Context, record_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When the newest event of each was told, where there is one."""
    newest = (
        select(RetentionEvent.record_id, func.max(RetentionEvent.told_at))
        .where(RetentionEvent.record_id.in_(record_ids))
        .group_by(RetentionEvent.record_id)
    )
    return {row[0]: row[1] for row in ctx.session.execute(newest)}


def _open_matters(ctx: Context, references: Sequence[str]) -> dict[str, Obstacle]:
    """What is open and names these references: a complaint, else a breach."""
    complained, breached = (
        select(literal(obstacle.value), table.reference).where(
            table.reference.in_(references), table.ended_at.is_(None)
        )
        for table, obstacle in ((Complaint, Obstacle.COMPLAINT_OPEN), (Incident, Obstacle.BREACH_OPEN))
    )
    found = sorted(ctx.session.execute(union_all(complained, breached)), key=lambda row: row[0])
    return {reference: Obstacle(obstacle) for obstacle, reference in found if reference is not None}

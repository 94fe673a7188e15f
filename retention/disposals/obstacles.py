"""What stands in the way of disposing of records: asked when it is proposed, and again before the case system is told (RET-5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, literal, select, union_all

from compliance.breaches.models import Incident
from compliance.complaints.models import Complaint
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from compliance.sharing.reuse.models import ReuseRequest
from compliance.sharing.reuse.queries import waits_for_an_answer
from policies.values import Policy
from retention import reckoning
from retention import rules as minimum
from retention.holds.queries import is_held
from retention.models import RetentionEvent, RetentionRecord
from retention.reviews.models import RetentionReview
from retention.reviews.rules import Decision
from retention.rules import Status

from .models import DisposalItem
from .rules import ItemStatus, Known, Obstacle, in_the_way

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
    return _first(ctx, records, frozenset())


def with_manifests(ctx: Context, records: Sequence[RetentionRecord]) -> dict[UUID, Obstacle]:
    """The same for those that are to be proposed: that one is on a manifest already stands in its way too."""
    ids = [record.id for record in records]
    named = select(RetentionRecord.id).where(RetentionRecord.id.in_(ids), on_manifests())
    return _first(ctx, records, frozenset(ctx.session.scalars(named)))


def on_manifests() -> ColumnElement[bool]:
    """As a condition on `RetentionRecord`: it is on a manifest already that is not over."""
    return exists().where(DisposalItem.record_id == RetentionRecord.id, DisposalItem.status.in_(_LIVE))


def _first(ctx: Context, records: Sequence[RetentionRecord], on_one: frozenset[UUID]) -> dict[UUID, Obstacle]:
    ids = [record.id for record in records]
    held = set(ctx.session.scalars(select(RetentionRecord.id).where(RetentionRecord.id.in_(ids), is_held())))
    latest, told = _latest_reviews(ctx, ids), last_told(ctx, ids)
    matters = open_about(ctx, [record.reference for record in records])
    found: dict[UUID, Obstacle] = {}
    for record in records:
        review = latest.get(record.id)
        known = Known(
            kept=record.status == Status.KEPT.value,
            early=is_early(ctx, reckoning.facts_of(ctx, record)),
            held=record.id in held,
            review_open=review is not None and review.decided_at is None,
            to_go_since=review.decided_at if review is not None and review.decision == Decision.DISPOSE.value else None,
            told_at=told.get(record.id),
            open_about=matters.get(record.reference, frozenset()),
            on_a_manifest=record.id in on_one,
        )
        found.update((record.id, obstacle) for obstacle in in_the_way(known)[:1])
    return found


def is_early(ctx: Context, facts: minimum.Facts) -> bool:
    """Whether its minimum period is not over today, or no end of it can be known (RET-1)."""
    return not minimum.may_propose_disposal(facts, on=london_date(ctx.now()), policy=ctx.the(Policy))


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


def last_told(ctx: Context, record_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """When the newest event of each was told, where there is one."""
    newest = (
        select(RetentionEvent.record_id, func.max(RetentionEvent.told_at))
        .where(RetentionEvent.record_id.in_(record_ids))
        .group_by(RetentionEvent.record_id)
    )
    return {row[0]: row[1] for row in ctx.session.execute(newest)}


def open_about(ctx: Context, references: Sequence[str]) -> dict[str, frozenset[Obstacle]]:
    """What is open and names each of these references: complaints, breaches, requests for re-use (RET-5)."""
    named: tuple[tuple[Obstacle, Any, ColumnElement[bool]], ...] = (
        (Obstacle.COMPLAINT_OPEN, Complaint, Complaint.ended_at.is_(None)),
        (Obstacle.BREACH_OPEN, Incident, Incident.ended_at.is_(None)),
        (Obstacle.REUSE_OPEN, ReuseRequest, waits_for_an_answer()),
    )
    found: dict[str, frozenset[Obstacle]] = {}
    wanted = (
        select(literal(obstacle.value), table.reference).where(table.reference.in_(references), is_open)
        for obstacle, table, is_open in named
    )
    for obstacle, reference in ctx.session.execute(union_all(*wanted)):
        found[reference] = found.get(reference, frozenset()) | {Obstacle(obstacle)}
    return found

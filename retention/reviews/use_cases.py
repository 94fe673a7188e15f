"""Making a review, asking for one, naming its reviewer and reminding them (RET-3, RET-7)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, select

from audit.record import record as enter
from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.finding import the_one
from compliance.kernel.reminding import to_remind
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from retention.errors import BeingDisposed, RecordDisposed
from retention.models import RetentionRecord
from retention.rules import Status as Stands

from . import events, letters, queries, reviewers, rules
from .errors import NotAReviewer, ReviewDecided, ReviewOpen
from .models import RetentionReview
from .rules import KINDS, Kind, Status, Trigger


def make_due(ctx: Context, record_id: UUID) -> RetentionReview | None:
    """Make the review that fell due on a record; None where somebody was quicker, or its day was moved meanwhile (RET-3)."""
    require(ctx, Permission.RETENTION_MAKE_DUE)
    record = _record(ctx, RetentionRecord.id == record_id)
    due_on, today = record.next_review_on, london_date(ctx.now())
    if record.status != Stands.KEPT.value or due_on is None or due_on > today:
        return None
    if queries.open_of(ctx, record.id) is not None:
        return None

    review = _made(ctx, record, Kind.DUE)
    review.due_on = due_on

    enter(ctx, events.ReviewFellDue(subject=review.id, due_on=due_on, reviewer=review.reviewer_id))
    return review


def ask(ctx: Context, reference: str, *, trigger: Trigger | str) -> RetentionReview:
    """Ask for a review of a record before its time. Raises Invalid, ReviewOpen, RecordDisposed, BeingDisposed (RET-7)."""
    require(ctx, Permission.RETENTION_ASK_REVIEW)
    named = text.line(reference, pointer="/reference", limit=255)
    if trigger not in list(Trigger):
        raise Invalid.at("/trigger", "Choose why it is to be reviewed.")
    try:
        record = _record(ctx, RetentionRecord.reference == named, none_kept(ctx, RetentionRecord.reference))
    except NotFound:
        raise Invalid.at(
            "/reference", "There is no record of this reference. Enter it as the case system does."
        ) from None
    if record.status == Stands.DISPOSED.value:
        raise RecordDisposed()
    if record.status == Stands.INSTRUCTED.value:
        raise BeingDisposed()
    if queries.open_of(ctx, record.id) is not None:
        raise ReviewOpen()

    review = _made(ctx, record, KINDS[Trigger(trigger)])
    review.trigger = str(trigger)

    enter(
        ctx,
        events.ReviewAsked(
            subject=review.id, kind=review.kind, trigger=str(trigger), reviewer=review.reviewer_id
        ),
    )  # fmt: skip
    letters.given(ctx, review)
    return review


def hand_over(ctx: Context, review_id: UUID, reviewer_id: UUID) -> RetentionReview:
    """Give an open review to another reviewer, or take it over. Raises NotFound, ReviewDecided, NotAReviewer."""
    require(ctx, Permission.RETENTION_REVIEW)
    review, record = held(ctx, review_id)
    if review.status != Status.OPEN.value:
        raise ReviewDecided()
    if reviewer_id == review.reviewer_id or reviewer_id not in {each.id for each in reviewers.able(ctx, record)}:
        raise NotAReviewer()

    review.reviewer_id, review.reminded_on = reviewer_id, None

    enter(ctx, events.ReviewHandedOver(subject=review.id, reviewer=reviewer_id))
    if reviewer_id != ctx.actor.person_id:
        letters.given(ctx, review)
    return review


def assign(ctx: Context, review_id: UUID) -> RetentionReview | None:
    """Name a reviewer where there is none, or none who may review any more; None where nobody is left."""
    require(ctx, Permission.RETENTION_MAKE_DUE)
    review, record = held(ctx, review_id)
    if review.status != Status.OPEN.value or review.reviewer_id in {each.id for each in reviewers.able(ctx, record)}:
        return None
    found = reviewers.choose(ctx, record)
    if found is None:
        return None

    review.reviewer_id, review.reminded_on = found, None

    enter(ctx, events.ReviewHandedOver(subject=review.id, reviewer=found))
    return review


def remind(ctx: Context, review_id: UUID) -> RetentionReview | None:
    """Remind a review's reviewer once before its last day, once on it and once after; None where it is not the time."""
    require(ctx, Permission.RETENTION_MAKE_DUE)
    review, record = held(ctx, review_id)
    policy, today = ctx.the(Policy), london_date(ctx.now())
    if review.status != Status.OPEN.value or review.reviewer_id not in {
        each.id for each in reviewers.able(ctx, record)
    }:
        return None
    soon = rules.soon_from(review.finish_by, policy.disposal.reminder_working_days, policy.calendar)
    time = to_remind(today, review.finish_by, soon, review.reminded_on)
    if time is None:
        return None

    review.reminded_on = today

    enter(ctx, events.ReviewReminded(subject=review.id, reviewer=review.reviewer_id))
    letters.due(ctx, review, time)
    return review


def held(ctx: Context, review_id: UUID) -> tuple[RetentionReview, RetentionRecord]:
    """A review and its record, both held for change, the record first as everybody takes them; raises NotFound."""
    wanted = (
        select(RetentionReview.record_id)
        .join(RetentionRecord, RetentionRecord.id == RetentionReview.record_id)
        .where(RetentionReview.id == review_id, queries.seen(ctx))
    )
    record_id = ctx.session.scalar(wanted)
    if record_id is None:
        raise NotFound()
    record = _record(ctx, RetentionRecord.id == record_id)
    return the_one(ctx, select(RetentionReview).where(RetentionReview.id == review_id), lock=True), record


def _record(ctx: Context, *which: ColumnElement[bool]) -> RetentionRecord:
    return the_one(ctx, select(RetentionRecord).where(*which), lock=True)


def _made(ctx: Context, record: RetentionRecord, kind: Kind) -> RetentionReview:
    policy, today = ctx.the(Policy), london_date(ctx.now())
    review = RetentionReview(
        id=ctx.new_id(), record_id=record.id, kind=kind.value, status=Status.OPEN.value, due_on=today,
        finish_by=rules.finish_by(today, policy.disposal.review_working_days, policy.calendar), opened_at=ctx.now(),
        asked_by=ctx.actor.id, reviewer_id=reviewers.choose(ctx, record),
    )  # fmt: skip
    ctx.session.add(review)
    return review

"""Reviews of records by API, for the sign-ins of those who review them (RET-3, RET-4, RET-7)."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, work
from policies.permissions import Permission
from retention.models import RetentionRecord
from retention.reviews import deciding, queries, showing, use_cases
from retention.reviews.deciding import Found
from retention.reviews.models import RetentionReview
from retention.reviews.queries import Which

from .access import guarded
from .idempotency import once
from .places import After, marked
from .reading import Body, Code, Day, Line, Prose, Reference, parse, parse_query
from .replies import Reply, changed, present

retention_reviews = Blueprint("retention_reviews_api", __name__, url_prefix="/api/v1/retention/reviews")

_MOST_QUESTIONS = 50


class Wanted(Body):
    which: Which = Which.OPEN
    organisation_id: UUID | None = None
    reviewer_id: UUID | None = None
    group: Annotated[int, Field(ge=1, le=3)] | None = None
    due_until: Day | None = None
    search: Line | None = None
    sort: Code | None = None
    after: After | None = None
    limit: Annotated[int, Field(ge=1, le=queries.MOST)] = 50


class Asked(Body):
    """`trigger` is one of `new_information`, `regroup`, `subject_request`, `authority`."""

    reference: Reference
    trigger: Code


class Decided(Body):
    """`answers` are *yes*, *no* or *unknown* by the codes of the questions; `decision` is *retain*, *regroup* or *dispose*.

    `revision` is the record's as it was read: where it moved since, nothing is decided.
    """

    answers: Annotated[dict[Code, Code], Field(max_length=_MOST_QUESTIONS)]
    decision: Code
    reason: Prose
    group: Annotated[int, Field(ge=1, le=3)] | None = None
    next_on: Day | None = None
    revision: Annotated[int, Field(ge=1)] | None = None


@retention_reviews.get("")
@guarded(Permission.RETENTION_READ)
def list_reviews() -> Reply:
    """The queue, what fell due first at its head unless sorted otherwise."""
    asked = parse_query(Wanted)
    with work() as ctx:
        page = queries.reviews(ctx, **asked.model_dump())
        record(ctx, ListViewed(what="record-reviews", rows=len(page.rows)))
        items = [
            _review(row.review, row.record) | {"organisation": row.organisation, "reviewer": row.reviewer}
            for row in page.rows
        ]
    return present({"items": items, "next": marked(page.after)})


@retention_reviews.post("")
@guarded(Permission.RETENTION_ASK_REVIEW)
def ask_for_review() -> Reply:
    """Ask for a review of a record before its time."""
    body = parse(Asked)

    def act(ctx: Context) -> Any:
        review = use_cases.ask(ctx, body.reference, trigger=body.trigger)
        said = _review(review, ctx.session.get_one(RetentionRecord, review.record_id))
        return lambda: changed(ctx, said, 201)

    return once(act)


@retention_reviews.get("/<uuid:review_id>")
@guarded(Permission.RETENTION_READ)
def read_review(review_id: UUID) -> Reply:
    """One review with its record's dates and why; what was answered is for those alone who review."""
    with work() as ctx:
        whole = showing.view(ctx, review_id)
        said = _review(whole.listed.review, whole.listed.record) | {
            "may_review": whole.may_review,
            "minimum_ends_on": whole.ends_on,
            "why": [{"rule": each.rule, "on": each.on, "said": each.said} for each in whole.why],
            "not_yet": whole.not_yet,
            "held": bool(whole.held),
            "next_by_rule": whole.next_by_rule,
            "answers": dict(whole.answers),
            "reason": whole.reason or None,
        }
    return present(said, revision=whole.listed.review.revision)


@retention_reviews.post("/<uuid:review_id>/decision")
@guarded(Permission.RETENTION_REVIEW)
def decide_review(review_id: UUID) -> Reply:
    """End a review: the record is retained, put into one more group, or its disposal is proposed."""
    body = parse(Decided)
    found = Found(body.answers, body.decision, body.reason, body.group, body.next_on)

    def act(ctx: Context) -> Any:
        review = deciding.decide(ctx, review_id, found, revision=body.revision)
        said = _review(review, ctx.session.get_one(RetentionRecord, review.record_id))
        return lambda: changed(ctx, said)

    return once(act)


def _review(review: RetentionReview, of: RetentionRecord) -> dict[str, Any]:
    return {
        "id": review.id,
        "reference": of.reference,
        "record_id": of.id,
        "record_revision": of.revision,
        "record_kind": of.kind,
        "groups": [int(each) for each in of.groups.split()],
        "kind": review.kind,
        "trigger": review.trigger,
        "status": review.status,
        "due_on": review.due_on,
        "finish_by": review.finish_by,
        "opened_at": review.opened_at,
        "reviewer_id": review.reviewer_id,
        "decision": review.decision,
        "decided_by": review.decided_by,
        "decided_at": review.decided_at,
        "next_review_on": review.next_review_on,
    }

"""What a review ends in: the record is retained, regrouped, or its disposal proposed (RET-4, RET-5, RET-11)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from audit.record import record as enter
from compliance.kernel import text
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError, Invalid
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from retention import reckoning
from retention import rules as clocks
from retention.errors import BeingDisposed, RecordDisposed
from retention.holds import queries as holds
from retention.holds.errors import HeldBack
from retention.models import RetentionRecord
from retention.rules import Facts
from retention.rules import Status as Stands

from . import events, rules, use_cases
from .errors import InThatGroup, NotAlike, RecordMoved, ReviewDecided, SpeaksForKeeping
from .models import RetentionReview
from .rules import Decision, Status


@dataclass(frozen=True)
class Found:
    """What a reviewer says: an answer to each question by its code, what it comes to, and why in their own words.

    `group` goes with regrouping alone. `next_on` is a day for the next review that is sooner than the rule's.
    """

    answers: Mapping[str, str]
    decision: str
    reason: str
    group: int | None = None
    next_on: date | None = None


def decide(
    ctx: Context,
    review_id: UUID,
    found: Found,
    *,
    revision: int | None = None,
    together: int = 1,
    like: RetentionRecord | None = None,
) -> RetentionReview:
    """End a review. `revision` is the record's as the reviewer read it.

    Where it is one of several that are decided at once, `together` is how many, and `like` a record that each is like.
    Raises NotFound, ReviewDecided, RecordMoved, NotAlike, KeptLonger, Group3TooEarly, HeldBack, SpeaksForKeeping,
    InThatGroup, RecordDisposed, BeingDisposed, and Invalid at what is wrong.
    """
    require(ctx, Permission.RETENTION_REVIEW)
    review, record = use_cases.held(ctx, review_id)
    if like is not None and (record.kind, record.groups) != (like.kind, like.groups):
        raise NotAlike()
    if review.status != Status.OPEN.value:
        raise ReviewDecided()
    _still_kept(record)
    if revision is not None and record.revision != revision:
        raise RecordMoved()
    policy, today = ctx.the(Policy), london_date(ctx.now())
    decision, reason = _understood(found, policy)
    facts = _facts(ctx, record, decision, found)

    by_rule = clocks.review_due_on(facts, today, policy=policy)
    if not rules.check_next(found.next_on, today=today, by_rule=by_rule):
        raise Invalid.at("/next_on", f"Choose a day after today, and {said_day(by_rule)} at the latest.")

    record.last_reviewed_on, record.sooner_on = today, found.next_on
    reckoning.write(ctx, record, facts)
    review.status, review.decision = Status.DECIDED.value, decision.value
    review.decided_by, review.decided_at = ctx.actor.id, ctx.now()
    review.next_review_on = record.next_review_on
    _seal(ctx, review, found, reason)

    _enter(ctx, review, record, decision, together)
    return review


def opened(ctx: Context, review: RetentionReview) -> tuple[dict[str, str], str, str]:
    """The answers of a review, by which version of the questionnaire, and its reason; nothing while it is open."""
    if review.answers is None or review.reason is None:
        return {}, "", ""
    ring = ctx.the(KeyRing)
    kept = json.loads(ring.open(review.answers, place=f"retention_reviews.answers:{review.id}"))
    reason = ring.open(review.reason, place=f"retention_reviews.reason:{review.id}").decode()
    return kept["answers"], kept["version"], reason


def _understood(found: Found, policy: Policy) -> tuple[Decision, str]:
    wrong = [
        FieldError(f"/answers/{code}", "Answer this question.")
        for code in rules.missing(policy.retention_questions, found.answers)
    ]
    if found.decision not in list(Decision):
        wrong.append(FieldError("/decision", "Choose what the review ends in."))
    elif found.decision == Decision.REGROUP.value and found.group not in clocks.GROUPS:
        wrong.append(FieldError("/group", "Choose the group that the record goes into."))
    reason = ""
    try:
        reason = text.prose(found.reason, pointer="/reason", limit=policy.disposal.words_most)
    except Invalid as refused:
        wrong += refused.fields
    if wrong:
        raise Invalid(fields=tuple(wrong))
    return Decision(found.decision), reason


def _facts(ctx: Context, record: RetentionRecord, decision: Decision, found: Found) -> Facts:
    """What is known of the record once this is decided; raises where it cannot be."""
    policy, facts = ctx.the(Policy), reckoning.facts_of(ctx, record)
    if decision is Decision.REGROUP and found.group is not None:
        if found.group in facts.groups:
            raise InThatGroup()
        return clocks.regrouped(facts, found.group)
    if decision is Decision.DISPOSE:
        clocks.check_disposal(facts, on=london_date(ctx.now()), policy=policy)
        if holds.on(ctx, record):
            raise HeldBack()
        if rules.speaks_for_keeping(policy.retention_questions, found.answers):
            raise SpeaksForKeeping()
    return facts


def _still_kept(record: RetentionRecord) -> None:
    if record.status == Stands.DISPOSED.value:
        raise RecordDisposed()
    if record.status == Stands.INSTRUCTED.value:
        raise BeingDisposed()


def _seal(ctx: Context, review: RetentionReview, found: Found, reason: str) -> None:
    ring, policy = ctx.the(KeyRing), ctx.the(Policy)
    asked = {code: found.answers[code] for code in policy.retention_questions}
    kept = json.dumps({"version": policy.version, "answers": asked}, sort_keys=True)
    review.answers = ring.seal(kept.encode(), place=f"retention_reviews.answers:{review.id}")
    review.reason = ring.seal(reason.encode(), place=f"retention_reviews.reason:{review.id}")


def _enter(ctx: Context, review: RetentionReview, record: RetentionRecord, decision: Decision, together: int) -> None:
    next_on = review.next_review_on or london_date(ctx.now())
    if decision is Decision.RETAIN:
        enter(
            ctx, events.RecordRetained(subject=review.id, record=record.id, next_review_on=next_on, together=together)
        )
    elif decision is Decision.REGROUP:
        groups = tuple(sorted(reckoning.groups_of(record)))
        enter(
            ctx,
            events.RecordRegrouped(
                subject=review.id, record=record.id, groups=groups, next_review_on=next_on, together=together
            ),
        )
    else:
        enter(
            ctx, events.DisposalProposed(subject=review.id, record=record.id, next_review_on=next_on, together=together)
        )

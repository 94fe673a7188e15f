"""A review with all that its reviewer goes by: the record's dates and why, its holds, and what was found before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from audit.record import record as enter
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from policies.access import may
from policies.permissions import Permission
from policies.values import Policy
from retention import reckoning, rules
from retention.errors import KeptLonger
from retention.holds import queries as holds
from retention.holds.models import RetentionHold
from retention.rules import Because

from . import deciding, queries
from .events import ReviewViewed
from .models import RetentionReview
from .queries import Listed

MOST = 20


@dataclass(frozen=True)
class Whole:
    """A review for its page. `may_review` is whether the asker may decide it.

    Whoever may not sees neither the answers and reasons, nor what would tell a date of birth.
    """

    listed: Listed
    may_review: bool
    why: Sequence[Because]
    ends_on: date | None
    next_by_rule: date
    not_yet: str | None
    held: Sequence[RetentionHold]
    answers: Mapping[str, str]
    asked_by_version: str
    reason: str
    before: Sequence[RetentionReview]
    names: Mapping[str, str]


def view(ctx: Context, review_id: UUID) -> Whole:
    """Show one review, and keep that it was shown. Raises NotFound, Forbidden."""
    whole = of(ctx, review_id)
    enter(ctx, ReviewViewed(subject=whole.listed.review.id))
    return whole


def of(ctx: Context, review_id: UUID) -> Whole:
    """One review with all that belongs to it. Raises NotFound, Forbidden."""
    listed = queries.visible(ctx, review_id)
    it, record = listed.review, listed.record
    reviews, policy = may(ctx, Permission.RETENTION_REVIEW), ctx.the(Policy)
    facts, today = reckoning.facts_of(ctx, record), london_date(ctx.now())
    tells_end = reckoning.tells_end(ctx, record)
    try:
        rules.check_disposal(facts, on=today, policy=policy)
        not_yet = None
    except KeptLonger as refusal:
        not_yet = refusal.words
    answers, version, reason = deciding.opened(ctx, it) if reviews else ({}, "", "")
    before = [each for each in queries.of_record(ctx, record.id, limit=MOST) if each.id != it.id]
    people = {who for each in (it, *before) for who in (each.decided_by, each.asked_by) if who}
    return Whole(
        listed=listed, may_review=reviews,
        why=rules.why(facts, record.last_reviewed_on, policy=policy) if tells_end else (),
        ends_on=rules.minimum(facts, policy=policy).ends_on if tells_end else None,
        next_by_rule=rules.review_due_on(facts, today, policy=policy), not_yet=not_yet,
        held=holds.on(ctx, record), answers=answers, asked_by_version=version, reason=reason, before=before,
        names=names_of(ctx, people),
    )  # fmt: skip


def like(ctx: Context, listed: Listed) -> list[Listed]:
    """The open reviews of like records, this one first: of the same kind and in the same groups, as many as go at once."""
    most = ctx.the(Policy).disposal.bulk_most
    found = queries.alike(ctx, listed.record, limit=most)
    return [listed, *(each for each in found if each.review.id != listed.review.id)][:most]

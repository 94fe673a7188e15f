"""Telling a reviewer that a review of a record waits, is to be decided soon, or was (RET-3, GOV-5).

A letter leaves the service: it names neither the record nor whom it is about.
"""

from __future__ import annotations

from compliance.identity.models import Person
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.reminding import Time

from .models import RetentionReview

KINDS = {
    Time.BEFORE: "retention_review_due",
    Time.ON: "retention_review_due_today",
    Time.OVER: "retention_review_overdue",
}
"""Which letter tells of it when."""


def given(ctx: Context, review: RetentionReview) -> None:
    """Its reviewer learns that a review waits for them; reviews that fall due by themselves wait in the queue."""
    if review.reviewer_id is not None and review.reviewer_id != ctx.actor.person_id:
        _tell(ctx, review, "retention_review_waits")


def due(ctx: Context, review: RetentionReview, time: Time) -> None:
    """Its reviewer is reminded of the last day to decide it."""
    _tell(ctx, review, KINDS[time])


def _tell(ctx: Context, review: RetentionReview, kind: str) -> None:
    person = ctx.session.get_one(Person, review.reviewer_id)
    page = f"{ctx.house.settings.base_url}/retention/reviews/{review.id}"
    tell(ctx, person, kind, once=f"{kind}:{review.id}:{person.id}", page=page, due=said_day(review.finish_by))

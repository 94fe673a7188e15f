"""A record's dates by its reference, and why they are so, for whoever may know them (RET-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from audit.record import record as enter
from compliance.kernel.context import Context
from compliance.kernel.finding import the_one
from policies.access import may, require
from policies.permissions import Permission
from policies.values import Policy

from . import queries, reckoning, rules
from .events import RecordViewed
from .models import RetentionRecord
from .rules import Because


@dataclass(frozen=True)
class Dates:
    """What can be told of a record. Without `tells_end` its end, and why, would tell a date of birth to somebody who may not know it."""

    record: RetentionRecord
    tells_end: bool
    ends_on: date | None
    why: Sequence[Because]


def dates(ctx: Context, reference: str) -> Dates:
    """Show one record's dates, and keep that they were shown. Raises Forbidden, and NotFound for one the actor may not know of."""
    if not may(ctx, Permission.RETENTION_REGISTER):
        require(ctx, Permission.RETENTION_READ)
    record = the_one(ctx, select(RetentionRecord).where(RetentionRecord.reference == reference, queries.seen(ctx)))

    enter(ctx, RecordViewed(subject=record.id, reference=record.reference))
    if not reckoning.tells_end(ctx, record):
        return Dates(record, False, None, ())
    facts, policy = reckoning.facts_of(ctx, record), ctx.the(Policy)
    kept = rules.minimum(facts, policy=policy)
    return Dates(record, True, kept.ends_on, rules.why(facts, record.last_reviewed_on, policy=policy))

"""A record's dates as they are kept: reckoned from what is known of it, by the policy in force (RET-1, RET-3)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from hashlib import sha256

from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.access import may
from policies.keeping import RetentionValues
from policies.permissions import Permission
from policies.values import Policy

from . import rules
from .models import RetentionRecord
from .rules import Facts, Status

_DIGITS = 16
"""As many hex digits as the version of the whole policy has."""


def facts_of(ctx: Context, record: RetentionRecord) -> Facts:
    """All that the record's dates follow from, its date of birth opened."""
    return Facts(groups_of(record), record.opened_on, record.last_relevant_on, born_on(ctx, record))


def groups_of(record: RetentionRecord) -> frozenset[int]:
    """Every group that the record was ever put into."""
    return frozenset(int(each) for each in record.groups.split())


def born_on(ctx: Context, record: RetentionRecord) -> date | None:
    """When whom it is about was born; None where nobody knows. Not for anybody's eyes but a reviewer's."""
    if record.born_on is None:
        return None
    return date.fromisoformat(ctx.the(KeyRing).open(record.born_on, place=_place(record)).decode())


def ends_on(ctx: Context, record: RetentionRecord) -> date | None:
    """The end of the record's minimum period, for whoever may know it: that of group 1 tells a date of birth."""
    return rules.minimum(facts_of(ctx, record), policy=ctx.the(Policy)).ends_on


def tells_end(ctx: Context, record: RetentionRecord) -> bool:
    """Whether the actor may know when its minimum period ends, and why: that of group 1 tells a date of birth (RET-1).

    Whoever registers records told us themselves when somebody was born; of people those know it who review. What remains
    of a record that is gone no longer says how long it would have been kept.
    """
    if record.status == Status.DISPOSED.value:
        return False
    knows_birth = may(ctx, Permission.RETENTION_REVIEW) or may(ctx, Permission.RETENTION_REGISTER)
    return knows_birth or rules.BY_AGE not in groups_of(record)


def version(policy: Policy) -> str:
    """Which values the dates of records stand on: the same as long as those are, whatever else of the policy changes."""
    return _version(policy.retention)


@lru_cache(maxsize=8)
def _version(values: RetentionValues) -> str:
    return sha256(json.dumps(asdict(values), sort_keys=True).encode()).hexdigest()[:_DIGITS]


def write(ctx: Context, record: RetentionRecord, facts: Facts) -> None:
    """Keep what is known and the dates that follow from it; raises as `rules.minimum`."""
    policy = ctx.the(Policy)
    if facts.born_on != born_on(ctx, record):
        sealed = None
        if facts.born_on is not None:
            sealed = ctx.the(KeyRing).seal(facts.born_on.isoformat().encode(), place=_place(record))
        record.born_on = sealed
    record.groups = " ".join(str(each) for each in sorted(facts.groups))
    record.opened_on, record.last_relevant_on = facts.opened_on, facts.last_relevant_on
    # The end of group 1 tells a date of birth, and is not kept beside the sealed one: `ends_on` reckons it.
    record.minimum_ends_on = None if rules.BY_AGE in facts.groups else rules.minimum(facts, policy=policy).ends_on
    due = rules.review_due_on(facts, record.last_reviewed_on, policy=policy)
    record.next_review_on = min(due, record.sooner_on) if record.sooner_on else due
    record.reckoned_by = version(policy)


def _place(record: RetentionRecord) -> str:
    return f"retention_records.born_on:{record.id}"

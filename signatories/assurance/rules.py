"""How current an organisation's policies are on a day: dates, and nothing else (SIG-11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Currency(StrEnum):
    """How a policy stands: none recorded, within its review date, soon past it, in its days of grace, or past them."""

    MISSING = "missing"
    CURRENT = "current"
    DUE_SOON = "due_soon"
    IN_GRACE = "in_grace"
    OUT_OF_DATE = "out_of_date"


GRAVITY = (Currency.CURRENT, Currency.DUE_SOON, Currency.IN_GRACE, Currency.OUT_OF_DATE, Currency.MISSING)
"""From the best to the worst; an organisation stands where its worst policy does."""


@dataclass(frozen=True)
class PolicyStanding:
    """How one policy stands, and the last day on which it stands so; None where only somebody's act changes it."""

    currency: Currency
    review_on: date | None = None
    until: date | None = None


def standing(review_on: date | None, today: date, *, soon_days: int, grace_days: int) -> PolicyStanding:
    """Where a policy with this review day stands today: in date to the end of that day, in grace so many days after."""
    if review_on is None:
        return PolicyStanding(Currency.MISSING)
    over = review_on + timedelta(days=grace_days)
    if today > over:
        return PolicyStanding(Currency.OUT_OF_DATE, review_on)
    if today > review_on:
        return PolicyStanding(Currency.IN_GRACE, review_on, over)
    soon = review_on - timedelta(days=soon_days)
    if today >= soon:
        return PolicyStanding(Currency.DUE_SOON, review_on, review_on)
    return PolicyStanding(Currency.CURRENT, review_on, review_on)


def gravest(policies: Iterable[PolicyStanding]) -> Currency:
    """Where an organisation stands as a whole."""
    return max((each.currency for each in policies), key=GRAVITY.index, default=Currency.CURRENT)

"""What a decision about sharing can be, and which lawful basis goes with it: values in, values out (SHA-1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from policies.sharing_groups import LawfulBasis

EARLIEST_DAYS = 366
"""A decision is recorded within a year: whoever remembers longer writes it into the case."""


class Choice(StrEnum):
    """Whether it is shared. Either is recorded (OP 1.6, rule 7)."""

    SHARE = "share"
    NOT_SHARE = "not_share"


def bases_for(choice: Choice, bases: Mapping[str, LawfulBasis]) -> tuple[str, ...]:
    """The codes that go with a choice, in the order of the policy's list."""
    return tuple(code for code, basis in bases.items() if basis.for_sharing is (choice is Choice.SHARE))


def instant_wrong(decided_at: datetime, now: datetime) -> str | None:
    """What is wrong with when it was decided, in words for whoever says so; None where nothing is."""
    if decided_at > now:
        return "This is still to come. Enter when it was decided."
    if decided_at < now - timedelta(days=EARLIEST_DAYS):
        return "This is more than a year ago. Enter when it was decided."
    return None

"""How what a person learnt stands, and until when it counts (GOV-7)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from policies.training_groups import TrainingModule
from signatories.reviews.rules import months_after


class Which(StrEnum):
    """Whom the list shows: everybody, those who are due, or those of whom nothing is due."""

    ALL = "all"
    DUE = "due"
    IN_DATE = "in_date"


class State(StrEnum):
    """How a module stands for a person; all but the last two make them due."""

    MISSING = "missing"
    OVER = "over"
    OLD = "old_version"
    SOON = "soon"
    NOT_ASKED = "not_asked"
    IN_DATE = "in_date"


DUE = frozenset({State.MISSING, State.OVER, State.OLD, State.SOON})


def counts_until(done_on: date, months: int) -> date | None:
    """The last day on which a module counts that was done on this day; None for no end."""
    return months_after(done_on, months) - timedelta(days=1) if months else None


def soon_by(today: date, warn_days: tuple[int, ...]) -> date:
    """What counts until this day or before runs out soon: when its holder is told of it for the first time."""
    return today + timedelta(days=max(warn_days, default=0))


def state_of(
    module: TrainingModule, *, asked: bool, done: bool, version: str | None, until: date | None, today: date, soon: date
) -> State:
    """How a module stands; `asked` says that the person holds a licence that asks for it. `until` is its last day.

    A record without a version counts as one that still holds: nobody is called back for what was not written down.
    """
    if not done:
        return State.MISSING if asked else State.NOT_ASKED
    if until is not None and until < today:
        return State.OVER
    if version in module.too_old:
        return State.OLD
    return State.SOON if until is not None and until <= soon else State.IN_DATE

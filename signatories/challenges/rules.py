"""What can be challenged, how it can be put right, and what a challenge waits for: tables and pure functions (SIG-3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from .errors import ChallengeOver


class State(StrEnum):
    """Where a challenge stands; all but the first are ends."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Step(StrEnum):
    """What can be decided."""

    UPHOLD = "uphold"
    DISMISS = "dismiss"


class Entry(StrEnum):
    """The kinds of entry of the register that can be doubted."""

    SIGNATURE = "signature"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"
    ISA_CHECK = "isa_check"


class Remedy(StrEnum):
    """How an entry is put right: another takes its place, or none does."""

    CORRECT = "correct"
    STRIKE_OUT = "strike_out"


NEXT: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.UPHOLD): State.UPHELD,
    (State.OPEN, Step.DISMISS): State.DISMISSED,
}
"""Every step there is."""

REMEDIES: dict[Entry, tuple[Remedy, ...]] = {
    Entry.SIGNATURE: (Remedy.CORRECT, Remedy.STRIKE_OUT),
    Entry.REFUSAL: (Remedy.STRIKE_OUT,),
    Entry.WITHDRAWAL: (Remedy.CORRECT,),
    Entry.ISA_CHECK: (Remedy.STRIKE_OUT,),
}
"""What can be done about each kind. A withdrawal stays a withdrawal: only what is written of it is corrected (SIG-9)."""


def after(state: State, step: Step) -> State:
    """Where a challenge stands after a step; raises ChallengeOver where it has been decided."""
    try:
        return NEXT[state, step]
    except KeyError:
        raise ChallengeOver() from None


def crosses(old: date, new: date, withdrew_on: Iterable[date]) -> bool:
    """Whether a signature moved from one day to another would change sides with a withdrawal (SIG-9).

    Only one made on a later day than the withdrawal brings an organisation back; that is not for a correction to say.
    """
    return any((old > left_on) != (new > left_on) for left_on in withdrew_on)

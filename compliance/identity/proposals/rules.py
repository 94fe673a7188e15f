"""What a proposal is waiting for, what binds it, and who may not be its second person: tables and pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any


class State(StrEnum):
    """Where a proposal stands; all but the first are ends."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    EXPIRED = "expired"


class Step(StrEnum):
    """What can be done to a proposal."""

    APPROVE = "approve"
    REFUSE = "refuse"
    TAKE_BACK = "take_back"
    EXPIRE = "expire"


NEXT: dict[tuple[State, Step], State] = {
    (State.PROPOSED, Step.APPROVE): State.APPROVED,
    (State.PROPOSED, Step.REFUSE): State.REFUSED,
    (State.PROPOSED, Step.TAKE_BACK): State.TAKEN_BACK,
    (State.PROPOSED, Step.EXPIRE): State.EXPIRED,
}
"""Every step there is."""


def written(asked: Mapping[str, Any]) -> str:
    """What is asked, in the one spelling that it is kept and compared in."""
    return json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(bound: Mapping[str, Any]) -> str:
    """What the second person's decision is bound to: SHA-256, in hex, over all that they look at."""
    return sha256(written(bound).encode()).hexdigest()


def newcomer_since(now: datetime, days: int) -> datetime:
    """Whom the proposer made or promoted after this instant is too new to be the second person."""
    return now - timedelta(days=days)

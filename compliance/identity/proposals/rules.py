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
    return json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(kind: str, asked: str) -> str:
    """What the second person's decision is bound to: SHA-256, in hex, over the kind of act and what is asked."""
    return sha256(f"{kind}\0{asked}".encode()).hexdigest()


def too_new(now: datetime, days: int, *, made_at: datetime | None, promoted_at: datetime | None) -> bool:
    """Whether the proposer made or promoted the second person less than so many days ago; None is never."""
    since = now - timedelta(days=days)
    return any(at is not None and at > since for at in (made_at, promoted_at))

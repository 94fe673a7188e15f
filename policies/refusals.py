"""That somebody was refused at a door, before anything was looked at: remembered, like any other attempt (AUD-1)."""

from __future__ import annotations

from audit.record import record
from compliance.kernel.context import work
from compliance.kernel.errors import Refusal

from .events import AccessRefused


def remember(refusal: Refusal, door: str | None) -> None:
    """Write down that the actor at hand was refused at this door, in a transaction of its own."""
    with work() as ctx:
        rules = (refusal.rule,) if refusal.rule else ()
        record(ctx, AccessRefused(door=door or "-", outcome="refused", rules=rules))

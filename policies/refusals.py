"""That somebody was refused at a door, before anything was looked at: remembered, like any other attempt (AUD-1)."""

from __future__ import annotations

from abc import abstractmethod

from audit.events import Event
from audit.record import record
from compliance.kernel.context import work
from compliance.kernel.errors import Forbidden, Refusal

from .events import AccessRefused


class ToldOtherwise(Forbidden):
    """A refusal that the log tells in an event of its own."""

    @abstractmethod
    def event(self, door: str) -> Event:
        """What happened at this door."""


def remember(refusal: Refusal, door: str | None) -> None:
    """Write down that the actor at hand was refused at this door, in a transaction of its own."""
    with work() as ctx:
        record(ctx, _told(refusal, door or "-"))


def _told(refusal: Refusal, door: str) -> Event:
    if isinstance(refusal, ToldOtherwise):
        return refusal.event(door)
    return AccessRefused(door=door, outcome="refused", rules=(refusal.rule,) if refusal.rule else ())

"""What happens to holds, as the log tells it. Whom a hold names stands in the register of holds alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class HoldEvent(Event):
    """Something that happened to a hold (RET-6)."""

    subject_kind: ClassVar[str | None] = "retention_hold"

    rules: tuple[str, ...] = ("RET-6",)


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(HoldEvent):
    """Records are kept whatever their time: `reach` says what the hold names, `ground` why."""

    name: ClassVar[str] = "retention_hold.placed"

    reach: str
    ground: str
    review_on: date


@dataclass(frozen=True, kw_only=True)
class HoldProlonged(HoldEvent):
    """A hold was looked at and stays, to be looked at again on `review_on`."""

    name: ClassVar[str] = "retention_hold.prolonged"

    review_on: date


@dataclass(frozen=True, kw_only=True)
class HoldLifted(HoldEvent):
    """Nothing is kept for this any more."""

    name: ClassVar[str] = "retention_hold.lifted"


@dataclass(frozen=True, kw_only=True)
class HoldReminded(HoldEvent):
    """Whoever may lift it was told that a hold is to be looked at again."""

    name: ClassVar[str] = "retention_hold.reminded"


@dataclass(frozen=True, kw_only=True)
class HoldViewed(HoldEvent):
    """A hold was shown, with why it was placed."""

    name: ClassVar[str] = "retention_hold.viewed"

    rules: tuple[str, ...] = ("RET-6", "AUD-1")

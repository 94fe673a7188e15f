"""What happens to exceptions, as the log tells it.

Break-glass is told whole: who opened which case to whom. Of a conflict of interest the log says who set or lifted
it, and names nothing but the conflict: its person may be one of those who read the log (DEC-6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class BreakGlassEvent(Event):
    """Something that happened to break-glass; `person` is to whom the case was opened (DEC-5)."""

    subject_kind: ClassVar[str | None] = "break_glass"

    rules: tuple[str, ...] = ("DEC-5",)
    person: UUID


@dataclass(frozen=True, kw_only=True)
class BreakGlassGranted(BreakGlassEvent):
    """A case was opened to somebody for an emergency MARAC (OP 5.1)."""

    name: ClassVar[str] = "break_glass.granted"

    area: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class BreakGlassEnded(BreakGlassEvent):
    """It is over: its time had come, or somebody took it back."""

    name: ClassVar[str] = "break_glass.ended"

    reason: str


@dataclass(frozen=True, kw_only=True)
class BreakGlassReviewed(BreakGlassEvent):
    """Information governance looked at it and said whether it was justified."""

    name: ClassVar[str] = "break_glass.reviewed"

    justified: bool


@dataclass(frozen=True, kw_only=True)
class BreakGlassViewed(BreakGlassEvent):
    """One was shown, with its reason."""

    name: ClassVar[str] = "break_glass.viewed"


@dataclass(frozen=True, kw_only=True)
class ReviewCalledToMind(BreakGlassEvent):
    """Those who can look at it were told that it is late; `letters` to how many."""

    name: ClassVar[str] = "break_glass.called_to_mind"

    letters: int


@dataclass(frozen=True, kw_only=True)
class ConflictEvent(Event):
    """Something that happened to a conflict of interest. Whose and of what only its own row says (DEC-6)."""

    subject_kind: ClassVar[str | None] = "conflict"

    rules: tuple[str, ...] = ("DEC-6",)


@dataclass(frozen=True, kw_only=True)
class ConflictSet(ConflictEvent):
    """Two people keep somebody from a case."""

    name: ClassVar[str] = "conflict.set"


@dataclass(frozen=True, kw_only=True)
class ConflictTakenOff(ConflictEvent):
    """Two people keep somebody from a case no longer."""

    name: ClassVar[str] = "conflict.lifted"


@dataclass(frozen=True, kw_only=True)
class ConflictViewed(ConflictEvent):
    """One was shown, with its grounds."""

    name: ClassVar[str] = "conflict.viewed"


@dataclass(frozen=True, kw_only=True)
class ConflictTold(ConflictEvent):
    """Those who set it were written to; `letters` to how many."""

    name: ClassVar[str] = "conflict.told"

    letters: int

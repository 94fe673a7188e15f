"""What happens to escalations, as the log tells it: what was asked and answered stands in their register (GOV-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class EscalationEvent(Event):
    """Something that happened to an escalation; `level` is the group it stands before afterwards."""

    subject_kind: ClassVar[str | None] = "escalation"

    rules: tuple[str, ...] = ("GOV-2",)
    level: str


@dataclass(frozen=True, kw_only=True)
class EscalationOpened(EscalationEvent):
    """The steering group holds an organisation to account; `about` is what for, `ask` the row that says what it asks."""

    name: ClassVar[str] = "escalation.opened"

    about: str
    ask: UUID


@dataclass(frozen=True, kw_only=True)
class EscalationAnswered(EscalationEvent):
    """What a group asked was answered."""

    name: ClassVar[str] = "escalation.answered"

    ask: UUID


@dataclass(frozen=True, kw_only=True)
class EscalationRaised(EscalationEvent):
    """It was raised to the group above, which asks anew."""

    name: ClassVar[str] = "escalation.raised"

    ask: UUID


@dataclass(frozen=True, kw_only=True)
class EscalationEnded(EscalationEvent):
    """It ended before this group; what with stands in the register."""

    name: ClassVar[str] = "escalation.ended"


@dataclass(frozen=True, kw_only=True)
class EscalationReminded(EscalationEvent):
    """An organisation was reminded of an answer, or that it is overdue; `letters` is how many."""

    name: ClassVar[str] = "escalation.reminded"

    ask: UUID
    letters: int


@dataclass(frozen=True, kw_only=True)
class EscalationViewed(EscalationEvent):
    """An escalation was looked at, with what was asked and answered (AUD-1)."""

    name: ClassVar[str] = "escalation.viewed"

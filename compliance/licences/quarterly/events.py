"""What the audit of use does, as the log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class UseWarned(Event):
    """A holder and the escalation contacts were told that a licence ends unless it is used; `letters` to how many."""

    name: ClassVar[str] = "use.warned"
    subject_kind: ClassVar[str | None] = "use_warning"

    rules: tuple[str, ...] = ("LIC-8",)
    licence: UUID
    person: UUID
    quarter: str
    letters: int


@dataclass(frozen=True, kw_only=True)
class UseJudged(Event):
    """A licence got its verdict for a quarter; what follows from it has an entry of its own."""

    name: ClassVar[str] = "use.judged"
    subject_kind: ClassVar[str | None] = "use_verdict"

    rules: tuple[str, ...] = ("LIC-8",)
    licence: UUID
    person: UUID
    quarter: str
    verdict: str


@dataclass(frozen=True, kw_only=True)
class UseExempted(Event):
    """A licence may stay unused up to and including a day."""

    name: ClassVar[str] = "use_exemption.granted"
    subject_kind: ClassVar[str | None] = "use_exemption"

    rules: tuple[str, ...] = ("LIC-8",)
    licence: UUID
    person: UUID
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class UseExemptionEnded(Event):
    """An exemption was taken back before its last day."""

    name: ClassVar[str] = "use_exemption.ended"
    subject_kind: ClassVar[str | None] = "use_exemption"

    rules: tuple[str, ...] = ("LIC-8",)
    licence: UUID
    person: UUID

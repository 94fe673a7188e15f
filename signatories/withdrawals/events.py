"""What can happen on the way out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class WithdrawalAnnounced(Event):
    """An organisation is to leave at `effective_at`, by itself, unless it is called off before (SIG-6)."""

    name: ClassVar[str] = "withdrawal.announced"
    subject_kind: ClassVar[str | None] = "withdrawal"

    instruments: tuple[str, ...]
    letter: str
    effective_at: datetime
    duties_acknowledged: bool


@dataclass(frozen=True, kw_only=True)
class WithdrawalCalledOff(Event):
    """An announced withdrawal will not take effect; `subject` is the withdrawal."""

    name: ClassVar[str] = "withdrawal.called_off"
    subject_kind: ClassVar[str | None] = "withdrawal"


@dataclass(frozen=True, kw_only=True)
class LinksEnded(Event):
    """Links to a password that people of an organisation that left had not used open nothing any more (SIG-6, IDN-8)."""

    name: ClassVar[str] = "withdrawal.links_ended"
    subject_kind: ClassVar[str | None] = "withdrawal"

    links: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class WithdrawalPreviewed(Event):
    """Somebody was shown who would lose what if an organisation withdrew; `rows` are the people named (AUD-1)."""

    name: ClassVar[str] = "withdrawal.previewed"
    subject_kind: ClassVar[str | None] = "organisation"

    rows: int

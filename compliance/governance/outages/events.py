"""What happens to the passphrase, the packs and declared outages, as the log tells it (GOV-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class OutageEvent(Event):
    """Something that happened for or during an outage."""

    subject_kind: ClassVar[str | None] = "outage"

    rules: tuple[str, ...] = ("GOV-3",)


@dataclass(frozen=True, kw_only=True)
class PassphraseTurned(OutageEvent):
    """There is another passphrase: which number, and why. Its words are never here."""

    name: ClassVar[str] = "outage_passphrase.turned"
    subject_kind: ClassVar[str | None] = "outage_passphrase"

    number: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PassphraseViewed(OutageEvent):
    """A holder was shown a passphrase, of this number."""

    name: ClassVar[str] = "outage_passphrase.viewed"
    subject_kind: ClassVar[str | None] = "outage_passphrase"

    number: int


@dataclass(frozen=True, kw_only=True)
class HolderNamed(OutageEvent):
    """Somebody was named to hold the passphrase; the subject is the person."""

    name: ClassVar[str] = "outage_holder.named"
    subject_kind: ClassVar[str | None] = "person"

    holder: UUID


@dataclass(frozen=True, kw_only=True)
class HolderEnded(OutageEvent):
    """Somebody holds the passphrase no longer; the subject is the person."""

    name: ClassVar[str] = "outage_holder.ended"
    subject_kind: ClassVar[str | None] = "person"

    holder: UUID


@dataclass(frozen=True, kw_only=True)
class OutagePackMade(OutageEvent):
    """A pack was made, and opened as a test: its hash and size, the passphrase's number, in how many folders it lies."""

    name: ClassVar[str] = "outage_pack.made"
    subject_kind: ClassVar[str | None] = "outage_pack"

    sha256: str
    size: int
    passphrase: int
    folders: int


@dataclass(frozen=True, kw_only=True)
class OutagePackFetched(OutageEvent):
    """A pack was handed to whoever acts, sealed as it lies."""

    name: ClassVar[str] = "outage_pack.fetched"
    subject_kind: ClassVar[str | None] = "outage_pack"

    sha256: str


@dataclass(frozen=True, kw_only=True)
class OutageDeclared(OutageEvent):
    """The case system was said to be down, since when."""

    name: ClassVar[str] = "outage.declared"

    began_at: datetime


@dataclass(frozen=True, kw_only=True)
class OutageExpected(OutageEvent):
    """Until when it is expected to be down was said anew."""

    name: ClassVar[str] = "outage.prolonged"

    until: datetime


@dataclass(frozen=True, kw_only=True)
class OutageEnded(OutageEvent):
    """The case system was said to be back, since when."""

    name: ClassVar[str] = "outage.ended"

    back_at: datetime


@dataclass(frozen=True, kw_only=True)
class OutageClosed(OutageEvent):
    """All that was taken by hand is settled, and the outage closed."""

    name: ClassVar[str] = "outage.closed"

    settled: int


@dataclass(frozen=True, kw_only=True)
class OutageViewed(OutageEvent):
    """A declared outage was looked at, with its list."""

    name: ClassVar[str] = "outage.viewed"


@dataclass(frozen=True, kw_only=True)
class TakenByHand(OutageEvent):
    """Something taken by hand was written on the list; `outage` is of which outage."""

    name: ClassVar[str] = "outage_transcription.recorded"
    subject_kind: ClassVar[str | None] = "outage_transcription"

    outage: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class Transcribed(OutageEvent):
    """It was entered into the case system, or (`left_out`) given a reason why not."""

    name: ClassVar[str] = "outage_transcription.settled"
    subject_kind: ClassVar[str | None] = "outage_transcription"

    outage: UUID
    left_out: bool

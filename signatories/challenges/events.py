"""What happens to challenges and to the entries they are about, as the log tells it: why stands in the register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ChallengeEvent(Event):
    """Something that happened to a challenge; `entry` is the one doubted, `kind` what kind of entry that is (SIG-3)."""

    subject_kind: ClassVar[str | None] = "challenge"

    rules: tuple[str, ...] = ("SIG-3",)
    kind: str
    entry: UUID


@dataclass(frozen=True, kw_only=True)
class ChallengeRaised(ChallengeEvent):
    """Somebody doubts an entry."""

    name: ClassVar[str] = "challenge.raised"


@dataclass(frozen=True, kw_only=True)
class ChallengeDismissed(ChallengeEvent):
    """The entry stays as it is."""

    name: ClassVar[str] = "challenge.dismissed"


@dataclass(frozen=True, kw_only=True)
class ChallengeUpheld(ChallengeEvent):
    """The entry was wrong; `corrected_by` took its place, or none did."""

    name: ClassVar[str] = "challenge.upheld"

    corrected_by: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ChallengeViewed(Event):
    """A challenge was looked at (AUD-1)."""

    name: ClassVar[str] = "challenge.viewed"
    subject_kind: ClassVar[str | None] = "challenge"


@dataclass(frozen=True, kw_only=True)
class SignatureCorrected(Event):
    """A signature took the place of one that was put down wrongly; `evidence` seals what SIG-2 keeps, anew."""

    name: ClassVar[str] = "instrument.signature_corrected"
    subject_kind: ClassVar[str | None] = "signature"

    corrects: UUID
    instrument: str
    version: UUID
    method: str
    document: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class WithdrawalCorrected(Event):
    """What is written of a withdrawal was corrected; that it happened, and when, stays as it is (SIG-9)."""

    name: ClassVar[str] = "withdrawal.corrected"
    subject_kind: ClassVar[str | None] = "withdrawal"

    corrects: UUID


@dataclass(frozen=True, kw_only=True)
class EntryStruckOut(Event):
    """An entry should never have been made, and counts no more; `refusals` are those that are open again without it."""

    name: ClassVar[str] = "register.entry_struck_out"
    subject_kind: ClassVar[str | None] = "entry"

    kind: str
    refusals: tuple[UUID, ...] = ()

"""What can happen to the register of signatories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganisationRegistered(Event):
    """An organisation was put on the register (SIG-1)."""

    name: ClassVar[str] = "organisation.registered"
    subject_kind: ClassVar[str | None] = "organisation"

    code: str
    domains: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DomainAdded(Event):
    """A mail domain was registered as an organisation's own (LIC-2)."""

    name: ClassVar[str] = "organisation.domain_added"
    subject_kind: ClassVar[str | None] = "organisation_domain"


@dataclass(frozen=True, kw_only=True)
class InstrumentRegistered(Event):
    """A document that partners sign was put on the register (SIG-1)."""

    name: ClassVar[str] = "instrument.registered"
    subject_kind: ClassVar[str | None] = "instrument"

    code: str


@dataclass(frozen=True, kw_only=True)
class VersionPublished(Event):
    """`document` is the SHA-256 that fixes the version."""

    name: ClassVar[str] = "instrument.version_published"
    subject_kind: ClassVar[str | None] = "instrument_version"

    instrument: str
    label: str
    document: str


@dataclass(frozen=True, kw_only=True)
class VersionOpened(Event):
    """Somebody had the text of a version open (SIG-2)."""

    name: ClassVar[str] = "instrument.version_opened"
    subject_kind: ClassVar[str | None] = "instrument_version"

    document: str


@dataclass(frozen=True, kw_only=True)
class VersionRead(Event):
    """The file of a version was handed out to be looked at, not to be signed (AUD-1)."""

    name: ClassVar[str] = "instrument.version_read"
    subject_kind: ClassVar[str | None] = "instrument_version"

    document: str


@dataclass(frozen=True, kw_only=True)
class InstrumentSigned(Event):
    """An organisation signed. `evidence` seals what SIG-2 keeps in the row; see `rules.evidence`."""

    name: ClassVar[str] = "instrument.signed"
    subject_kind: ClassVar[str | None] = "signature"

    instrument: str
    version: UUID
    method: str
    document: str
    evidence: str
    refusals_ended: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SigningRefused(Event):
    """An organisation will not sign; its reasons stand in the register (SIG-5)."""

    name: ClassVar[str] = "instrument.refused"
    subject_kind: ClassVar[str | None] = "signing_refusal"

    instrument: str
    version: UUID


@dataclass(frozen=True, kw_only=True)
class OrganisationWithdrew(Event):
    """An organisation is outside from this transaction on; `subject` is its withdrawal (SIG-6)."""

    name: ClassVar[str] = "organisation.withdrew"
    subject_kind: ClassVar[str | None] = "withdrawal"

    instruments: tuple[str, ...]
    signatures: tuple[UUID, ...]
    letter: str
    duties_acknowledged: bool


@dataclass(frozen=True, kw_only=True)
class DutiesAcknowledged(Event):
    """An organisation that left acknowledged the duties that stay with it (SIG-7)."""

    name: ClassVar[str] = "withdrawal.duties_acknowledged"
    subject_kind: ClassVar[str | None] = "withdrawal"


@dataclass(frozen=True, kw_only=True)
class LetterRead(Event):
    """A letter of withdrawal was opened (AUD-1)."""

    name: ClassVar[str] = "withdrawal.letter_read"
    subject_kind: ClassVar[str | None] = "withdrawal"


@dataclass(frozen=True, kw_only=True)
class PolicyDocumentRecorded(Event):
    """A policy that an organisation keeps current was put down (OP 6.1)."""

    name: ClassVar[str] = "policy_document.recorded"
    subject_kind: ClassVar[str | None] = "policy_document"

    kind: str
    replaced: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PolicyDocumentRead(Event):
    """The file of an organisation's policy was handed out (AUD-1)."""

    name: ClassVar[str] = "policy_document.read"
    subject_kind: ClassVar[str | None] = "policy_document"


@dataclass(frozen=True, kw_only=True)
class KeyContactNamed(Event):
    """Whom the hub rings at an organisation was named (LIC-10, OP 6.5)."""

    name: ClassVar[str] = "key_contact.named"
    subject_kind: ClassVar[str | None] = "key_contact"

    kind: str
    ended: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KeyContactEnded(Event):
    """A key contact is one no more (LIC-10)."""

    name: ClassVar[str] = "key_contact.ended"
    subject_kind: ClassVar[str | None] = "key_contact"

    kind: str


@dataclass(frozen=True, kw_only=True)
class IsaChecked(Event):
    """The partnership's own list of ISA signatories was looked at (SIG-12)."""

    name: ClassVar[str] = "isa.checked"
    subject_kind: ClassVar[str | None] = "isa_check"

    found: bool


@dataclass(frozen=True, kw_only=True)
class RegisterViewed(Event):
    """The register was looked at; `as_at` is the instant asked about, if not the present.

    `known_at` is the later instant by which what it says was known, if that was asked for.
    """

    name: ClassVar[str] = "register.viewed"
    subject_kind: ClassVar[str | None] = "register"

    rows: int
    as_at: str | None = None
    known_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterExported(Event):
    """The register left the service as a file (AUD-1)."""

    name: ClassVar[str] = "register.exported"
    subject_kind: ClassVar[str | None] = "register"

    form: str
    rows: int
    as_at: str | None = None
    known_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class HistoryViewed(Event):
    """What an organisation signed and when was shown (AUD-1)."""

    name: ClassVar[str] = "register.history_viewed"
    subject_kind: ClassVar[str | None] = "organisation"


@dataclass(frozen=True, kw_only=True)
class WithdrawalsViewed(Event):
    """The withdrawal register was shown (AUD-1, SIG-8)."""

    name: ClassVar[str] = "withdrawals.viewed"
    subject_kind: ClassVar[str | None] = "withdrawal_register"

    rows: int


@dataclass(frozen=True, kw_only=True)
class WithdrawalsExported(Event):
    """The withdrawal register left the service as a file (AUD-1, SIG-8)."""

    name: ClassVar[str] = "withdrawals.exported"
    subject_kind: ClassVar[str | None] = "withdrawal_register"

    form: str
    rows: int

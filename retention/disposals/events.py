"""What happens on the way to a disposal, as the log tells it: the last of these is what a certificate rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ManifestEvent(Event):
    """Something that happened to a manifest (RET-8)."""

    subject_kind: ClassVar[str | None] = "disposal_manifest"

    rules: tuple[str, ...] = ("RET-8", "RET-5")


@dataclass(frozen=True, kw_only=True)
class DisposalProposed(ManifestEvent):
    """Somebody proposes to dispose of so many records; `digest` is the SHA-256 of the frozen manifest."""

    name: ClassVar[str] = "disposal.proposed"

    items: tuple[UUID, ...]
    digest: str


@dataclass(frozen=True, kw_only=True)
class ManifestViewed(ManifestEvent):
    """Somebody looked at a manifest and what is on it."""

    name: ClassVar[str] = "disposal.viewed"


@dataclass(frozen=True, kw_only=True)
class DisposalApproved(ManifestEvent):
    """A second person agreed to exactly this manifest; the case system is told from this day on."""

    name: ClassVar[str] = "disposal.approved"

    digest: str
    instruct_from: date


@dataclass(frozen=True, kw_only=True)
class DisposalCalledOff(ManifestEvent):
    """Nothing on the manifest is disposed of by it."""

    name: ClassVar[str] = "disposal.called_off"

    items: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class DisposalInstructed(ManifestEvent):
    """The case system is told to dispose of so many; so many were left out since something stood in the way by then."""

    name: ClassVar[str] = "disposal.instructed"

    records: int
    left_out: int


@dataclass(frozen=True, kw_only=True)
class DisposalLeftOut(Event):
    """One record was left out, and why."""

    name: ClassVar[str] = "disposal.left_out"
    subject_kind: ClassVar[str | None] = "retention_record"

    rules: tuple[str, ...] = ("RET-5",)
    item: UUID
    obstacle: str


@dataclass(frozen=True, kw_only=True)
class RecordInstructed(Event):
    """The case system is told to dispose of this record."""

    name: ClassVar[str] = "disposal.record_instructed"
    subject_kind: ClassVar[str | None] = "retention_record"

    rules: tuple[str, ...] = ("RET-8",)
    item: UUID


@dataclass(frozen=True, kw_only=True)
class DisposalChased(ManifestEvent):
    """The case system was asked after what it has not confirmed; `escalated`: the hub and the officer were told."""

    name: ClassVar[str] = "disposal.chased"

    items: tuple[UUID, ...]
    escalated: bool


@dataclass(frozen=True, kw_only=True)
class DisposalConfirmed(Event):
    """The case system disposed of a record: by which method, when, on which manifest, with whose two agreements."""

    name: ClassVar[str] = "disposal.confirmed"
    subject_kind: ClassVar[str | None] = "disposal_item"

    rules: tuple[str, ...] = ("RET-8",)
    record: UUID
    manifest: UUID
    certificate: int
    digest: str
    rule: str
    minimum_ended_on: date | None
    proposed_by: str
    approved_by: str
    method: str
    disposed_on: date


@dataclass(frozen=True, kw_only=True)
class CertificateViewed(Event):
    """Somebody looked at the certificate of a disposal; `entry` is what it rests on."""

    name: ClassVar[str] = "disposal.certificate_viewed"
    subject_kind: ClassVar[str | None] = "disposal_item"

    rules: tuple[str, ...] = ("RET-8",)
    entry: int


@dataclass(frozen=True, kw_only=True)
class CertificateTaken(Event):
    """Somebody took away the certificate of a disposal, as a paper or with its proof; `entry` is what it rests on."""

    name: ClassVar[str] = "disposal.certified"
    subject_kind: ClassVar[str | None] = "disposal_item"

    rules: tuple[str, ...] = ("RET-8",)
    entry: int
    form: str

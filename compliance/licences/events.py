"""What can happen to a licence, a seat, and to what a licence stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class LicenceRequested(Event):
    """A licence was asked for; `cases` are the opaque references a by-invite one is for (LIC-4, LIC-7)."""

    name: ClassVar[str] = "licence.requested"
    subject_kind: ClassVar[str | None] = "licence"
    person: UUID
    kind: str
    areas: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    replaces: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class LicenceApproved(Event):
    """Its seat is kept from this moment (LIC-5)."""

    name: ClassVar[str] = "licence.approved"
    subject_kind: ClassVar[str | None] = "licence"
    person: UUID


@dataclass(frozen=True, kw_only=True)
class LicenceRefused(Event):
    """The hub said no to a request (LIC-3); `reason` is for want of what."""

    name: ClassVar[str] = "licence.refused"
    subject_kind: ClassVar[str | None] = "licence"
    person: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class LicenceActivated(Event):
    """A licence began: its holder has password and authenticator app (LIC-3)."""

    name: ClassVar[str] = "licence.activated"
    subject_kind: ClassVar[str | None] = "licence"
    person: UUID


@dataclass(frozen=True, kw_only=True)
class LicenceSuspended(Event):
    """`missing` names the items of the checklist that lapsed, where that is the reason (LIC-13)."""

    name: ClassVar[str] = "licence.suspended"
    subject_kind: ClassVar[str | None] = "licence"
    person: UUID
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LicenceResumed(Event):
    """A resting licence may be used again (LIC-3)."""

    name: ClassVar[str] = "licence.resumed"
    subject_kind: ClassVar[str | None] = "licence"
    person: UUID
    rested_for: str


@dataclass(frozen=True, kw_only=True)
class LicenceDeactivated(Event):
    """A licence ended for good, or a request was taken back (LIC-3)."""

    name: ClassVar[str] = "licence.deactivated"
    subject_kind: ClassVar[str | None] = "licence"
    person: UUID
    reason: str
    was: str


@dataclass(frozen=True, kw_only=True)
class SeatReallocated(Event):
    """A seat passed from one licence (`subject`) to another without being free in between (LIC-9)."""

    name: ClassVar[str] = "licence.reallocated"
    subject_kind: ClassVar[str | None] = "licence"
    to_licence: UUID
    to_organisation: UUID


@dataclass(frozen=True, kw_only=True)
class SeatsSet(Event):
    """The contract's number of seats of a kind was set (LIC-5)."""

    name: ClassVar[str] = "seats.set"
    subject_kind: ClassVar[str | None] = "seat_contract"
    kind: str
    seats: int


@dataclass(frozen=True, kw_only=True)
class TrainingRecorded(Event):
    """That somebody did a module was put down (OP 6.1)."""

    name: ClassVar[str] = "training.recorded"
    subject_kind: ClassVar[str | None] = "training"
    person: UUID
    module: str


@dataclass(frozen=True, kw_only=True)
class VettingRecorded(Event):
    """Somebody's vetting was put down (OP 6.1)."""

    name: ClassVar[str] = "vetting.recorded"
    subject_kind: ClassVar[str | None] = "vetting"
    person: UUID


@dataclass(frozen=True, kw_only=True)
class CaseClosedToOthers(Event):
    """From here on only those invited come near the case (OP 5.2)."""

    name: ClassVar[str] = "case.closed_marac"
    subject_kind: ClassVar[str | None] = "closed_case"


@dataclass(frozen=True, kw_only=True)
class InvitedToCase(Event):
    """Somebody was invited to a case, by its opaque reference (LIC-7, OP 5.2)."""

    name: ClassVar[str] = "case_invitation.made"
    subject_kind: ClassVar[str | None] = "case_invitation"
    person: UUID
    closed: bool


@dataclass(frozen=True, kw_only=True)
class CaseInvitationEnded(Event):
    """An invitation to a case is over (LIC-7, OP 5.2)."""

    name: ClassVar[str] = "case_invitation.ended"
    subject_kind: ClassVar[str | None] = "case_invitation"
    person: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class LicencesViewed(Event):
    """A page or export of the list of licences was given out (AUD-1)."""

    name: ClassVar[str] = "licences.viewed"
    subject_kind: ClassVar[str | None] = "licence"
    shown: int


@dataclass(frozen=True, kw_only=True)
class LicenceViewed(Event):
    """One licence was shown (AUD-1)."""

    name: ClassVar[str] = "licence.viewed"
    subject_kind: ClassVar[str | None] = "licence"


@dataclass(frozen=True, kw_only=True)
class ChecklistViewed(Event):
    """A person's checklist for an organisation was given out (AUD-1)."""

    name: ClassVar[str] = "licence_checklist.viewed"
    subject_kind: ClassVar[str | None] = "person"


@dataclass(frozen=True, kw_only=True)
class AreaMembersGiven(Event):
    """An area's distribution list was given out (AUD-1)."""

    name: ClassVar[str] = "area_members.given"
    area: str
    shown: int


@dataclass(frozen=True, kw_only=True)
class HolderWarned(Event):
    """Letters say that something a licence stands on runs out, or it itself; `days` were left (LIC-13)."""

    name: ClassVar[str] = "licence.holder_warned"
    subject_kind: ClassVar[str | None] = "licence"

    person: UUID
    what: str
    days: int
    letters: int

"""What happens to a breach: ids, codes and dates, and none of the words (BRE-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class IncidentEvent(Event):
    """Something about one breach; `subject` is its id, `organisation` the partner it is about."""

    subject_kind: ClassVar[str | None] = "incident"

    rules: tuple[str, ...] = ("BRE-2",)


@dataclass(frozen=True, kw_only=True)
class IncidentReported(IncidentEvent):
    """Somebody reported a breach (BRE-1); `flag` is the flag that it was raised from."""

    name: ClassVar[str] = "incident.reported"

    rules: tuple[str, ...] = ("BRE-1",)
    kind: str
    step: UUID
    flag: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class IncidentStepped(IncidentEvent):
    """A breach went a step on its path; `step` is the step's own row, `due_on` when the next is due."""

    status: str
    step: UUID
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class IncidentRaised(IncidentStepped):
    """The hub raised it with the partner that it is about."""

    name: ClassVar[str] = "incident.raised"


@dataclass(frozen=True, kw_only=True)
class IncidentAnswered(IncidentStepped):
    """The partner said what it did about it."""

    name: ClassVar[str] = "incident.answered"


@dataclass(frozen=True, kw_only=True)
class IncidentEscalated(IncidentStepped):
    """It went up, to the MARAC manager or to the steering group."""

    name: ClassVar[str] = "incident.escalated"


@dataclass(frozen=True, kw_only=True)
class IncidentResolved(IncidentStepped):
    """It is resolved."""

    name: ClassVar[str] = "incident.resolved"


@dataclass(frozen=True, kw_only=True)
class IncidentClosed(IncidentStepped):
    """The steering group closed it."""

    name: ClassVar[str] = "incident.closed"


@dataclass(frozen=True, kw_only=True)
class IncidentViewed(IncidentEvent):
    """A breach was looked at (AUD-1)."""

    name: ClassVar[str] = "incident.viewed"


@dataclass(frozen=True, kw_only=True)
class IncidentReminded(IncidentEvent):
    """Those whose move it is were reminded: so many letters."""

    name: ClassVar[str] = "incident.reminded"

    letters: int


@dataclass(frozen=True, kw_only=True)
class IncidentLicenceSuspended(IncidentEvent):
    """A licence rests because of it (BRE-4)."""

    name: ClassVar[str] = "incident.licence_suspended"

    rules: tuple[str, ...] = ("BRE-4",)
    suspension: UUID
    licence: UUID
    person: UUID


@dataclass(frozen=True, kw_only=True)
class IncidentLicenceLifted(IncidentEvent):
    """A licence rests because of it no more (BRE-4)."""

    name: ClassVar[str] = "incident.licence_lifted"

    rules: tuple[str, ...] = ("BRE-4",)
    suspension: UUID
    licence: UUID


@dataclass(frozen=True, kw_only=True)
class IncidentConductReferred(IncidentEvent):
    """Somebody's conduct is dealt with by their own organisation; its file stays there (BRE-5)."""

    name: ClassVar[str] = "incident.conduct_referred"

    rules: tuple[str, ...] = ("BRE-5",)
    employer: UUID


@dataclass(frozen=True, kw_only=True)
class IncidentActionAdded(IncidentEvent):
    """Something was learned from it, or is to be done; `owner` is whose it is."""

    name: ClassVar[str] = "incident.action_added"

    action: UUID
    owner: UUID | None
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class IncidentActionDone(IncidentEvent):
    """Something that was to be done is done."""

    name: ClassVar[str] = "incident.action_done"

    action: UUID


@dataclass(frozen=True, kw_only=True)
class IncidentActionReminded(IncidentEvent):
    """Whose action it is was reminded."""

    name: ClassVar[str] = "incident.action_reminded"

    action: UUID

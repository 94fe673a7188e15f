"""What happens to personal-data breaches, as the log tells it: whose data, which case and what was written stand in the register alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class DataBreachEvent(Event):
    """Something that happened to a personal-data breach (BRE-3)."""

    subject_kind: ClassVar[str | None] = "data_breach"

    rules: tuple[str, ...] = ("BRE-3",)


@dataclass(frozen=True, kw_only=True)
class DataBreachOpened(DataBreachEvent):
    """An incident is a personal-data breach: its clock runs from `aware_at` to `tell_by`."""

    name: ClassVar[str] = "data_breach.opened"

    incident: UUID
    aware_at: datetime
    tell_by: datetime


@dataclass(frozen=True, kw_only=True)
class DataBreachAwarenessCorrected(DataBreachEvent):
    """Somebody knew earlier than was written down: the clock runs from then."""

    name: ClassVar[str] = "data_breach.corrected"

    aware_at: datetime
    tell_by: datetime


@dataclass(frozen=True, kw_only=True)
class DataBreachAssessed(DataBreachEvent):
    """What is known of a breach was written down, for the `number`th time; `reopened` says that a decision not to tell fell with it."""

    name: ClassVar[str] = "data_breach.assessed"

    assessed: UUID
    number: int
    reopened: bool


@dataclass(frozen=True, kw_only=True)
class DataBreachToBeNotified(DataBreachEvent):
    """It was decided that the regulator is told."""

    name: ClassVar[str] = "data_breach.decided"


@dataclass(frozen=True, kw_only=True)
class DataBreachNotToBeNotified(DataBreachEvent):
    """It was decided, with reasons, that the regulator is not told (BRE-6)."""

    name: ClassVar[str] = "data_breach.dismissed"

    rules: tuple[str, ...] = ("BRE-3", "BRE-6")


@dataclass(frozen=True, kw_only=True)
class RegulatorTold(DataBreachEvent):
    """The regulator was told, for the `number`th time; `late` that the first came after the clock had run out."""

    name: ClassVar[str] = "data_breach.told"

    rules: tuple[str, ...] = ("BRE-3", "BRE-6")
    stage: UUID
    number: int
    told_at: datetime
    late: bool
    more_to_follow: bool


@dataclass(frozen=True, kw_only=True)
class PeopleDecided(DataBreachEvent):
    """It was decided whether the people concerned are told."""

    name: ClassVar[str] = "data_breach.people_decided"

    tell: bool


@dataclass(frozen=True, kw_only=True)
class PeopleTold(DataBreachEvent):
    """The people concerned were told."""

    name: ClassVar[str] = "data_breach.people_told"

    told_at: datetime


@dataclass(frozen=True, kw_only=True)
class PartnersTold(DataBreachEvent):
    """Organisations whose information it is were told."""

    name: ClassVar[str] = "data_breach.partners_told"

    told_at: datetime


@dataclass(frozen=True, kw_only=True)
class DataBreachWarned(DataBreachEvent):
    """The hub and the officer were warned, so many hours before the clock ends: 0 when it is over."""

    name: ClassVar[str] = "data_breach.warned"

    hours: int


@dataclass(frozen=True, kw_only=True)
class DataBreachViewed(DataBreachEvent):
    """A personal-data breach was looked at, with all that was written about it (AUD-1)."""

    name: ClassVar[str] = "data_breach.viewed"


@dataclass(frozen=True, kw_only=True)
class NotificationDrafted(DataBreachEvent):
    """A draft for the regulator was taken away as a document (AUD-1)."""

    name: ClassVar[str] = "data_breach.exported"

    assessment: int

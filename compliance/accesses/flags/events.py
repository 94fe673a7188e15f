"""What happens to flags, as the log tells it: whom and what a flag is about stands in the register of flags alone.

The log has more readers than a flag may have, and an attempt under a conflict of interest must tip nobody off (DEC-6):
so no entry says which rule raised a flag, about whom, or about which case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class FlagEvent(Event):
    """Something that happened to a flag (AUD-6)."""

    subject_kind: ClassVar[str | None] = "access_flag"

    rules: tuple[str, ...] = ("AUD-6",)


@dataclass(frozen=True, kw_only=True)
class FlagRaised(FlagEvent):
    """An access is worth a question; `accesses` is how many entries it rests on, `reviewer` whom it was given to."""

    name: ClassVar[str] = "flag.raised"

    accesses: int
    reviewer: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConcernReported(FlagEvent):
    """Somebody reported a concern about access (AUD-7)."""

    name: ClassVar[str] = "flag.concern_reported"

    rules: tuple[str, ...] = ("AUD-7",)
    reviewer: UUID | None


@dataclass(frozen=True, kw_only=True)
class FlagGrown(FlagEvent):
    """More accesses belong to the same question."""

    name: ClassVar[str] = "flag.grown"

    accesses: int


@dataclass(frozen=True, kw_only=True)
class FlagHandedOver(FlagEvent):
    """A flag has another reviewer, or its first."""

    name: ClassVar[str] = "flag.handed_over"

    reviewer: UUID


@dataclass(frozen=True, kw_only=True)
class FlagReminded(FlagEvent):
    """A flag's reviewer was reminded that it is due, or that it is overdue."""

    name: ClassVar[str] = "flag.reminded"

    reviewer: UUID


@dataclass(frozen=True, kw_only=True)
class FlagExplained(FlagEvent):
    """A review found that there was a reason; the reason's code is kept with the flag."""

    name: ClassVar[str] = "flag.explained"


@dataclass(frozen=True, kw_only=True)
class FlagFoundBreach(FlagEvent):
    """A review found that there was no reason: it is to be raised as a breach."""

    name: ClassVar[str] = "flag.found_breach"


@dataclass(frozen=True, kw_only=True)
class FlagRaisedAsBreach(FlagEvent):
    """What a review found is raised as a breach (BRE-1)."""

    name: ClassVar[str] = "flag.raised_as_breach"


@dataclass(frozen=True, kw_only=True)
class FlagViewed(FlagEvent):
    """A flag was looked at, with so many of the log's entries that it rests on (AUD-1)."""

    name: ClassVar[str] = "flag.viewed"

    entries: int

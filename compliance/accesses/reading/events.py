"""What reading the log with a purpose does, as the log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonDayRead(Event):
    """Everything one person did on one London day, or that was done about them, was shown.

    It names no organisation, so that a look at somebody is not told to their colleagues.
    """

    name: ClassVar[str] = "audit.day_read"
    subject_kind: ClassVar[str | None] = "person"

    matter: str | None = None
    day: date
    rows: int


@dataclass(frozen=True, kw_only=True)
class ReadersRead(Event):
    """Who looked at one case was shown: how many people."""

    name: ClassVar[str] = "audit.readers_read"
    subject_kind: ClassVar[str | None] = "audit_log"

    matter: str | None = None
    rows: int


@dataclass(frozen=True, kw_only=True)
class SearchSaved(Event):
    """A search of the log was kept by whoever made it; its name and what it asks are theirs, and stand in no log."""

    name: ClassVar[str] = "saved_search.made"
    subject_kind: ClassVar[str | None] = "saved_search"


@dataclass(frozen=True, kw_only=True)
class SearchDropped(Event):
    """A kept search was deleted by whoever kept it."""

    name: ClassVar[str] = "saved_search.ended"
    subject_kind: ClassVar[str | None] = "saved_search"

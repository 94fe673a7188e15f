"""What can happen to the reviews of instruments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class InstrumentReviewed(Event):
    """A review was recorded; `act` is what it concludes, and its reasons stand in the register (SIG-10)."""

    name: ClassVar[str] = "instrument.reviewed"
    subject_kind: ClassVar[str | None] = "instrument_review"

    instrument: str
    due_on: date
    useful: bool
    fit_for_purpose: bool
    act: str


@dataclass(frozen=True, kw_only=True)
class ReviewReminded(Event):
    """The hub managers were told that a review is due and not recorded (SIG-10)."""

    name: ClassVar[str] = "instrument.review_reminded"
    subject_kind: ClassVar[str | None] = "instrument"

    due_on: date
    letters: int
    people: tuple[UUID, ...] = ()

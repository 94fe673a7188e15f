"""What happens to a disclosure: ids, codes and dates, and none of the words (SHA-3, DPA 2018 s.62)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class DisclosureEvent(Event):
    """Something about one disclosure; `subject` is its id, `organisation` whose it is."""

    subject_kind: ClassVar[str | None] = "disclosure"

    rules: tuple[str, ...] = ("SHA-3",)


@dataclass(frozen=True, kw_only=True)
class DisclosureAsked(DisclosureEvent):
    """Somebody asked for a manager's authority; `kind` is what is to be disclosed, `what` to which kind of body."""

    name: ClassVar[str] = "disclosure.asked"

    kind: str
    what: str
    answer_by: date


@dataclass(frozen=True, kw_only=True)
class DisclosureAuthorised(DisclosureEvent):
    """A manager authorised it."""

    name: ClassVar[str] = "disclosure.authorised"


@dataclass(frozen=True, kw_only=True)
class DisclosureRefused(DisclosureEvent):
    """A manager refused it, or took their authority back before it was made."""

    name: ClassVar[str] = "disclosure.refused"


@dataclass(frozen=True, kw_only=True)
class DisclosureMade(DisclosureEvent):
    """It was disclosed, on this day."""

    name: ClassVar[str] = "disclosure.made"

    kind: str
    what: str
    made_on: date


@dataclass(frozen=True, kw_only=True)
class DisclosureViewed(DisclosureEvent):
    """An entry of the register was read with its reasons (AUD-1)."""

    name: ClassVar[str] = "disclosure.viewed"

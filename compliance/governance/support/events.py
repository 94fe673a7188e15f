"""What happens to requests for help, as the log tells it: what was said stands in their register (GOV-6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class HelpEvent(Event):
    """Something that happened to a request for help."""

    subject_kind: ClassVar[str | None] = "help_request"

    rules: tuple[str, ...] = ("GOV-6",)


@dataclass(frozen=True, kw_only=True)
class HelpAsked(HelpEvent):
    """Somebody asked for help: `about` what, and by what `check` it was seen that it was them."""

    name: ClassVar[str] = "help.asked"

    about: str
    check: str


@dataclass(frozen=True, kw_only=True)
class HelpSorted(HelpEvent):
    """It was said whose `kind` of matter it is."""

    name: ClassVar[str] = "help.sorted"

    kind: str


@dataclass(frozen=True, kw_only=True)
class HelpPassedOn(HelpEvent):
    """A support contact passed it on to the supplier."""

    name: ClassVar[str] = "help.passed_on"


@dataclass(frozen=True, kw_only=True)
class HelpEnded(HelpEvent):
    """It ended; with what stands in the register."""

    name: ClassVar[str] = "help.ended"


@dataclass(frozen=True, kw_only=True)
class HelpViewed(HelpEvent):
    """A request was looked at, with what was said (AUD-1)."""

    name: ClassVar[str] = "help.viewed"


@dataclass(frozen=True, kw_only=True)
class SupportContactEvent(Event):
    """Who may pass requests on has changed: `person` is whom it is about."""

    subject_kind: ClassVar[str | None] = "support_contact"

    rules: tuple[str, ...] = ("GOV-6",)
    person: UUID


@dataclass(frozen=True, kw_only=True)
class SupportContactNamed(SupportContactEvent):
    """The manager named a support contact."""

    name: ClassVar[str] = "support_contact.named"


@dataclass(frozen=True, kw_only=True)
class SupportContactEnded(SupportContactEvent):
    """Somebody is no support contact any more."""

    name: ClassVar[str] = "support_contact.ended"

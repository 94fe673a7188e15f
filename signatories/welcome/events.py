"""That a new partner was given its pack, as the log tells it (GOV-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class WelcomePackGiven(Event):
    """It was recorded that an organisation was given its pack; `items` says how many things were in it."""

    name: ClassVar[str] = "welcome_pack.given"
    subject_kind: ClassVar[str | None] = "welcome_pack"

    rules: tuple[str, ...] = ("GOV-7",)
    items: int


@dataclass(frozen=True, kw_only=True)
class WelcomePackReceived(Event):
    """Somebody of the organisation confirmed that the pack it was given has arrived."""

    name: ClassVar[str] = "welcome_pack.received"
    subject_kind: ClassVar[str | None] = "welcome_pack"

    rules: tuple[str, ...] = ("GOV-7",)

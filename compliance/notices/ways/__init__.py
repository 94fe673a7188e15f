"""How a letter leaves the house: by SMTP, or by GOV.UK Notify. The one door through which anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from compliance.kernel.jobs import Stopping
from compliance.kernel.settings import Misconfigured, Settings

MOST_SUBJECT = 200


@dataclass(frozen=True)
class Letter:
    """A letter as it is sent: its id stays the same however often it is tried."""

    id: UUID
    to: str
    subject: str
    body: str
    written_at: datetime


class NotSent(Exception):
    """The letter was not taken. `problem` is the kind of failure, a code the log can hold; never the server's words."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Way(Protocol):
    """Something that takes letters away."""

    def send(self, letter: Letter, stopping: Stopping) -> None:
        """Hand the letter over; returns once it was taken, raises NotSent where it was not."""
        ...


@dataclass(frozen=True)
class Post:
    """The house's way out, as its settings say; None where none is configured, and letters wait (GOV-5)."""

    way: Way | None

    @property
    def is_open(self) -> bool:
        return self.way is not None

    @classmethod
    def of(cls, settings: Settings) -> Post:
        """Raises Misconfigured, naming the setting, for a way that cannot be used or would not be safe."""
        from .notify import Notify
        from .smtp import Smtp

        if settings.smtp_url and settings.notify_key:
            raise Misconfigured("Set SMTP_URL or COMPLIANCE_NOTIFY_KEY, not both: a letter is sent one way.")
        if settings.smtp_url:
            return cls(Smtp.of(settings.smtp_url, settings.mail_from))
        if settings.notify_key:
            return cls(Notify.of(settings.notify_key, settings.notify_template))
        return cls(None)

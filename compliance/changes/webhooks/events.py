"""What happens to the addresses that changes are sent to: ids and codes, never the address nor a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class WebhookEvent(Event):
    """Something that happened to an address that changes are sent to."""

    subject_kind: ClassVar[str | None] = "webhook"


@dataclass(frozen=True, kw_only=True)
class WebhookMade(WebhookEvent):
    """Two people agreed that changes are sent there (DEC-4)."""

    name: ClassVar[str] = "webhook.made"

    proposed_by: str


@dataclass(frozen=True, kw_only=True)
class WebhookSecretMade(WebhookEvent):
    """A secret was made that signs for it from now on, and shown once (IDN-5)."""

    name: ClassVar[str] = "webhook.secret_made"

    secret_id: UUID
    earlier: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class WebhookEnded(WebhookEvent):
    """Nothing is sent there any more."""

    name: ClassVar[str] = "webhook.ended"


@dataclass(frozen=True, kw_only=True)
class WebhookSentAgain(WebhookEvent):
    """Somebody had a message sent there once more, by hand, or tried whether one arrives."""

    name: ClassVar[str] = "webhook.sent_again"

    message: UUID


@dataclass(frozen=True, kw_only=True)
class WebhookFailed(WebhookEvent):
    """It did not take a change; that is sent again until it does."""

    name: ClassVar[str] = "webhook.failed"

    outcome: str = "failed"
    problem: str
    tries: int


@dataclass(frozen=True, kw_only=True)
class WebhookRecovered(WebhookEvent):
    """It takes changes again."""

    name: ClassVar[str] = "webhook.recovered"


@dataclass(frozen=True, kw_only=True)
class WebhookTold(WebhookEvent):
    """The hub's managers were written to, because it takes nothing."""

    name: ClassVar[str] = "webhook.told"


@dataclass(frozen=True, kw_only=True)
class WebhookViewed(WebhookEvent):
    """Where changes are sent, and how that fares, was shown."""

    name: ClassVar[str] = "webhook.viewed"

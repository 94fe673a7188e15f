"""What happens at the programs' door itself, as the log tells it (AUD-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ClientSignedIn(Event):
    """A program showed its secret and was given an access token; `token` is the token's own id, not the token."""

    name: ClassVar[str] = "client.signed_in"
    subject_kind: ClassVar[str | None] = "client"

    client: str
    token: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClientSignInFailed(Event):
    """A program's secret was wrong, or there is no such client, or it was ended: which is told to nobody."""

    name: ClassVar[str] = "client.sign_in_failed"
    subject_kind: ClassVar[str | None] = "client"

    outcome: str = "refused"
    rules: tuple[str, ...] = ("IDN-4",)


@dataclass(frozen=True, kw_only=True)
class AnswersForgotten(Event):
    """What programs were answered under an Idempotency-Key is kept no longer: so many answers."""

    name: ClassVar[str] = "api.answers_forgotten"

    answers: int

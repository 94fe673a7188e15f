"""What happens to programs, and to people's sign-ins to them, as the log tells it: ids and codes, never an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ClientEvent(Event):
    """Something that happened to a program; `client` is the id that it calls itself by."""

    subject_kind: ClassVar[str | None] = "client"

    client: str


@dataclass(frozen=True, kw_only=True)
class ClientRegistered(ClientEvent):
    """A program was let in, for these scopes (DEC-3)."""

    name: ClassVar[str] = "client.registered"

    scopes: tuple[str, ...]
    credentials: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClientAltered(ClientEvent):
    """What a program may ask for, where people are sent back to, or where it calls from is another since (ROL-3)."""

    name: ClassVar[str] = "client.altered"

    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ClientRotated(ClientEvent):
    """A program proves itself by other secrets or keys; the earlier ones end a while after (DEC-3)."""

    name: ClassVar[str] = "client.rotated"

    credentials: tuple[UUID, ...]
    earlier: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class CredentialEnded(ClientEvent):
    """One secret or key of a program opens nothing from here on (DEC-4)."""

    name: ClassVar[str] = "client.credential_ended"

    credential: UUID


@dataclass(frozen=True, kw_only=True)
class ClientEnded(ClientEvent):
    """A program is let in no more (DEC-4)."""

    name: ClassVar[str] = "client.ended"


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(ClientEvent):
    """A program gave a token back, or a code that was used came again: the token opens nothing more (DEC-4)."""

    name: ClassVar[str] = "client.token_revoked"

    revoked: UUID
    token: str


@dataclass(frozen=True, kw_only=True)
class SignOnEvent(Event):
    """Something about somebody's sign-in to a program; `subject` is the person, `sign_on` what the program knows as `sid`."""

    subject_kind: ClassVar[str | None] = "person"

    client: str
    sign_on: UUID


@dataclass(frozen=True, kw_only=True)
class CodeGiven(SignOnEvent):
    """Somebody signed in here was sent back to a program with a code (DEC-1)."""

    name: ClassVar[str] = "sign_on.code_given"

    session: UUID


@dataclass(frozen=True, kw_only=True)
class SignedOn(SignOnEvent):
    """A program took up a code: it was told who signed in to it."""

    name: ClassVar[str] = "sign_on.begun"

    token: str


@dataclass(frozen=True, kw_only=True)
class CodeRefused(ClientEvent):
    """A program showed a code that was used, is over, or belongs to another program, address or key."""

    name: ClassVar[str] = "sign_on.code_refused"

    outcome: str = "refused"
    rules: tuple[str, ...] = ("IDN-6",)


@dataclass(frozen=True, kw_only=True)
class SignOnEnded(SignOnEvent):
    """Somebody is signed in to a program no more, as far as we are concerned; it is to be told (DEC-4)."""

    name: ClassVar[str] = "sign_on.ended"

    rules: tuple[str, ...] = ("DEC-4",)
    reason: str


@dataclass(frozen=True, kw_only=True)
class LogoutTold(SignOnEvent):
    """A program was told that a sign-in ended, and took it."""

    name: ClassVar[str] = "sign_on.told"


@dataclass(frozen=True, kw_only=True)
class LogoutFailed(SignOnEvent):
    """A program could not be told, for a reason of this kind; it is tried again until `given_up` (DEC-4)."""

    name: ClassVar[str] = "sign_on.not_told"

    outcome: str = "refused"
    rules: tuple[str, ...] = ("DEC-4",)
    problem: str
    tries: int
    given_up: bool = False

"""What happens to accounts, as the log tells it. No name of a person and no address stands here, only ids and codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonEvent(Event):
    """Something that happened to an account; `subject` is the person."""

    subject_kind: ClassVar[str | None] = "person"

    @property
    def person(self) -> UUID | None:
        return self.subject


@dataclass(frozen=True, kw_only=True)
class PersonAdded(PersonEvent):
    """An account was made; it opens nothing until its owner sets a password (IDN-8)."""

    name: ClassVar[str] = "person.added"

    hub_team: bool = False


@dataclass(frozen=True, kw_only=True)
class InvitationMade(PersonEvent):
    """A single-use link was made; `withdrawn` are the unused ones it takes the place of (IDN-8)."""

    name: ClassVar[str] = "invitation.made"

    invitation: UUID
    kind: str
    withdrawn: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PasswordSet(PersonEvent):
    """A password took the place of an earlier one, by a link or by its owner (IDN-1, IDN-2)."""

    name: ClassVar[str] = "password.set"

    password: UUID
    earlier: UUID | None = None
    invitation: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class PasswordRehashed(PersonEvent):
    """The same password is kept under stronger parameters, after it was right; it is as old as before (IDN-5)."""

    name: ClassVar[str] = "password.rehashed"

    password: UUID


@dataclass(frozen=True, kw_only=True)
class PasswordWarned(PersonEvent):
    """Its owner was told that a password will have expired in so many days, or fewer (IDN-2)."""

    name: ClassVar[str] = "password.warned"

    password: UUID
    days: int


@dataclass(frozen=True, kw_only=True)
class PasswordCompromised(PersonEvent):
    """Somebody else may know a password: it opens nothing but the way to a new one (IDN-2)."""

    name: ClassVar[str] = "password.compromised"

    rules: tuple[str, ...] = ("IDN-2",)
    password: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class AuthenticatorMade(PersonEvent):
    """A secret was shown for an app to take; it opens nothing until a first code was right (IDN-3)."""

    name: ClassVar[str] = "authenticator.made"

    authenticator: UUID
    earlier: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class MfaEnrolled(PersonEvent):
    """A second factor proved itself: what waited for one can open (IDN-3, LIC-3).

    `authenticator` is it: an app, an address or a passkey; `earlier` the one that ended with this.
    """

    name: ClassVar[str] = "authenticator.enrolled"

    authenticator: UUID
    method: str
    earlier: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class EmailCodeSent(PersonEvent):
    """A code was written to the person's address; the one before it opens nothing (IDN-3)."""

    name: ClassVar[str] = "sign_in.code_sent"

    session: UUID


@dataclass(frozen=True, kw_only=True)
class PasskeyMade(PersonEvent):
    """One of the person's devices made a passkey (IDN-3)."""

    name: ClassVar[str] = "passkey.made"

    passkey: UUID


@dataclass(frozen=True, kw_only=True)
class PasskeyEnded(PersonEvent):
    """A passkey opens nothing any more, by its owner's wish (IDN-3)."""

    name: ClassVar[str] = "passkey.ended"

    passkey: UUID


@dataclass(frozen=True, kw_only=True)
class PasskeyCopied(PersonEvent):
    """A passkey counted its uses backwards: there may be two of it, and this one was refused (IDN-3)."""

    name: ClassVar[str] = "passkey.copied"

    outcome: str = "refused"
    rules: tuple[str, ...] = ("IDN-3",)
    passkey: UUID


@dataclass(frozen=True, kw_only=True)
class PasswordAccepted(PersonEvent):
    """A right password; nothing is open yet (IDN-3)."""

    name: ClassVar[str] = "sign_in.password_accepted"

    session: UUID


@dataclass(frozen=True, kw_only=True)
class SignedIn(PersonEvent):
    """Password and code were both right (AUD-1)."""

    name: ClassVar[str] = "sign_in.done"

    session: UUID
    stage: str
    method: str


@dataclass(frozen=True, kw_only=True)
class SignInFailed(PersonEvent):
    """A wrong name, password or code, or a locked account; `mark` tells attempts on one name from those on another."""

    name: ClassVar[str] = "sign_in.failed"

    outcome: str = "refused"
    rules: tuple[str, ...] = ("IDN-4",)
    step: str
    mark: str
    failures: int
    device: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SourceThrottled(Event):
    """A network address failed so often that it is not heard until its stretch of so many `minutes` ends (IDN-4)."""

    name: ClassVar[str] = "sign_in.source_throttled"

    outcome: str = "refused"
    rules: tuple[str, ...] = ("IDN-4",)
    failures: int
    minutes: int


@dataclass(frozen=True, kw_only=True)
class DeviceKnown(PersonEvent):
    """Somebody signed in to the end in a browser that is known as their own from then on (IDN-4)."""

    name: ClassVar[str] = "device.known"

    device: UUID


@dataclass(frozen=True, kw_only=True)
class DevicesForgotten(PersonEvent):
    """Browsers that somebody was known by are strange again (IDN-4)."""

    name: ClassVar[str] = "device.forgotten"

    ended: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class CodeRepeated(PersonEvent):
    """A fresh code was given before a sensitive act (IDN-6)."""

    name: ClassVar[str] = "sign_in.code_repeated"

    session: UUID
    method: str


@dataclass(frozen=True, kw_only=True)
class AccountLocked(PersonEvent):
    """Too many failures in a row locked the account; only the hub opens it again (IDN-4, OP 6.4)."""

    name: ClassVar[str] = "account.locked"

    rules: tuple[str, ...] = ("IDN-4",)
    failures: int


@dataclass(frozen=True, kw_only=True)
class ClosedToStrangers(PersonEvent):
    """Too many failures in a row elsewhere: only the person's known browsers sign in until a reset (IDN-4, OP 6.4)."""

    name: ClassVar[str] = "account.closed_to_strangers"

    rules: tuple[str, ...] = ("IDN-4",)
    failures: int


@dataclass(frozen=True, kw_only=True)
class AccountReset(PersonEvent):
    """The hub verified who somebody is and unlocked the account; `ended` is the password that opens no more (OP 6.4)."""

    name: ClassVar[str] = "account.reset"

    rules: tuple[str, ...] = ("IDN-4",)
    ended: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccountRecovered(PersonEvent):
    """Two of the hub agreed that somebody lost their second factors: every key in `ended` opens no more (OP 6.4)."""

    name: ClassVar[str] = "account.recovered"

    rules: tuple[str, ...] = ("IDN-4", "ROL-3")
    ended: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A sign-in is over, by its owner's wish or because a right ended (IDN-6)."""

    name: ClassVar[str] = "session.ended"
    subject_kind: ClassVar[str | None] = "session"

    person: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class SignInsForgotten(Event):
    """What was kept of old sign-ins is gone: so many sessions, browsers, counters and codes (RET-9)."""

    name: ClassVar[str] = "session.forgotten"

    rules: tuple[str, ...] = ("RET-9",)
    sessions: int
    devices: int
    counters: int
    codes: int


@dataclass(frozen=True, kw_only=True)
class RoleGranted(PersonEvent):
    """Somebody was given a role, by two people where there is a `proposal` (ROL-1, ROL-3)."""

    name: ClassVar[str] = "role.granted"

    held: UUID
    role: str
    proposal: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class RoleEnded(PersonEvent):
    """A role was taken back, or its last day has passed; it counts for nothing from then on (DEC-4)."""

    name: ClassVar[str] = "role.ended"

    held: UUID
    role: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Event):
    """Two people changed a value of the policy; `before` and `after` are it in JSON: numbers, codes, networks (IDN-9)."""

    name: ClassVar[str] = "policy.changed"
    subject_kind: ClassVar[str | None] = "policy_change"

    rules: tuple[str, ...] = ("IDN-9",)
    value: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SignInFromRefusedCountry(Event):
    """Somebody tried to sign in from a country on the hub's list; who, nobody looked (IDN-7, OP 6)."""

    name: ClassVar[str] = "sign_in.refused_country"
    subject_kind: ClassVar[str | None] = "door"

    outcome: str = "refused"
    rules: tuple[str, ...] = ("IDN-7",)
    country: str
    door: str

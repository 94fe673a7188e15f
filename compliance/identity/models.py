"""People and their keys, as they are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class Person(Audited, Base):
    """Somebody with an account. `organisation_id` is whom they work for; `hub_team` marks a hub account (ROL-1).

    `locked_at` closes the account everywhere; `closed_to_strangers_at` only to browsers that are not yet known
    to be the person's own (IDN-4). `created_by` is who made the account: the actor's id, as the log writes it.
    """

    __tablename__ = "people"

    full_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    hub_team: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(String(64))
    locked_at: Mapped[datetime | None]
    closed_to_strangers_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    holdings: Mapped[list[RoleHeld]] = relationship(back_populates="person", order_by="RoleHeld.granted_at")

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.id),)


class RoleHeld(Audited, Base):
    """One role, one person, one reach: the hub (both empty), an organisation, or an area; held until `ends_at`.

    `approved_by` is the second person, where two were asked for (ROL-3).
    """

    __tablename__ = "roles_held"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(String(32))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    area: Mapped[str | None] = mapped_column(String(32))
    granted_by: Mapped[str] = mapped_column(String(64))
    granted_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(Text)
    approved_by: Mapped[str | None] = mapped_column(String(64))
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship(back_populates="holdings")

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


class Password(Audited, Base):
    """A password somebody has or had, as an Argon2id hash; the one that has not ended opens (IDN-1, IDN-5).

    From `compromised_at` on it only opens the way to a new one (IDN-2).
    """

    __tablename__ = "passwords"
    __table_args__ = (
        Index(
            "uq_passwords_person_id_live", "person_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    hash: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]
    compromised_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


_OPENS = text("confirmed_at IS NOT NULL AND ended_at IS NULL")


class Authenticator(Audited, Base):
    """A second factor with codes: an app, whose secret is sealed, or the person's e-mail address, which has none.

    `confirmed_at` is empty until a first code was right (IDN-3). `made_in` is the sign-in that asked for it: only
    there is an unconfirmed secret shown again. A new one may wait for its first code beside the one that opens.
    """

    __tablename__ = "authenticators"
    __table_args__ = (
        Index(
            "uq_authenticators_person_id_live", "person_id", unique=True,
            sqlite_where=_OPENS, postgresql_where=_OPENS,
        ),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8), server_default="app")
    secret: Mapped[bytes] = mapped_column(Sealed)
    made_in: Mapped[UUID]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


class SpentStep(Base):
    """The last 30-second step whose code an authenticator accepted; it only grows, by one statement (IDN-3)."""

    __tablename__ = "spent_steps"

    authenticator_id: Mapped[UUID] = mapped_column(ForeignKey("authenticators.id"), primary_key=True)
    step: Mapped[int] = mapped_column(BigInteger)


class EmailCode(Base):
    """The code sent for one sign-in: its fingerprint, and how often it was tried, over all that were sent (IDN-3)."""

    __tablename__ = "email_codes"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
    sent: Mapped[int]
    tries: Mapped[int]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]


class Passkey(Audited, Base):
    """A key that one of the person's devices keeps and never gives away (WebAuthn); we hold its public half (IDN-3)."""

    __tablename__ = "passkeys"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("person", self.person_id),)


class PasskeyUse(Base):
    """How often a passkey says it was used, where it counts; it only grows, by one statement (IDN-3)."""

    __tablename__ = "passkey_uses"

    passkey_id: Mapped[UUID] = mapped_column(ForeignKey("passkeys.id"), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    used_at: Mapped[datetime]


class PasskeyChallenge(Base):
    """What a sign-in's browser has to sign next; taken away by whoever answers it first (IDN-3)."""

    __tablename__ = "passkey_challenges"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class KnownDevice(Base):
    """A browser in which its owner signed in to the end; only its token's fingerprint is kept (IDN-4)."""

    __tablename__ = "known_devices"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Failures(Base):
    """Failures in a row for one name, known to us or not, or from one known device: kept under its fingerprint (IDN-4)."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (CheckConstraint("count >= 0", name="count"),)

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime | None]


class SourceFailures(Base):
    """Failures from one network address within a window, or within a day, whose number is below nought (IDN-4)."""

    __tablename__ = "source_failures"

    address: Mapped[str] = mapped_column(String(45), primary_key=True)
    window: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    count: Mapped[int]


class SignIn(Base):
    """A session: half open after the password, whole after the code. Only the token's fingerprint is kept (IDN-6).

    `reads_for` is why its person reads the audit log, and `matter` an opaque reference they gave with it (AUD-1).
    `method` is the second factor that was given last: what a program is told of a sign-in through us.
    """

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    whole_at: Mapped[datetime | None]
    fresh_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(32))
    address: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(200))
    device_id: Mapped[UUID | None]
    must_renew: Mapped[bool] = mapped_column(default=False)
    method: Mapped[str | None] = mapped_column(String(8))
    reads_for: Mapped[str | None] = mapped_column(String(32))
    matter: Mapped[str | None] = mapped_column(String(64))


class AccountInvitation(Audited, Base):
    """A single-use link to set a first or a new password; only its fingerprint is kept (IDN-8, IDN-4).

    `identity_check` says how the person's identity was verified before a reset (OP 6.4); it is sealed (IDN-5).
    """

    __tablename__ = "account_invitations"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    identity_check: Mapped[bytes | None] = mapped_column(Sealed)


class ServiceClient(Audited, Base):
    """A program that may ask us things: the case system. What it proves itself by stands in `identity.clients`.

    `scopes` are the words it may ask for, `networks` where it may call from (nothing: from anywhere); `redirects` are
    the addresses people are sent back to, signed in, and `logout_redirects` signed out: one a line, compared whole.
    `back_channel` is where it is told that somebody's sign-in ended.
    """

    __tablename__ = "service_clients"

    client_id: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[str] = mapped_column(String(255))
    networks: Mapped[str] = mapped_column(Text, server_default="")
    redirects: Mapped[str] = mapped_column(Text, server_default="")
    logout_redirects: Mapped[str] = mapped_column(Text, server_default="")
    back_channel: Mapped[str | None] = mapped_column(String(500))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("client", self.id),)

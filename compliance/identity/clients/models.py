"""What programs prove themselves by, what of that is spent, and who is signed in to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base

_STANDS = text("ended_at IS NULL")
_WAITING = text("told_at IS NULL AND given_up_at IS NULL")


class ClientCredential(Audited, Base):
    """What one program proves itself by: a secret, of which the fingerprint is kept, or the public half of a key.

    Of `secret` and `jwk` it has one. Past `ends_at` it opens nothing: so does one that was `ended_at` (DEC-4).
    """

    __tablename__ = "client_credentials"
    __table_args__ = (CheckConstraint("(secret IS NULL) <> (jwk IS NULL)", name="one_of_two"),)

    client_id: Mapped[UUID] = mapped_column(ForeignKey("service_clients.id"), index=True)
    secret: Mapped[str | None] = mapped_column(String(64))
    jwk: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class CredentialUse(Base):
    """When a program last proved itself by this."""

    __tablename__ = "credential_uses"

    credential_id: Mapped[UUID] = mapped_column(ForeignKey("client_credentials.id"), primary_key=True)
    used_at: Mapped[datetime]


class SpentAssertion(Base):
    """The `jti` of a signed assertion, as a fingerprint: the store lets each in once, whichever process it came to."""

    __tablename__ = "spent_assertions"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("service_clients.id"), primary_key=True)
    jti: Mapped[str] = mapped_column(String(64), primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)


class RevokedToken(Audited, Base):
    """An access token that opens nothing any more, before its time (RFC 7009): by its own id, which is no secret."""

    __tablename__ = "revoked_tokens"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("service_clients.id"))
    token_id: Mapped[str] = mapped_column(String(64), unique=True)
    revoked_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)

    def whose_rights(self) -> Iterable[tuple[str, UUID]]:
        return (("client", self.client_id),)


class SignOn(Base):
    """Somebody signed in to a program through a sign-in here. Its id is what the program knows as `sid` (DEC-4).

    One for each program and sign-in. `reason` says why it ended; the program is told then, if it has said where.
    """

    __tablename__ = "sign_ons"
    __table_args__ = (
        Index(
            "uq_sign_ons_client_id_session_id", "client_id", "session_id", unique=True,
            sqlite_where=_STANDS, postgresql_where=_STANDS,
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("service_clients.id"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(32))


class SignOnCode(Base):
    """An authorization code: its fingerprint, and all that it is bound to. It opens once (RFC 6749 4.1.2).

    `token_id` is the access token that it was given for: a code that comes again takes that token back.
    """

    __tablename__ = "sign_on_codes"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    sign_on_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ons.id"), index=True)
    redirect: Mapped[str] = mapped_column(String(500))
    challenge: Mapped[str] = mapped_column(String(43))
    nonce: Mapped[str | None] = mapped_column(String(512))
    scope: Mapped[str] = mapped_column(String(64))
    amr: Mapped[str] = mapped_column(String(32))
    auth_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    spent_at: Mapped[datetime | None]
    token_id: Mapped[str | None] = mapped_column(String(64))
    token_ends_at: Mapped[datetime | None]


class Logout(Base):
    """What a program is still to be told, or was: that somebody is signed in to it no more (back-channel logout).

    `held_until` is the lease of whoever tells it just now; `problem` is the kind of the last failure.
    """

    __tablename__ = "client_logouts"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_client_logouts_waiting", "due_at", "sign_on_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    sign_on_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ons.id"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("service_clients.id"), index=True)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    tries: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(32))
    told_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]

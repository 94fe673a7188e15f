"""Where changes are sent, what signs them, how far each of them has come, and what was sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.models import Audited
from compliance.kernel.db import Base, Sealed

_LIVE = text("ended_at IS NULL")
_ASKED = text("asked_at IS NOT NULL")


class WebhookEndpoint(Audited, Base):
    """An address that changes are sent to, made by two people. `types` are the beginnings of those wanted, one a line;
    none for all of them. Address and types are never changed: another one is made, and this one ended."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        Index("uq_webhook_endpoints_url_live", "url", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500))
    types: Mapped[str] = mapped_column(Text, server_default="")
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    agreed_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))

    progress: Mapped[WebhookProgress] = relationship(back_populates="endpoint", lazy="joined", innerjoin=True)

    @property
    def wanted(self) -> tuple[str, ...]:
        return tuple(self.types.split())


class WebhookSecret(Audited, Base):
    """What deliveries are signed with: sealed, shown once. `until` is set once a newer one is there (IDN-5)."""

    __tablename__ = "webhook_secrets"

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"), index=True)
    secret: Mapped[bytes] = mapped_column(Sealed)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime | None]


class WebhookProgress(Base):
    """How far an endpoint has come in the feed: what stands at this place and before it was taken, or not wanted.

    `held_until` is the lease of whoever delivers to it; `failing_since`, `problem` and `tries` are of the change that
    is not taken; `told_at` is when the hub's managers were last written to about that.
    """

    __tablename__ = "webhook_progress"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"),)

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"), primary_key=True)
    entry: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[UUID]
    due_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    tries: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(32))
    failing_since: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]

    endpoint: Mapped[WebhookEndpoint] = relationship(back_populates="progress")


class WebhookDelivery(Base):
    """One message and how it fared; its id stays the same however often it is sent, and is the `webhook-id`.

    A try has no `entry`, because nothing changed. `asked_at` is set while somebody wants it sent once more by hand.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_newest", "endpoint_id", "last_at", "id"),
        Index("uq_webhook_deliveries_place", "endpoint_id", "entry", "kind", "subject_id", unique=True),
        Index("ix_webhook_deliveries_asked", "endpoint_id", "asked_at", sqlite_where=_ASKED, postgresql_where=_ASKED),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"))
    entry: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str | None] = mapped_column(String(16))
    subject_id: Mapped[UUID | None]
    type: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(32))
    asked_at: Mapped[datetime | None]

"""What is known of a personal-data breach, assessed again as more comes out; who is told, and in which stages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class DataBreach(Audited, Base):
    """That an incident is a personal-data breach, and what was decided about telling (BRE-3).

    `aware_at` is when the controller came to know, from which the clock runs; `tell_by` is 72 elapsed hours later. `decision` is `notify` or
    `not_notify`; `people_decision` whether those concerned are told: `tell`, `not_tell`. `late_reason` is needed when the regulator is
    first told after `tell_by` (BRE-6). `partners_told_at` is when organisations whose information it is were last told.
    Each of the `_words` holds everything said about it so far, the oldest first (`saying`): sealed, and nothing is
    written over.
    """

    __tablename__ = "data_breaches"
    __table_args__ = (Index("ix_data_breaches_tell_by", "tell_by"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), unique=True)
    aware_at: Mapped[datetime]
    tell_by: Mapped[datetime]
    decision: Mapped[str | None] = mapped_column(String(16))
    decision_words: Mapped[bytes | None] = mapped_column(Sealed)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    late_reason: Mapped[bytes | None] = mapped_column(Sealed)
    regulator_reference: Mapped[str | None] = mapped_column(String(64))
    people_decision: Mapped[str | None] = mapped_column(String(16))
    people_words: Mapped[bytes | None] = mapped_column(Sealed)
    people_told_at: Mapped[datetime | None]
    partners_words: Mapped[bytes | None] = mapped_column(Sealed)
    partners_told_at: Mapped[datetime | None]
    reminded_hours: Mapped[int | None]


class BreachAssessment(Audited, Base):
    """One assessment: the facts, their effects, what was done, and how likely they are to harm people; the newest counts.

    Assessments are only added (Article 33(5)). `categories` are codes of kinds of data, joined by spaces; counts are
    approximate, and nothing where nobody knows yet.
    """

    __tablename__ = "breach_assessments"
    __table_args__ = (UniqueConstraint("data_breach_id", "number"),)

    data_breach_id: Mapped[UUID] = mapped_column(ForeignKey("data_breaches.id"))
    number: Mapped[int]
    risk: Mapped[str] = mapped_column(String(16))
    categories: Mapped[str] = mapped_column(String(255))
    people: Mapped[int | None]
    records: Mapped[int | None]
    facts: Mapped[bytes] = mapped_column(Sealed)
    effects: Mapped[bytes] = mapped_column(Sealed)
    remedy: Mapped[bytes] = mapped_column(Sealed)
    assessed_by: Mapped[str] = mapped_column(String(64))
    assessed_at: Mapped[datetime]


class NotificationStage(Audited, Base):
    """One thing told to the regulator: the first notification, or what followed it (Article 33(4)). Counted from 1."""

    __tablename__ = "notification_stages"
    __table_args__ = (UniqueConstraint("data_breach_id", "number"),)

    data_breach_id: Mapped[UUID] = mapped_column(ForeignKey("data_breaches.id"))
    number: Mapped[int]
    assessment_number: Mapped[int]
    words: Mapped[bytes | None] = mapped_column(Sealed)
    more_to_follow: Mapped[bool]
    told_by: Mapped[str] = mapped_column(String(64))
    told_at: Mapped[datetime]

"""A breach, its steps, whose licences rest for it, and what is done about it; and reports that are only half written."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.models import Audited
from compliance.kernel.db import Base, Sealed


class Incident(Audited, Base):
    """What was reported, and where it stands (BRE-1, BRE-2).

    `number` is what people call it by, counted from 1 in each `year`. `organisation_id` is the partner it is about, where that is
    known. `happened_at` is when it happened, `aware_at` when whoever reported it came to know. `due_on` is the last
    day of the step that comes next; nothing is due once it is resolved or closed. Words are people's own, sealed.
    `conduct_reference` is what the person's own organisation files their conduct under, and no more of it (BRE-5).
    """

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index("ix_incidents_status_due_on", "status", "due_on"),
    )

    year: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    reference: Mapped[str | None] = mapped_column(String(255), index=True)
    flag_id: Mapped[UUID | None] = mapped_column(ForeignKey("access_flags.id"), unique=True)
    reported_by: Mapped[str] = mapped_column(String(64), index=True)
    reporting_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    reported_at: Mapped[datetime] = mapped_column(index=True)
    happened_at: Mapped[datetime | None]
    aware_at: Mapped[datetime]
    words: Mapped[bytes] = mapped_column(Sealed)
    due_on: Mapped[date | None]
    reminded_on: Mapped[date | None]
    conduct_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    conduct_reference: Mapped[str | None] = mapped_column(String(64))
    ended_at: Mapped[datetime | None]
    outcome: Mapped[bytes | None] = mapped_column(Sealed)


class IncidentStep(Audited, Base):
    """One step of an incident: who took it, when, why, and by when the next was due. Steps are numbered from 1."""

    __tablename__ = "incident_steps"
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    number: Mapped[int]
    step: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(16))
    taken_by: Mapped[str] = mapped_column(String(64))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    taken_at: Mapped[datetime]
    words: Mapped[bytes] = mapped_column(Sealed)
    due_on: Mapped[date | None]


class IncidentSuspension(Audited, Base):
    """That a licence rests because of an incident, until it is lifted (BRE-4)."""

    __tablename__ = "incident_suspensions"
    __table_args__ = (UniqueConstraint("incident_id", "licence_id"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    licence_id: Mapped[UUID] = mapped_column(ForeignKey("licences.id"), index=True)
    suspended_by: Mapped[str] = mapped_column(String(64))
    suspended_at: Mapped[datetime]
    lifted_by: Mapped[str | None] = mapped_column(String(64))
    lifted_at: Mapped[datetime | None]


class IncidentAction(Audited, Base):
    """What is learned from an incident, or to be done about it: whose it is, by when, and whether it is done."""

    __tablename__ = "incident_actions"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[bytes] = mapped_column(Sealed)
    owner_organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    due_on: Mapped[date | None] = mapped_column(index=True)
    reminded_on: Mapped[date | None]
    added_by: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    done_by: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[datetime | None]


class IncidentDraft(Base):
    """A report half written, its writer's alone: sealed, no evidence of anything, thrown away when it lies too long."""

    __tablename__ = "incident_drafts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    content: Mapped[bytes] = mapped_column(Sealed)
    saved_at: Mapped[datetime] = mapped_column(index=True)

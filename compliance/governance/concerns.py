"""Breaches and complaints that name an organisation, as an instant knew them and as far as the reader may know of them (SIG-14).

No words of anybody's: the kind, where it stood and when. Whoever may know of no complaint is told that, and not that
there is none (COM-7); a breach or a complaint about a case that the reader is kept from is not counted either (DEC-6).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from compliance.breaches import queries as breaches
from compliance.breaches.models import Incident, IncidentStep
from compliance.complaints import queries as complaints
from compliance.complaints.models import Complaint, ComplaintStage
from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden

from .packs import MOST, Part, Row

KINDS = {
    "failure_to_share": "Failure to share information",
    "legal_requirements": "Non-compliance with legal requirements",
    "victims_needs": "Ignoring the victim’s needs",
    "risk_assessment": "Inadequate risk assessment",
    "data_breach": "Data breach",
    "security_incident": "Security incident",
}
STATES = {
    "reported": "Reported",
    "raised": "With the partner",
    "answered": "Partner answered",
    "with_manager": "With the MARAC manager",
    "with_steering": "With the steering group",
    "resolved": "Resolved",
    "closed": "Closed",
}
SIDES = {True: "Made by this organisation", False: "Made about this organisation"}


def parts(ctx: Context, organisation_id: UUID, at: datetime) -> tuple[Part, Part]:
    """Breaches, then complaints: the newest first."""
    return _breaches(ctx, organisation_id, at), _complaints(ctx, organisation_id, at)


def _breaches(ctx: Context, organisation_id: UUID, at: datetime) -> Part:
    stood = (
        select(IncidentStep.status)
        .where(IncidentStep.incident_id == Incident.id, IncidentStep.taken_at <= at)
        .order_by(IncidentStep.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = ctx.session.execute(
        select(
            Incident.year,
            Incident.number,
            Incident.kind,
            Incident.reported_at,
            Incident.status,
            Incident.ended_at,
            stood.label("stood"),
        )
        .where(Incident.organisation_id == organisation_id, Incident.reported_at <= at, breaches.theirs(ctx))
        .order_by(Incident.reported_at.desc(), Incident.number.desc())
        .limit(MOST)
    )
    rows: list[Row] = []
    for one in found:
        ended = one.ended_at is not None and one.ended_at <= at
        rows.append(
            (
                f"BR-{one.year}-{one.number}",
                KINDS[one.kind],
                _moment(one.reported_at),
                STATES[one.status if ended else one.stood or "reported"],
                _moment(one.ended_at if ended else None),
            )
        )
    columns = ("Breach", "Kind", "Reported", "State", "Ended")
    says = "Those about this organisation that you may know of."
    return Part(
        "breaches", "Breaches", columns, rows, says, nothing="You may know of no breach about this organisation."
    )


def _complaints(ctx: Context, organisation_id: UUID, at: datetime) -> Part:
    columns = ("Complaint", "Made", "Theme", "Raised", "Stage", "State", "Ended")
    try:
        theirs = complaints.theirs(ctx)
    except Forbidden:
        hidden = "Only the organisations in a complaint and the MARAC Hub Team may know of it. Ask the hub team."
        return Part("complaints", "Complaints", columns, (), nothing=hidden, shown=False)
    stage = (
        select(func.max(ComplaintStage.stage))
        .where(ComplaintStage.complaint_id == Complaint.id, ComplaintStage.opened_at <= at)
        .scalar_subquery()
    )
    one_of = or_(Complaint.from_organisation_id == organisation_id, Complaint.about_organisation_id == organisation_id)
    found = ctx.session.execute(
        select(
            Complaint.year, Complaint.number, Complaint.from_organisation_id, Complaint.theme, Complaint.raised_at,
            Complaint.ended_at, stage.label("stage"),
        )
        .where(one_of, Complaint.raised_at <= at, theirs)
        .order_by(Complaint.raised_at.desc(), Complaint.number.desc())
        .limit(MOST)
    )  # fmt: skip
    rows: list[Row] = []
    for one in found:
        ended = one.ended_at is not None and one.ended_at <= at
        rows.append(
            (
                f"{one.year}-{one.number}",
                SIDES[one.from_organisation_id == organisation_id],
                one.theme.replace("_", " ").capitalize(),
                _moment(one.raised_at),
                str(one.stage or 1),
                "Resolved" if ended else "Open",
                _moment(one.ended_at if ended else None),
            )
        )
    nothing = "No complaint had been made by or about this organisation."
    return Part("complaints", "Complaints", columns, rows, nothing=nothing)


def _moment(instant: datetime | None) -> str:
    return f"{said_day(london_date(instant))} at {said_time(instant)}" if instant else ""

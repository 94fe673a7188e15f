"""Breaches and complaints that name an organisation, as an instant knew them and as far as the reader may know of them (SIG-14).

No words of anybody's: the kind, where it stood and when. Whoever may know of no complaint is told that, and not that
there is none (COM-7); a breach or a complaint about a case that the reader is kept from is not counted either (DEC-6).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as Found
from sqlalchemy import Select, String, case, cast, func, literal, or_, select, union_all

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
_BREACH, _COMPLAINT = "breaches", "complaints"
_COLUMNS = ("Complaint", "Made", "Theme", "Raised", "Stage", "State", "Ended")


def parts(ctx: Context, organisation_id: UUID, at: datetime) -> tuple[Part, Part]:
    """Breaches, then complaints: the newest first."""
    asked = [_of_breaches(organisation_id, at).where(breaches.theirs(ctx))]
    try:
        asked.append(_of_complaints(organisation_id, at).where(complaints.theirs(ctx)))
        told = True
    except Forbidden:
        told = False
    both = union_all(*(select(each.limit(MOST).subquery()) for each in asked)).subquery()
    newest_first = select(both).order_by(both.c.what, both.c.began.desc(), both.c.number.desc())
    found: dict[str, list[Found[Any]]] = {_BREACH: [], _COMPLAINT: []}
    for one in ctx.session.execute(newest_first):
        found[one.what].append(one)
    return _breaches(found[_BREACH]), _complaints(found[_COMPLAINT]) if told else _hidden()


def _of_breaches(organisation_id: UUID, at: datetime) -> Select[*tuple[Any, ...]]:
    stood = (
        select(IncidentStep.status)
        .where(IncidentStep.incident_id == Incident.id, IncidentStep.taken_at <= at)
        .order_by(IncidentStep.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    ended = case((Incident.ended_at <= at, Incident.ended_at))
    stands = case((Incident.ended_at <= at, Incident.status), else_=func.coalesce(stood, "reported"))
    return (
        _line(_BREACH, Incident.year, Incident.number, Incident.kind, Incident.reported_at, ended, stands, literal(0))
        .where(Incident.organisation_id == organisation_id, Incident.reported_at <= at)
        .order_by(Incident.reported_at.desc(), Incident.number.desc())
    )


def _of_complaints(organisation_id: UUID, at: datetime) -> Select[*tuple[Any, ...]]:
    stage = (
        select(func.max(ComplaintStage.stage))
        .where(ComplaintStage.complaint_id == Complaint.id, ComplaintStage.opened_at <= at)
        .scalar_subquery()
    )
    ended = case((Complaint.ended_at <= at, Complaint.ended_at))
    ours = case((Complaint.from_organisation_id == organisation_id, 1), else_=0)
    stands = cast(func.coalesce(stage, 1), String)
    one_of = or_(Complaint.from_organisation_id == organisation_id, Complaint.about_organisation_id == organisation_id)
    return (
        _line(_COMPLAINT, Complaint.year, Complaint.number, Complaint.theme, Complaint.raised_at, ended, stands, ours)
        .where(one_of, Complaint.raised_at <= at)
        .order_by(Complaint.raised_at.desc(), Complaint.number.desc())
    )


def _line(what: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    """What is told of either: its number, its kind, when it began and ended, how it stood, and whether it is theirs."""
    names = ("year", "number", "kind", "began", "ended", "stands", "ours")
    return select(
        literal(what).label("what"), *(each.label(name) for each, name in zip(columns, names, strict=True))
    )  # fmt: skip


def _breaches(found: Sequence[Found[Any]]) -> Part:
    rows: list[Row] = [
        (f"BR-{one.year}-{one.number}", KINDS[one.kind], _moment(one.began), STATES[one.stands], _moment(one.ended))
        for one in found
    ]
    columns = ("Breach", "Kind", "Reported", "State", "Ended")
    says = "Those about this organisation that you may know of."
    nothing = "You may know of no breach about this organisation."
    return Part(_BREACH, "Breaches", columns, rows, says, nothing=nothing)


def _complaints(found: Sequence[Found[Any]]) -> Part:
    rows: list[Row] = [
        (
            f"{one.year}-{one.number}",
            SIDES[bool(one.ours)],
            one.kind.replace("_", " ").capitalize(),
            _moment(one.began),
            one.stands,
            "Resolved" if one.ended else "Open",
            _moment(one.ended),
        )
        for one in found
    ]
    nothing = "No complaint had been made by or about this organisation."
    return Part(_COMPLAINT, "Complaints", _COLUMNS, rows, nothing=nothing)


def _hidden() -> Part:
    says = "Only the organisations in a complaint and the MARAC Hub Team may know of it. Ask the hub team."
    return Part(_COMPLAINT, "Complaints", _COLUMNS, (), nothing=says, shown=False)


def _moment(instant: datetime | None) -> str:
    return f"{said_day(london_date(instant))} at {said_time(instant)}" if instant else ""

"""Telling both sides, the hub and the chair how a complaint stands (COM-5, GOV-5).

A letter leaves the service: it says neither what a complaint is about nor between whom nor of which case, and none
goes to anybody whom a conflict of interest keeps from that case (DEC-6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from compliance.decisions.exceptions.queries import kept
from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.reminding import Time
from compliance.notices.writing import write
from policies.access import HUB_ROLES
from signatories.models import KeyContact

from .models import Complaint, ComplaintReport, ComplaintSide, ComplaintStage
from .queries import sides_of
from .rules import LAST

CHAIR = "executive_chair"
DUE = {
    Time.BEFORE: "complaint_due",
    Time.ON: "complaint_due_today",
    Time.OVER: "complaint_overdue",
}
"""The letter of each reminder."""


@dataclass(frozen=True)
class Recipient:
    """Whom a letter goes to."""

    name: str
    email: str
    person_id: UUID | None = None


def stage_opened(ctx: Context, complaint: Complaint, stage: ComplaintStage) -> None:
    """Both sides learn that they speak for their organisation at a stage, and until when it lasts."""
    _send(ctx, complaint, "complaint_stage_opened", both(ctx, complaint), due=stage.due_on)


def for_the_chair(ctx: Context, complaint: Complaint, stage: ComplaintStage) -> None:
    """The chair learns that a complaint has come to them, and the hub that it has (COM-1)."""
    _send(ctx, complaint, "complaint_for_chair", holders(ctx, (CHAIR,)), due=stage.due_on)


def named(ctx: Context, complaint: Complaint, side: ComplaintSide, stage: ComplaintStage) -> None:
    """Whoever is newly named learns that they speak for their organisation."""
    _send(ctx, complaint, "complaint_stage_opened", of_side(ctx, side), due=stage.due_on)


def not_recorded(ctx: Context, complaint: Complaint, side: ComplaintSide) -> None:
    """An organisation learns that the other went on although it has recorded nothing: it bars nothing (COM-2)."""
    _send(ctx, complaint, "complaint_not_recorded", of_side(ctx, side), stage=side.stage)


def report_sent(ctx: Context, complaint: Complaint, side: ComplaintSide, report: ComplaintReport) -> None:
    """The other organisation learns that the report for the next stage was sent, and by when it is answered (COM-3)."""
    _send(ctx, complaint, "complaint_report_sent", of_side(ctx, side), due=report.answer_by, stage=report.stage)


def due(ctx: Context, complaint: Complaint, stage: ComplaintStage, time: Time) -> None:
    """Both sides are reminded; when a stage is overdue the hub is told, and at the last stage the chair (COM-5)."""
    told = both(ctx, complaint)
    if time is Time.OVER:
        told += holders(ctx, HUB_ROLES)
    if complaint.stage == LAST:
        told += holders(ctx, (CHAIR,))
    _send(ctx, complaint, DUE[time], told, due=stage.due_on)


def ended(ctx: Context, complaint: Complaint) -> None:
    """Both sides learn that a complaint has ended."""
    _send(ctx, complaint, "complaint_ended", both(ctx, complaint))


def both(ctx: Context, complaint: Complaint) -> list[Recipient]:
    """Who speaks for either organisation at the stage that a complaint stands at."""
    return [each for side in sides_of(ctx, complaint).values() for each in of_side(ctx, side)]


def of_side(ctx: Context, side: ComplaintSide) -> list[Recipient]:
    """Who speaks on this side; where they gave no address, their organisation's contacts, else the hub to pass it on."""
    if side.email is not None:
        return [Recipient(side.name, side.email, side.person_id)]
    contacts = select(KeyContact).where(
        KeyContact.organisation_id == side.organisation_id, KeyContact.ended_at.is_(None), KeyContact.kind != "primary"
    )
    found = [Recipient(each.name, each.email) for each in ctx.session.scalars(contacts.order_by(KeyContact.id))]
    return found or holders(ctx, HUB_ROLES)


def holders(ctx: Context, roles: Iterable[str]) -> list[Recipient]:
    """Everybody who holds one of these roles now and has an account that is open."""
    wanted = (
        select(Person)
        .join(RoleHeld, RoleHeld.person_id == Person.id)
        .where(RoleHeld.role.in_(list(roles)), still_held(ctx.now()), Person.closed_at.is_(None))
        .order_by(Person.id)
        .distinct()
    )
    return [Recipient(each.full_name, each.email, each.id) for each in ctx.session.scalars(wanted)]


def _send(
    ctx: Context,
    complaint: Complaint,
    kind: str,
    to: Iterable[Recipient],
    *,
    due: date | None = None,
    stage: int | None = None,
) -> None:
    hidden = kept(ctx, complaint.reference) if complaint.reference else frozenset()
    away = _addresses(ctx, hidden)
    for each in {one.email: one for one in to}.values():
        if each.person_id in hidden or each.email in away:
            continue
        write(
            ctx,
            kind,
            to=each.email,
            person_id=each.person_id,
            name=each.name,
            number=f"{complaint.year}-{complaint.number}",
            stage=str(stage or complaint.stage),
            due=said_day(due) if due else "",
            page=f"{ctx.house.settings.base_url}/complaints/{complaint.id}",
        )


def _addresses(ctx: Context, people: frozenset[UUID]) -> frozenset[str]:
    if not people:
        return frozenset()
    return frozenset(ctx.session.scalars(select(Person.email).where(Person.id.in_(people))))

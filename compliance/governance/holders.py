"""Who held a licence of an organisation at an instant, and what each had been trained and vetted for (SIG-14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row as Found
from sqlalchemy import Select, func, select

from audit.models import AuditEntry, Moment
from compliance.identity.models import Person
from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from compliance.licences.events import LicenceResumed, LicenceSuspended
from compliance.licences.models import LastUse, Licence, LicenceArea, Training, Vetting
from compliance.licences.rules import Status
from policies.values import Policy

from .packs import MOST, Part, Row

STATES = {
    Status.REQUESTED: "Requested",
    Status.APPROVED: "Approved",
    Status.REFUSED: "Refused",
    Status.ACTIVE: "Active",
    Status.SUSPENDED: "Suspended",
    Status.DEACTIVATED: "Ended",
}
KINDS = {"standing": "Standing", "by_invite": "By invite"}
HOLDING = (Status.APPROVED, Status.ACTIVE, Status.SUSPENDED)
_BETWEEN = "\n"
_MODULES = 8
"""Modules that anybody may have done; beyond so many the last licences of a very long list would be left out."""


def parts(ctx: Context, organisation_id: UUID, at: datetime, *, now: bool) -> tuple[Part, Part]:
    """The licences as they stood, and training and vetting of those who held one."""
    found = _licences(ctx, organisation_id, at)
    licences = list({row.id: row for row in found}.values())[:MOST]
    rests = {} if now else _rests(ctx, licences, at)
    states = [(row, Status(row.status) if now else _state(row, at, rests)) for row in licences]
    return _listed(ctx, states, at), _qualified(ctx, states, found, at)


def _licences(ctx: Context, organisation_id: UUID, at: datetime) -> Sequence[Found[Any]]:
    """A row for each licence and module of its holder's training."""
    areas = select(func.aggregate_strings(LicenceArea.area, _BETWEEN)).where(LicenceArea.licence_id == Licence.id)
    wanted: Select[*tuple[Any, ...]] = (
        select(
            Licence.id, Licence.person_id, Licence.kind, Licence.status, Licence.requested_at, Licence.decided_at,
            Licence.activated_at, Licence.suspended_at, Licence.deactivated_at, Licence.ends_on, Person.full_name,
            Person.email, LastUse.used_at, areas.scalar_subquery().label("areas"), Training.module, Training.done_on,
            Training.valid_until, Vetting.level, Vetting.holds_until,
        )
        .join(Person, Person.id == Licence.person_id)
        .outerjoin(LastUse, LastUse.licence_id == Licence.id)
        .outerjoin(Training, Training.person_id == Licence.person_id)
        .outerjoin(Vetting, Vetting.person_id == Licence.person_id)
        .where(Licence.organisation_id == organisation_id, Licence.requested_at <= at)
        .order_by(Person.full_name, Licence.requested_at, Licence.id, Training.module)
        .limit(MOST * _MODULES)
    )  # fmt: skip
    return ctx.session.execute(wanted).all()


def _rests(ctx: Context, found: Sequence[Found[Any]], at: datetime) -> dict[str, bool]:
    """By licence, whether the last that the log tells by then is that it rests: rows keep the newest rest only."""
    begun = [str(row.id) for row in found if row.activated_at is not None and row.activated_at <= at]
    told = ctx.session.execute(
        select(AuditEntry.subject_id, AuditEntry.event)
        .where(
            AuditEntry.subject_id.in_(begun),
            AuditEntry.event.in_((LicenceSuspended.name, LicenceResumed.name)),
            AuditEntry.at <= Moment.write(at),
        )
        .order_by(AuditEntry.number)
    )
    return {str(row.subject_id): row.event == LicenceSuspended.name for row in told}


def _state(row: Found[Any], at: datetime, rests: dict[str, bool]) -> Status:
    if row.deactivated_at is not None and row.deactivated_at <= at:
        return Status.DEACTIVATED
    if row.activated_at is not None and row.activated_at <= at:
        return Status.SUSPENDED if rests.get(str(row.id)) else Status.ACTIVE
    if row.decided_at is None or row.decided_at > at:
        return Status.REQUESTED
    return Status.REFUSED if row.status == Status.REFUSED else Status.APPROVED


def _listed(ctx: Context, states: Sequence[tuple[Found[Any], Status]], at: datetime) -> Part:
    policy = ctx.the(Policy)
    rows: list[Row] = [
        (
            row.full_name,
            row.email,
            STATES[status],
            KINDS.get(row.kind, row.kind),
            ", ".join(policy.area_name(code) for code in policy.areas_now(sorted(row.areas.split(_BETWEEN))))
            if row.areas
            else "",
            _day(row.requested_at),
            _by_then(row.activated_at, at),
            _by_then(row.deactivated_at, at),
            said_day(row.ends_on) if row.ends_on else "",
            _last_use(row, at),
        )
        for row, status in states
    ]
    columns = ("Person", "E-mail", "State", "Kind", "Areas", "Requested", "Began", "Ended", "Ends on", "Last use")
    says = "Of uses only the last is kept beside a licence; earlier ones are in the audit log."
    return Part("licences", "Licences", columns, rows, says, nothing="No licence had been asked for.")


def _last_use(row: Found[Any], at: datetime) -> str:
    if row.used_at is None:
        return "Never" if row.activated_at is not None and row.activated_at <= at else ""
    if row.used_at > at:
        return "Used since"
    return f"{_day(row.used_at)} at {said_time(row.used_at)}"


def _qualified(
    ctx: Context, states: Sequence[tuple[Found[Any], Status]], found: Sequence[Found[Any]], at: datetime
) -> Part:
    holders = {row.person_id: (row.full_name, row.email) for row, status in states if status in HOLDING}
    today, modules = london_date(at), ctx.the(Policy).licences.required_training
    done: dict[UUID, dict[str, str]] = {}
    vetted: dict[UUID, str] = {}
    for row in found:
        if row.module is not None and row.done_on <= today:
            done.setdefault(row.person_id, {})[row.module] = _held(
                f"Done {said_day(row.done_on)}", row.valid_until, today
            )
        if row.level is not None:
            vetted[row.person_id] = _held(row.level, row.holds_until, today)
    rows: list[Row] = [
        (*who, *(done.get(one, {}).get(module, "Missing") for module in modules), vetted.get(one, "Missing"))
        for one, who in holders.items()
    ]
    columns = ("Person", "E-mail", *(_module(code) for code in modules), "Vetting")
    says = "Of those whose licence was given and had not ended. The newest record of each is kept, not those before it."
    return Part("qualified", "Training and vetting", columns, rows, says, nothing="Nobody held a licence.")


def _held(what: str, until: date | None, today: date) -> str:
    if until is None:
        return f"{what}, without end"
    return f"{what}, {'valid until' if today <= until else 'ran out on'} {said_day(until)}"


def _module(code: str) -> str:
    words = {"case-system": "Case system training", "elearning": "MARAC eLearning"}
    return words.get(code, code.replace("-", " ").capitalize())


def _day(instant: datetime) -> str:
    return said_day(london_date(instant))


def _by_then(instant: datetime | None, at: datetime) -> str:
    return _day(instant) if instant is not None and instant <= at else ""

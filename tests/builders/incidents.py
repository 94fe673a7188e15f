"""Incidents and personal-data breaches, made without anybody reporting them (BRE-1, BRE-3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from compliance.breaches.models import Incident
from compliance.breaches.notifying import opening, use_cases
from compliance.breaches.notifying.models import DataBreach
from compliance.breaches.notifying.queries import Listed, one
from compliance.breaches.notifying.rules import Risk
from compliance.breaches.notifying.use_cases import Known
from compliance.kernel.context import Context, House
from compliance.kernel.secrets import KeyRing
from tests.builders.identity import COMMAND, Acting, someone
from tests.builders.licences import rows_made

HOUR = timedelta(hours=1)


def an_incident(house: House, **said: Any) -> Incident:
    """A data breach that was reported just now, unless told otherwise."""
    with house.work(COMMAND) as ctx:
        return _incident(ctx, **said)


def a_data_breach(house: House, *, aware_at: datetime | None = None, **said: Any) -> DataBreach:
    """An incident whose clock runs since `aware_at`, or since now."""
    with house.work(COMMAND) as ctx:
        incident = _incident(ctx, aware_at=aware_at or ctx.now(), **said)
        return opening.with_report(ctx, incident)


def known(risk: Risk | str = Risk.LIKELY, **said: Any) -> Known:
    """What an assessment says."""
    usual: dict[str, Any] = {
        "facts": "A list was sent to a wrong address.", "effects": "Seen by one.", "remedy": "It was deleted.",
        "categories": ("contact",), "people": 12, "records": None,
    }  # fmt: skip
    return Known(**(usual | {"risk": str(risk)} | said))


def assessed(
    house: House, breach: DataBreach | UUID, risk: Risk = Risk.LIKELY, by: Acting | None = None, **said: Any
) -> int:
    """Somebody assesses it, on top of what was assessed before: the assessment's number."""
    breach_id = breach if isinstance(breach, UUID) else breach.id
    with house.work(*(by or someone(house, "ig_officer"))) as ctx:
        before = one(ctx, breach_id).assessment
        row = use_cases.assess(ctx, breach_id, known(risk, **said), assessment=before.number if before else 0)
        return row.number


def as_it_is(house: House, breach: DataBreach) -> Listed:
    """The breach as the register has it now."""
    with house.reading(*someone(house, "ig_officer")) as ctx:
        return one(ctx, breach.id)


def _incident(ctx: Context, **said: Any) -> Incident:
    new_id, now = ctx.new_id(), ctx.now()
    number = (ctx.session.scalar(select(func.max(Incident.number)).where(Incident.year == now.year)) or 0) + 1
    usual = {
        "year": now.year, "number": number, "kind": "data_breach", "status": "reported", "reported_by": ctx.actor.id,
        "reported_at": now, "aware_at": now, "words": ctx.the(KeyRing).seal(b"-", place=f"incidents.words:{new_id}"),
    }  # fmt: skip
    row = Incident(id=new_id, **(usual | said))
    rows_made(ctx, row)
    ctx.session.flush()
    return row

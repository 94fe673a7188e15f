"""Telling those whose move it is, and those who reported it: neither case, nor organisation, nor what is said of it (GOV-5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from compliance.accesses.flags.models import AccessFlag
from compliance.decisions.exceptions.queries import kept
from compliance.identity.models import Person
from compliance.identity.those_with import hub_wide, of_organisation
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from compliance.kernel.reminding import Time
from policies.permissions import Permission

from .models import Incident, IncidentAction
from .queries import called
from .rules import HELD_BY_PARTNER, MOVES, Status


def movers(ctx: Context, incident: Incident) -> Sequence[Person]:
    """Those who can take its next step: nobody who is kept from its case, nor whom the flag that it comes from is about."""
    status = Status(incident.status)
    permission = MOVES.get(status)
    if permission is None:
        return ()
    if status not in HELD_BY_PARTNER:
        return but_for(ctx, incident, hub_wide(ctx, permission))
    if incident.organisation_id is None:
        return ()
    return but_for(ctx, incident, of_organisation(ctx, incident.organisation_id, permission))


def waits(ctx: Context, incident: Incident) -> int:
    """Those whose move it is from now on are told; how many letters."""
    return _to_movers(ctx, incident, "breach_waits", movers(ctx, incident))


def due(ctx: Context, incident: Incident, time: Time) -> int:
    """Those whose move it is are reminded; once it is over, the hub's managers are told besides. How many letters."""
    if time is not Time.OVER:
        return _to_movers(ctx, incident, "breach_due", movers(ctx, incident), f":{time.value}")
    managers = but_for(ctx, incident, hub_wide(ctx, Permission.INCIDENT_MANAGE))
    told = {person.id: person for person in (*movers(ctx, incident), *managers)}
    return _to_movers(ctx, incident, "breach_overdue", tuple(told.values()))


def ended(ctx: Context, incident: Incident) -> None:
    """Whoever reported it learns that it is over, and no more."""
    reporter = parse_id(incident.reported_by)
    person = ctx.session.get(Person, reporter) if reporter else None
    if person is not None and person.closed_at is None:
        tell(
            ctx,
            person,
            "breach_ended",
            once=f"breach_ended:{incident.id}",
            called=called(incident),
            page=_page(ctx, incident),
        )


def action_given(ctx: Context, incident: Incident, action: IncidentAction) -> None:
    """Whose action it is is told."""
    _to_owner(ctx, incident, action, "breach_action")


def action_due(ctx: Context, incident: Incident, action: IncidentAction, time: Time) -> None:
    """Whose action it is is reminded."""
    over = time is Time.OVER
    _to_owner(
        ctx, incident, action, "breach_action_overdue" if over else "breach_action_due", f":{time.value}"
    )  # fmt: skip


def _to_movers(ctx: Context, incident: Incident, kind: str, people: Sequence[Person], when: str = "") -> int:
    told = 0
    for person in people:
        once = f"{kind}:{incident.id}:{incident.status}{when}:{person.id}"
        letter = tell(
            ctx, person, kind, once=once, called=called(incident), page=_page(ctx, incident), due=_day(incident.due_on)
        )  # fmt: skip
        told += letter is not None
    return told


def _to_owner(ctx: Context, incident: Incident, action: IncidentAction, kind: str, when: str = "") -> None:
    person = ctx.session.get(Person, action.owner_id) if action.owner_id else None
    if person is None or person.closed_at is not None or not but_for(ctx, incident, (person,)):
        return
    tell(
        ctx, person, kind, once=f"{kind}:{action.id}{when}", called=called(incident), page=_page(ctx, incident),
        due=_day(action.due_on),
    )  # fmt: skip


def _page(ctx: Context, incident: Incident) -> str:
    return f"{ctx.house.settings.base_url}/breaches/{incident.id}"


def _day(day: date | None) -> str:
    return said_day(day) if day else "no day in particular"


def but_for(ctx: Context, incident: Incident, people: Sequence[Person]) -> Sequence[Person]:
    """Those of these people who may know of a breach: neither kept from its case, nor whom its flag is about."""
    never = set(kept(ctx, incident.reference)) if incident.reference is not None else set()
    if incident.flag_id is not None:
        about = ctx.session.scalar(select(AccessFlag.person_id).where(AccessFlag.id == incident.flag_id))
        never |= {about} if about is not None else set()
    return [person for person in people if person.id not in never]

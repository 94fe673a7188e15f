"""Telling the hub and the officer that a clock runs, that it ends soon, and that it is over (BRE-3, GOV-5).

A letter leaves the service: it names no case, no organisation and nothing of what happened. Whoever a conflict of
interest keeps from the case gets none (DEC-6).
"""

from __future__ import annotations

from datetime import datetime

from compliance.breaches.models import Incident
from compliance.decisions.exceptions.queries import kept
from compliance.identity.those_with import hub_wide
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from policies.permissions import Permission

from .models import DataBreach
from .rules import countdown


def began(ctx: Context, breach: DataBreach, incident: Incident) -> None:
    """A clock has begun to run."""
    _tell(ctx, breach, incident, "data_breach_began")


def ends_soon(ctx: Context, breach: DataBreach, incident: Incident, hours: int) -> None:
    """So many hours are left at the most."""
    _tell(ctx, breach, incident, "data_breach_ends_soon", str(hours))


def over(ctx: Context, breach: DataBreach, incident: Incident) -> None:
    """The clock has run out, and nobody has been told."""
    _tell(ctx, breach, incident, "data_breach_over")


def _tell(ctx: Context, breach: DataBreach, incident: Incident, kind: str, which: str = "") -> None:
    never = kept(ctx, incident.reference) if incident.reference else frozenset()
    page = f"{ctx.house.settings.base_url}/data-breaches/{breach.id}"
    for person in hub_wide(ctx, Permission.DATA_BREACH_ASSESS, Permission.DATA_BREACH_NOTIFY):
        if person.id in never:
            continue
        # A clock that is set back runs out at another time, and of that people are told anew.
        once = f"{kind}:{breach.id}:{which}:{breach.tell_by.timestamp():.0f}:{person.id}"
        left = countdown(ctx.now(), breach.tell_by).said
        tell(ctx, person, kind, once=once, page=page, until=_said(breach.tell_by), left=left)


def _said(instant: datetime) -> str:
    return f"{said_time(instant)} on {said_day(london_date(instant))}"

"""Telling whoever may lift a hold that it is to be looked at again soon, today, or was to be (RET-6, GOV-5).

A letter leaves the service: it says neither what is held nor why.
"""

from __future__ import annotations

from compliance.decisions.exceptions.queries import kept
from compliance.identity.those_with import hub_wide
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.reminding import Time
from policies.permissions import Permission

from .models import RetentionHold
from .rules import Reach

KINDS = {Time.BEFORE: "hold_due", Time.ON: "hold_due_today", Time.OVER: "hold_overdue"}
"""Which letter tells of it when."""


def due(ctx: Context, hold: RetentionHold, time: Time) -> None:
    """Each of them is reminded, but for whom a conflict of interest keeps from the case that it names (DEC-6)."""
    never = kept(ctx, hold.value) if hold.reach == Reach.RECORD.value else frozenset()
    kind, page = KINDS[time], f"{ctx.house.settings.base_url}/retention/holds/{hold.id}"
    for person in hub_wide(ctx, Permission.HOLD_LIFT):
        if person.id not in never:
            once = f"{kind}:{hold.id}:{hold.review_on}:{person.id}"
            tell(ctx, person, kind, once=once, page=page, due=said_day(hold.review_on))

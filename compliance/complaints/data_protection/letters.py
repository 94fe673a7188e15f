"""Telling the hub and information governance that a complaint about data is to be acknowledged (COM-9, GOV-5).

A letter leaves the service: it names neither who complained nor what about.
"""

from __future__ import annotations

from compliance.identity import those_with
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.reminding import Time
from policies.permissions import Permission

from .models import DataProtectionComplaint
from .rules import called

KINDS = {
    Time.BEFORE: "data_complaint_due",
    Time.ON: "data_complaint_due_today",
    Time.OVER: "data_complaint_overdue",
}
"""Which letter tells of it when."""


def due(ctx: Context, complaint: DataProtectionComplaint, time: Time) -> int:
    """Everybody who can acknowledge it is told, once for each time; how many letters."""
    kind = KINDS[time]
    letters = [
        tell(
            ctx,
            person,
            kind,
            once=f"{kind}:{complaint.id}:{person.id}",
            number=called(complaint.year, complaint.number),
            last=said_day(complaint.acknowledge_by),
            page=f"{ctx.house.settings.base_url}/data-complaints/{complaint.id}",
        )
        for person in those_with.hub_wide(ctx, Permission.DATA_COMPLAINT_HANDLE)
    ]
    return sum(letter is not None for letter in letters)

"""What waits of outages, on the first page of the hub: one that lasts, a list to finish, a pack that was not made (GOV-3)."""

from __future__ import annotations

from flask import url_for

from compliance.governance.outages import queries
from compliance.kernel.context import Context
from compliance.web.access import can
from compliance.web.words import count
from policies.permissions import Permission

from .home_parts import Waiting


def outages(ctx: Context) -> list[Waiting]:
    """The case system is down, or is back with a list to finish; and whether there is a pack of late."""
    if not can(Permission.OUTAGE_RUN):
        return []
    found, where = queries.counted(ctx), url_for("outages.outages")
    waiting = []
    if found.down:
        says = "Tell every licence holder, and write down what is taken by hand."
        waiting.append(Waiting(found.down, "outage of the case system lasts", says, where, "See it", urgent=True))
    if found.to_write_up:
        says = f"{count(found.left, 'thing', 'things')} taken by hand to enter into the case system."
        title = "outage to write up" if found.to_write_up == 1 else "outages to write up"
        waiting.append(Waiting(found.to_write_up, title, says, where, "See the list"))
    if not found.packs:
        says = "In an outage now, the hub has no list of whom to reach."
        waiting.append(Waiting(None, "No outage pack of today", says, where, "See why", urgent=True))
    return waiting

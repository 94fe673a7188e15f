"""Requests for help that wait for the hub, on the first page (GOV-6)."""

from __future__ import annotations

from flask import url_for

from compliance.governance.support import queries
from compliance.kernel.context import Context
from compliance.web.access import can
from policies.permissions import Permission

from .home_parts import Waiting


def waiting(ctx: Context) -> list[Waiting]:
    """Those that are overdue, and those of which nobody has said whose matter they are."""
    if not can(Permission.HELP_HANDLE):
        return []
    found = queries.counted(ctx)
    cards = []
    if found.overdue:
        title = f"{'request' if found.overdue == 1 else 'requests'} for help overdue"
        where = url_for("help.requests", which=queries.Which.OVERDUE.value)
        cards.append(
            Waiting(found.overdue, title, "Somebody waits for an answer.", where, "See which", late=found.overdue)
        )
    if found.asked:
        title = f"{'request' if found.asked == 1 else 'requests'} for help to look at"
        where = url_for("help.requests", which=queries.Which.ASKED.value)
        cards.append(Waiting(found.asked, title, "Say whose matter each is.", where, "See which"))
    return cards

"""What waits of breaches, on the first page (BRE-2)."""

from __future__ import annotations

from flask import url_for

from compliance.breaches import queries
from compliance.kernel.context import Context
from compliance.web.access import could
from compliance.web.words import count
from policies.permissions import Permission

from .home_licences import Waiting


def waiting(ctx: Context) -> list[Waiting]:
    """Breaches whose next step is this person's, and those after which they have something to do."""
    if not could(Permission.INCIDENT_READ):
        return []
    found = queries.counted(ctx)
    cards = []
    if found.mine:
        late = f" {count(found.mine_overdue, 'is', 'are')} overdue." if found.mine_overdue else ""
        title = f"{'breach waits' if found.mine == 1 else 'breaches wait'} for the next step"
        says = f"It is yours or a colleague’s to take.{late}"
        where = url_for("breaches.breaches", which="my_turn")
        cards.append(Waiting(found.mine, title, says, where, "See which", urgent=bool(found.mine_overdue)))
    if found.actions:
        title = f"{'breach' if found.actions == 1 else 'breaches'} with something for you to do"
        says = "What was learned from them is put into practice."
        where = url_for("breaches.breaches", which="my_actions")
        cards.append(Waiting(found.actions, title, says, where, "See what"))
    return cards

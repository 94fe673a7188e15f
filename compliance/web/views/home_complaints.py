"""What the first page says of complaints between partners: those that wait for this person, and for the hub those overdue (COM-5)."""

from __future__ import annotations

from flask import url_for

from compliance.complaints import queries
from compliance.kernel.context import Context
from compliance.web.access import could
from compliance.web.words import count
from policies.permissions import Permission

from .home_parts import Waiting


def waiting(ctx: Context) -> list[Waiting]:
    """Complaints in which it is one's turn, and where it is not, those that are overdue with others."""
    if not could(Permission.COMPLAINT_READ):
        return []
    found = queries.counted(ctx)
    late = f" {count(found.overdue, 'is', 'are')} overdue." if found.overdue else ""
    if found.mine:
        title = f"{'complaint waits' if found.mine == 1 else 'complaints wait'} for you"
        says = f"Two partners disagree, and it is your turn.{late}"
        where = url_for("complaints.complaints", which=queries.Which.MINE.value)
        return [Waiting(found.mine, title, says, where, "See which", urgent=bool(found.overdue), late=found.overdue)]
    if found.overdue:
        title = f"{'complaint is' if found.overdue == 1 else 'complaints are'} overdue"
        says = "Others have to move. Nothing ends or rises by itself: ask whose turn it is."
        where = url_for("complaints.complaints", which=queries.Which.OVERDUE.value)
        return [Waiting(found.overdue, title, says, where, "See which", urgent=True, late=found.overdue)]
    return []

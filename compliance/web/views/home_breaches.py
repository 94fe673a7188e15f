"""What waits of breaches, on the first page (BRE-2)."""

from __future__ import annotations

from flask import url_for

from compliance.breaches import queries
from compliance.breaches.notifying import queries as notifying
from compliance.kernel.clock import london_date, said_instant
from compliance.kernel.context import Context
from compliance.web.access import could
from compliance.web.words import count
from policies.permissions import Permission

from .home_parts import Waiting


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
        cards.append(
            Waiting(
                found.mine, title, says, where, "See which", urgent=bool(found.mine_overdue), late=found.mine_overdue
            )
        )
    if found.actions:
        title = f"{'breach' if found.actions == 1 else 'breaches'} with something for you to do"
        says = "What was learned from them is put into practice."
        where = url_for("breaches.breaches", which="my_actions")
        cards.append(Waiting(found.actions, title, says, where, "See what"))
    return cards


def of_data(ctx: Context) -> list[Waiting]:
    """Clocks of personal-data breaches that run, and people who wait to be told (BRE-3)."""
    if not could(Permission.DATA_BREACH_READ):
        return []
    found = notifying.counted(ctx)
    waiting = []
    if found.running:
        due = london_date(found.next_end) if found.next_end else None
        over = f" The time of {count(found.over, 'breach', 'breaches')} is over." if found.over else ""
        title = (
            f"{'personal-data breach' if found.running == 1 else 'personal-data breaches'} to tell the ICO of, or not"
        )
        says = f"The next clock ends on {said_instant(found.next_end)}.{over}" if found.next_end else over.strip()
        where = url_for("data_breaches.register", which="clock_runs", sort="tell_by")
        waiting.append(
            Waiting(found.running, title, says, where, "See what is missing", urgent=True, late=found.over, due=due)
        )
    if found.people:
        title = f"personal-data {'breach' if found.people == 1 else 'breaches'} of which people wait to be told"
        says = "The risk to them is high, or it was decided that they are told."
        where = url_for("data_breaches.register", which="people_wait")
        waiting.append(Waiting(found.people, title, says, where, "See which", urgent=True))
    return waiting

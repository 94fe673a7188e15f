"""Telling people of exceptions: never which case, nor who is in it, since letters lie about (DEC-5, DEC-6, GOV-5)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from compliance.notices.queries import KEPT
from policies.access import Access
from policies.permissions import Permission

from . import queries
from .models import BreakGlass, Conflict

MOST = 20
"""So many are told of one thing at the most."""


def granted(ctx: Context, given: BreakGlass, person: Person) -> None:
    """The person learns that a case is open to them, and information governance that there is something to look at."""
    until = f"{said_time(given.until)} on {said_day(london_date(given.until))}"
    if person.id not in queries.kept(ctx, given.reference):
        tell(ctx, person, "break_glass_opened", useless_at=given.until, until=until)
    for reviewer in _reviewers(ctx, given):
        tell(
            ctx,
            reviewer,
            "break_glass_granted",
            once=f"break-glass:{given.id}:granted:{reviewer.id}",
            until=until,
            due=said_day(given.review_due_on),
            page=_page(ctx, given),
        )


def call_to_mind(ctx: Context, found: BreakGlass) -> int:
    """Information governance learns that one is to be looked at today, or is late: how many letters were written."""
    mark = called(found, london_date(ctx.now()))
    due, page = said_day(found.review_due_on), _page(ctx, found)
    written = 0
    for reviewer in _reviewers(ctx, found):
        once = f"{mark}{reviewer.id}"
        if mark.endswith(":due:"):
            told = tell(ctx, reviewer, "break_glass_due", once=once, due=due, page=page)
        else:
            told = tell(ctx, reviewer, "break_glass_overdue", once=once, due=due, page=page)
        written += told is not None
    return written


def called(found: BreakGlass, today: date) -> str:
    """How the name of a letter begins that calls this one to mind today: one on its day, and one when it is late."""
    return f"break-glass:{found.id}:{'overdue' if today > found.review_due_on else 'due'}:"


def attempted(ctx: Context, found: Conflict, day: date) -> int:
    """The two who set a conflict learn that there is something to see; the log and the list of letters say no more."""
    setters = {parse_id(found.asked_by), parse_id(found.agreed_by)} - {None, found.person_id}
    setters -= queries.kept(ctx, found.reference)
    open_ones = select(Person).where(Person.id.in_(setters), Person.closed_at.is_(None)).order_by(Person.id)
    written = [
        tell(
            ctx,
            person,
            "something_to_see",
            once=f"{KEPT}{found.id}:{day}:{person.id}",
            page=f"{ctx.house.settings.base_url}/conflicts/{found.id}",
        )
        for person in ctx.session.scalars(open_ones)
    ]
    return sum(letter is not None for letter in written)


def _reviewers(ctx: Context, found: BreakGlass) -> list[Person]:
    """Who can look at this one: by their role, neither of the two it is between, and nobody kept from the case."""
    wanted = (Permission.BREAK_GLASS_REVIEW.value, "hub")
    roles = [role for role, allowed in ctx.the(Access).table.items() if wanted in allowed]
    holders = select(RoleHeld.person_id).where(RoleHeld.role.in_(roles), still_held(ctx.now()))
    out: set[UUID | None] = {parse_id(found.granted_by), found.person_id, *queries.kept(ctx, found.reference)}
    reviewers = (
        select(Person)
        .where(Person.id.in_(holders), Person.id.not_in(out - {None}), Person.closed_at.is_(None))
        .order_by(Person.id)
        .limit(MOST)
    )
    return list(ctx.session.scalars(reviewers))


def _page(ctx: Context, found: BreakGlass) -> str:
    return f"{ctx.house.settings.base_url}/break-glass/{found.id}"

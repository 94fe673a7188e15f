"""Break-glass and conflicts of interest as lists: searched, narrowed, sorted, walked, taken away (DEC-5, DEC-6).

What the actor may not know of is in no list, and in no number of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from compliance.identity.models import Person
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.keyset import By, Page, Sorts
from compliance.kernel.tables import Table, moment
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import queries
from .models import BreakGlass, Conflict
from .rules import Stands

MOST = 500
"""Rows of a page at the most."""

GLASS_SORTS = Sorts(
    BreakGlass.id,
    {
        "opened": By(BreakGlass.granted_at, datetime),
        "person": By(func.lower(Person.full_name)),
        "reference": By(BreakGlass.reference),
        "due": By(BreakGlass.review_due_on, date),
    },
    usual="-opened",
)

CONFLICT_SORTS = Sorts(
    Conflict.id,
    {
        "set": By(Conflict.set_at, datetime),
        "person": By(func.lower(Person.full_name)),
        "reference": By(Conflict.reference),
        "lifted": By(Conflict.lifted_at, datetime, nullable=True),
    },
    usual="-set",
)


@dataclass(frozen=True)
class Glass:
    """Break-glass in the list: to whom, how it stands, and the names behind its ids."""

    row: BreakGlass
    person: str
    stands: Stands
    granted_by: str | None
    reviewed_by: str | None


@dataclass(frozen=True)
class Apart:
    """A conflict of interest in the list: whose, and the names of those who set it."""

    row: Conflict
    person: str
    asked_by: str | None
    agreed_by: str | None


def glasses(
    ctx: Context,
    *,
    search: str | None = None,
    state: Stands | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Glass]:
    """Break-glass that the actor may know of, the newest first; `search` looks in the person's name and the reference."""
    require(ctx, Permission.BREAK_GLASS_READ)
    sort = GLASS_SORTS.known(sort)
    place = GLASS_SORTS.read(after, sort)

    wanted = select(BreakGlass, Person.full_name).join(Person, Person.id == BreakGlass.person_id)
    wanted = wanted.where(queries.glass_shown(ctx))
    if search and search.strip():
        looked_in = (Person.full_name, BreakGlass.reference)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    if state is not None:
        wanted = wanted.where(_stands(ctx).in_((state.value,)))
    page = GLASS_SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))
    names = names_of(ctx, {who for one, _ in page.rows for who in (one.granted_by, one.reviewed_by) if who})
    return page.each(
        lambda found: Glass(
            found[0], found[1], queries.stands(ctx, found[0]),
            names.get(found[0].granted_by), names.get(found[0].reviewed_by or ""),
        )
    )  # fmt: skip


def conflicts(
    ctx: Context,
    *,
    search: str | None = None,
    lifted: bool | None = None,
    attempted: bool = False,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Apart]:
    """Conflicts that the actor may know of, the newest first: never their own (DEC-6).

    `attempted` leaves those that the actor set and whose person asked for the case all the same.
    """
    require(ctx, Permission.CONFLICT_READ)
    sort = CONFLICT_SORTS.known(sort)
    place = CONFLICT_SORTS.read(after, sort)

    wanted = select(Conflict, Person.full_name).join(Person, Person.id == Conflict.person_id)
    wanted = wanted.where(queries.conflict_shown(ctx))
    if search and search.strip():
        looked_in = (Person.full_name, Conflict.reference)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    if lifted is not None:
        wanted = wanted.where(Conflict.lifted_at.is_not(None) if lifted else Conflict.lifted_at.is_(None))
    if attempted:
        wanted = wanted.where(queries.attempted(ctx))
    page = CONFLICT_SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))
    names = names_of(ctx, {who for one, _ in page.rows for who in (one.asked_by, one.agreed_by)})
    return page.each(
        lambda found: Apart(found[0], found[1], names.get(found[0].asked_by), names.get(found[0].agreed_by))
    )


def table_of_glasses(ctx: Context, found: Sequence[Glass], *, most: int | None = None) -> Table:
    """One line for each break-glass; the reasons stay on its page."""
    policy = ctx.the(Policy)
    lines = [
        (
            each.person,
            each.row.reference,
            policy.area_name(each.row.area),
            each.stands,
            each.granted_by or "",
            moment(each.row.granted_at),
            moment(each.row.ended_at or each.row.until),
            each.row.review_due_on.isoformat(),
            each.reviewed_by or "",
            moment(each.row.reviewed_at),
        )
        for each in found
    ]
    columns = (
        "Opened to", "Case", "Area MARAC", "State", "Opened by", "Opened", "Over", "To be looked at by", "Looked at by",
        "Looked at",
    )  # fmt: skip
    address = f"{ctx.house.settings.base_url}/break-glass"
    return Table("Cases opened for emergency MARACs", "break-glass", ctx.now(), columns, lines, address, most, "Opened")


def table_of_conflicts(ctx: Context, found: Sequence[Apart], *, most: int | None = None) -> Table:
    """One line for each conflict; the grounds stay on its page."""
    lines = [
        (
            each.person,
            each.row.reference,
            "Lifted" if each.row.lifted_at else "In force",
            each.asked_by or "",
            each.agreed_by or "",
            moment(each.row.set_at),
            moment(each.row.lifted_at),
        )
        for each in found
    ]
    columns = ("Kept from the case", "Case", "State", "Asked by", "Agreed by", "Set", "Lifted")
    address = f"{ctx.house.settings.base_url}/conflicts"
    return Table("Conflicts of interest", "conflicts", ctx.now(), columns, lines, address, most, "Conflicts")


def _stands(ctx: Context) -> ColumnElement[str]:
    """What `rules.stands` says, as a column."""
    return case(
        (BreakGlass.justified.is_(True), Stands.JUSTIFIED.value),
        (BreakGlass.justified.is_(False), Stands.NOT_JUSTIFIED.value),
        (and_(BreakGlass.ended_at.is_(None), BreakGlass.until > ctx.now()), Stands.OPEN.value),
        (BreakGlass.review_due_on < london_date(ctx.now()), Stands.OVERDUE.value),
        else_=Stands.TO_REVIEW.value,
    )

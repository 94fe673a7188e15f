"""Accounts as a list: searched, narrowed, sorted and walked, for whoever looks after accounts (IDN-4, IDN-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, case, column, func, or_, select, table

from compliance.kernel.context import Context
from compliance.kernel.keyset import By, Page, Sorts
from compliance.kernel.tables import Table, moment
from policies.access import reach
from policies.permissions import Permission

from .models import Person

MOST = 500
"""Rows of a page at the most."""

_EMPLOYERS = table("organisations", column("id", Uuid), column("name", String))


class Account(StrEnum):
    """How an account stands: open, locked until the hub lets its owner in again, or closed."""

    OPEN = "open"
    LOCKED = "locked"
    CLOSED = "closed"


_STANDS: ColumnElement[str] = case(
    (Person.closed_at.is_not(None), Account.CLOSED.value),
    (Person.locked_at.is_not(None), Account.LOCKED.value),
    else_=Account.OPEN.value,
)

SORTS = Sorts(
    Person.id,
    {
        "name": By(func.lower(Person.full_name)),
        "email": By(Person.email),
        "organisation": By(func.lower(_EMPLOYERS.c.name), nullable=True),
        "account": By(_STANDS),
        "made": By(Person.created_at, datetime),
    },
    usual="email",
)
"""How accounts can be sorted; those of nobody's people, such as the hub's own, come before all organisations."""


def people(
    ctx: Context,
    *,
    search: str | None = None,
    organisation_id: UUID | None = None,
    account: Account | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Person]:
    """Accounts within the asker's reach, by e-mail address where nothing is said; raises Forbidden, and Invalid."""
    within = reach(ctx, Permission.ACCOUNT_RESET)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)

    wanted = select(Person)
    if sort.removeprefix("-") == "organisation":
        wanted = wanted.outerjoin(_EMPLOYERS, _EMPLOYERS.c.id == Person.organisation_id)
    if within is not None:
        wanted = wanted.where(Person.organisation_id.in_(within))
    if organisation_id is not None:
        wanted = wanted.where(Person.organisation_id == organisation_id)
    if account is not None:
        wanted = wanted.where(_STANDS.in_((account.value,)))
    if search and search.strip():
        looked_in = (Person.full_name, Person.email)
        wanted = wanted.where(or_(*(each.icontains(search.strip(), autoescape=True) for each in looked_in)))
    return SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))


def stands(person: Person) -> Account:
    """How this account stands."""
    if person.closed_at:
        return Account.CLOSED
    return Account.LOCKED if person.locked_at else Account.OPEN


def as_table(ctx: Context, found: Sequence[Person], names: dict[UUID, str], *, most: int | None = None) -> Table:
    """One line for each account; `names` are the organisations', `most` at how many lines it was cut."""
    lines = [
        (
            person.full_name,
            person.email,
            names.get(person.organisation_id, "") if person.organisation_id else "",
            "yes" if person.hub_team else "no",
            stands(person),
            moment(person.created_at),
        )
        for person in found
    ]
    columns = ("Name", "E-mail address", "Works for", "Hub team", "Account", "Made")
    address = f"{ctx.house.settings.base_url}/people"
    return Table("People with an account", "people", ctx.now(), columns, lines, address, most, "People")

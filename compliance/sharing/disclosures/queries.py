"""Reading the register of disclosures: one's own, one's organisation's, and for the hub and the officer all of it (SHA-3, DEC-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.finding import the_one
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.numbering import is_called
from compliance.sharing.sight import known
from policies.access import may
from policies.permissions import Permission
from signatories.models import Organisation

from .models import Disclosure
from .rules import Status

MOST = 500


class Which(StrEnum):
    """What the register is narrowed to; `waiting` is what a manager has not answered yet."""

    WAITING = "waiting"
    AUTHORISED = "authorised"
    MADE = "made"
    REFUSED = "refused"
    ALL = "all"


SORTS = Sorts(
    Disclosure.id,
    {
        "asked": By(Disclosure.asked_at, datetime),
        "due": By(Disclosure.answer_by, date),
        "reference": By(Disclosure.reference),
        "body": By(Disclosure.body),
        "state": By(Disclosure.status),
        "organisation": By(func.lower(Organisation.name), nullable=True),
    },
    usual="-asked",
)


@dataclass(frozen=True)
class Listed:
    """An entry of the register with the name of whose it is; None for the hub."""

    disclosure: Disclosure
    organisation: str | None


def called(disclosure: Disclosure) -> str:
    """What people call a disclosure by: *DI-2026-12*."""
    return f"DI-{disclosure.year}-{disclosure.number}"


def theirs(ctx: Context) -> ColumnElement[bool]:
    """The disclosures that the actor may know of: never those of a case they are kept from, but for what they asked for."""
    return known(
        ctx, Permission.DISCLOSURE_READ, Permission.DISCLOSURE_ASK,
        by=Disclosure.asked_by, reference=Disclosure.reference, of=(Disclosure.organisation_id,),
    )  # fmt: skip


def visible(ctx: Context, disclosure_id: UUID, *, lock: bool = False) -> Disclosure:
    """One disclosure that the actor may know of, held for change with `lock`; raises NotFound, Forbidden."""
    return the_one(ctx, select(Disclosure).where(Disclosure.id == disclosure_id, theirs(ctx)), lock=lock)


def disclosures(
    ctx: Context,
    *,
    which: Which = Which.ALL,
    body: str | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The register as far as the actor may know of it, the newest first; raises Invalid at `/limit`, `/sort` and `/after`."""
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted: Select[Disclosure, str] = (
        select(Disclosure, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Disclosure.organisation_id)
        .where(theirs(ctx))
    )
    if which is not Which.ALL:
        wanted = wanted.where(Disclosure.status == _STATUS[which].value)
    if body is not None:
        wanted = wanted.where(Disclosure.body == body)
    if search and search.strip():
        wanted = wanted.where(_found_by(search.strip()))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))


@dataclass(frozen=True)
class Counted:
    """How many disclosures wait for the actor's authority, and how many of those are overdue."""

    mine: int
    overdue: int


def counted(ctx: Context) -> Counted:
    """What the first page says of disclosures: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    waits = and_(Disclosure.status == Status.ASKED.value, Disclosure.asked_by != ctx.actor.person_id)
    mine: ColumnElement[bool] = waits if may(ctx, Permission.DISCLOSURE_AUTHORISE) else false()
    over = Disclosure.answer_by < london_date(ctx.now())
    return select(func.count(case((mine, 1))), func.count(case((and_(mine, over), 1)))).where(theirs(ctx))


_STATUS = {
    Which.WAITING: Status.ASKED,
    Which.AUTHORISED: Status.AUTHORISED,
    Which.MADE: Status.MADE,
    Which.REFUSED: Status.REFUSED,
}


def _found_by(search: str) -> ColumnElement[bool]:
    looked_in: list[ColumnElement[bool]] = [
        Disclosure.reference.icontains(search, autoescape=True),
        Organisation.name.icontains(search, autoescape=True),
    ]
    number = is_called(search, Disclosure.number, Disclosure.year)
    return or_(*looked_in, *([number] if number is not None else []))

"""Reading requests for help: the hub all of them, everybody their own (GOV-6, ROL-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select

from compliance.identity.models import Person
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.numbering import is_called
from compliance.kernel.secrets import KeyRing
from policies.access import may
from policies.permissions import Permission
from signatories.models import Organisation

from .models import HelpRequest, SupportContact
from .rules import Matter, Status, Step, steps

MOST = 500

_IT = HelpRequest


class Which(StrEnum):
    """What the list is narrowed to."""

    OPEN = "open"
    ASKED = "asked"
    OVERDUE = "overdue"
    SUPPLIER = "supplier"
    ENDED = "ended"
    ALL = "all"


SORTS = Sorts(
    _IT.id,
    {
        "due": By(_IT.answer_by, date),
        "asked": By(_IT.asked_at, datetime),
        "state": By(_IT.status),
    },
    usual="due",
)


@dataclass(frozen=True)
class Listed:
    """A request in the list, with who asked, as far as it was an account, and whether its day is over."""

    request: HelpRequest
    who: str | None
    organisation: str | None
    overdue: bool


@dataclass(frozen=True)
class Whole:
    """A request with everything that was said, opened, and what the actor may do about it.

    `ask` is whom the actor may ask to pass it on, where it waits for that and they may not; None where it does not.
    """

    request: HelpRequest
    who: str
    organisation: str | None
    words: str
    ticket: str | None
    outcome: str | None
    names: dict[str, str]
    may: frozenset[Step]
    overdue: bool = False
    ask: Sequence[str] | None = None


@dataclass(frozen=True)
class Contact:
    """One who passes requests on to the supplier, or who did until a last day that is `past`."""

    contact: SupportContact
    name: str
    past: bool


@dataclass(frozen=True)
class Counted:
    """Of those the hub has: how many nobody has sorted, are overdue, and are open in all."""

    asked: int
    overdue: int
    open: int


def requests(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The requests that the actor may know of, due first at the head; `search` looks in numbers, people and organisations.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = (
        select(_IT, Person.full_name, Organisation.name)
        .outerjoin(Person, Person.id == _IT.person_id)
        .outerjoin(Organisation, Organisation.id == _IT.organisation_id)
        .where(_theirs(ctx), _which(ctx, which))
    )
    if search and search.strip():
        said, number = search.strip(), is_called(search, _IT.number, _IT.year)
        found = [each.icontains(said, autoescape=True) for each in (Person.full_name, Organisation.name)]
        wanted = wanted.where(or_(*found, *([] if number is None else [number])))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(row[0], row[1], row[2], _overdue(ctx, row[0])))


def visible(ctx: Context, request_id: UUID, *, lock: bool = False) -> HelpRequest:
    """A request that the actor may know of: the hub every one, everybody their own; no other exists."""
    wanted = select(_IT).where(_IT.id == request_id, _theirs(ctx))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def whole(ctx: Context, it: HelpRequest) -> Whole:
    """A request with everything that was said about it."""
    ring = ctx.the(KeyRing)

    def opened(sealed: bytes | None, column: str) -> str | None:
        return ring.open(sealed, place=f"help_requests.{column}:{it.id}").decode() if sealed is not None else None

    actors = {who for who in (it.taken_by, it.sorted_by, it.passed_by, it.ended_by, str(it.person_id)) if who}
    names = names_of(ctx, actors)
    named = select(Organisation.name).where(Organisation.id == it.organisation_id)
    possible = steps(it.status, it.matter) if may(ctx, Permission.HELP_HANDLE) else frozenset()
    ask = None
    if Step.PASS_ON in possible and not is_contact(ctx):
        possible -= {Step.PASS_ON}
        ask = [each.name for each in contacts(ctx) if not each.past]
    return Whole(
        it,
        opened(it.caller, "caller") or names.get(str(it.person_id), ""),
        ctx.session.scalar(named) if it.organisation_id is not None else None,
        opened(it.words, "words") or "",
        opened(it.ticket, "ticket"),
        opened(it.outcome, "outcome"),
        names,
        possible,
        _overdue(ctx, it),
        ask,
    )


def is_contact(ctx: Context) -> bool:
    """Whether the actor is a support contact now: on their last day still, and not on the day after."""
    if ctx.actor.person_id is None:
        return False
    theirs = SupportContact.person_id == ctx.actor.person_id
    return (
        ctx.session.scalar(select(SupportContact.id).where(theirs, SupportContact.ended_at.is_(None), ~_past(ctx)))
        is not None
    )


def contacts(ctx: Context) -> Sequence[Contact]:
    """The support contacts of now, by name, and after them those whose last day is over and whom nobody took off the list.

    Raises Forbidden.
    """
    if not may(ctx, Permission.HELP_READ):
        raise Forbidden()
    past = _past(ctx)
    rows = ctx.session.execute(
        select(SupportContact, Person.full_name, past)
        .join(Person, Person.id == SupportContact.person_id)
        .where(SupportContact.ended_at.is_(None))
        .order_by(past, Person.full_name, SupportContact.id)
        .limit(MOST)
    )
    return [Contact(row[0], row[1], bool(row[2])) for row in rows]


def past_contact(ctx: Context, person_id: UUID) -> SupportContact | None:
    """This person's entry of which the last day is over and that nobody took off the list, held."""
    theirs = select(SupportContact).where(
        SupportContact.person_id == person_id, SupportContact.ended_at.is_(None), _past(ctx)
    )
    return ctx.session.scalars(theirs.with_for_update()).one_or_none()


def _past(ctx: Context) -> ColumnElement[bool]:
    """The last day is over, in London; who has none is not past it."""
    return func.coalesce(SupportContact.ends_on < london_date(ctx.now()), false())


def counted(ctx: Context) -> Counted:
    """What the first page says of requests for help: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    return select(
        func.count(case((_which(ctx, Which.ASKED), 1))),
        func.count(case((_which(ctx, Which.OVERDUE), 1))),
        func.count(case((_which(ctx, Which.OPEN), 1))),
    ).select_from(_IT)


def _overdue(ctx: Context, it: HelpRequest) -> bool:
    return it.ended_at is None and it.answer_by < london_date(ctx.now())


def _theirs(ctx: Context) -> ColumnElement[bool]:
    """The requests that the actor may know of; raises Forbidden where there can be none."""
    if may(ctx, Permission.HELP_READ):
        return _IT.id.is_not(None)
    if ctx.actor.person_id is None:
        raise Forbidden()
    return _IT.person_id == ctx.actor.person_id


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    unended = _IT.ended_at.is_(None)
    return {
        Which.OPEN: unended,
        Which.ASKED: _IT.status == Status.ASKED.value,
        Which.OVERDUE: unended & (_IT.answer_by < london_date(ctx.now())),
        Which.SUPPLIER: unended & (_IT.matter == Matter.SUPPLIER.value),
        Which.ENDED: _IT.ended_at.is_not(None),
        Which.ALL: _IT.id.is_not(None),
    }[which]

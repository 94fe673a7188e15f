"""Reading requests for re-use: those one's organisation supplied or asked for, whose answer waits, what is open (SHA-2, DEC-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.finding import the_one
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.numbering import is_called
from compliance.sharing.sight import known
from policies.access import could, may, reach, require
from policies.permissions import Permission
from signatories.models import Organisation

from .models import ReuseRequest
from .rules import TAKEN_WITH, Status, Step

MOST = 500

Asking = aliased(Organisation)


class Which(StrEnum):
    """What a list of requests is narrowed to."""

    OPEN = "open"
    MY_TURN = "my_turn"
    OVERDUE = "overdue"
    ENDED = "ended"
    ALL = "all"


SORTS = Sorts(
    ReuseRequest.id,
    {
        "due": By(ReuseRequest.answer_by, date),
        "asked": By(ReuseRequest.asked_at, datetime),
        "reference": By(ReuseRequest.reference),
        "supplier": By(func.lower(Organisation.name)),
        "state": By(ReuseRequest.status),
    },
    usual="-asked",
)


@dataclass(frozen=True)
class Listed:
    """A request in the list, with the names of its supplier and of who asks; None for the hub."""

    request: ReuseRequest
    supplier: str
    asking: str | None


def called(request: ReuseRequest) -> str:
    """What people call a request by: *RU-2026-12*."""
    return f"RU-{request.year}-{request.number}"


def theirs(ctx: Context) -> ColumnElement[bool]:
    """The requests that the actor may know of: their own, and but for a case they are kept from those of their organisation."""
    return known(
        ctx, Permission.REUSE_READ, Permission.REUSE_ASK, by=ReuseRequest.asked_by, reference=ReuseRequest.reference,
        of=(ReuseRequest.supplier_id, ReuseRequest.asking_organisation_id),
    )  # fmt: skip


def visible(ctx: Context, request_id: UUID, *, lock: bool = False) -> ReuseRequest:
    """One request that the actor may know of, held for change with `lock`; raises NotFound, Forbidden."""
    return the_one(ctx, select(ReuseRequest).where(ReuseRequest.id == request_id, theirs(ctx)), lock=lock)


def held(ctx: Context, request_id: UUID) -> ReuseRequest:
    """A request held for change, for a job; raises NotFound, Forbidden."""
    require(ctx, Permission.REUSE_CHASE)
    return the_one(ctx, select(ReuseRequest).where(ReuseRequest.id == request_id), lock=True)


def requests(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    purpose: str | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The requests that the actor may know of, the newest first; raises Invalid at `/limit`, `/sort` and `/after`."""
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted: Select[ReuseRequest, str, str] = (
        select(ReuseRequest, Organisation.name, Asking.name)
        .join(Organisation, Organisation.id == ReuseRequest.supplier_id)
        .outerjoin(Asking, Asking.id == ReuseRequest.asking_organisation_id)
        .where(theirs(ctx), _which(ctx, which))
    )
    if purpose is not None:
        wanted = wanted.where(ReuseRequest.purpose == purpose)
    if search and search.strip():
        wanted = wanted.where(_found_by(search.strip()))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))


@dataclass(frozen=True)
class Counted:
    """How many requests wait for the actor's answer, and how many of those are overdue."""

    mine: int
    overdue: int


def counted(ctx: Context) -> Counted:
    """What the first page says of requests: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    mine, over = _my_turn(ctx), ReuseRequest.answer_by < london_date(ctx.now())
    return select(func.count(case((mine, 1))), func.count(case((and_(mine, over), 1)))).where(theirs(ctx))


def waits_for_an_answer() -> ColumnElement[bool]:
    """As a condition on `ReuseRequest`: nothing about its reference is disposed of while it waits (RET-5)."""
    return ReuseRequest.status == Status.OPEN.value


def is_open(reference: Any) -> ColumnElement[bool]:
    """The same as a condition: a request about this reference waits for an answer."""
    return exists().where(ReuseRequest.reference == reference, waits_for_an_answer())


def may_take(ctx: Context, request: ReuseRequest, step: Step) -> bool:
    """Whether the actor's roles let them take this step: an answer for the supplier, or an overriding reason for the hub."""
    return may(ctx, TAKEN_WITH[step], organisation=None if step is Step.RELY else request.supplier_id)


def _my_turn(ctx: Context) -> ColumnElement[bool]:
    """The requests that the actor may answer for the supplier: none that they asked for themselves."""
    if not could(ctx, Permission.REUSE_ANSWER) or ctx.actor.person_id is None:
        return false()
    within = reach(ctx, Permission.REUSE_ANSWER)
    supplied = true() if within is None else ReuseRequest.supplier_id.in_(within)
    return and_(
        ReuseRequest.status == Status.OPEN.value, supplied, ReuseRequest.asked_by != ctx.actor.person_id,
        none_kept(ctx, ReuseRequest.reference),
    )  # fmt: skip


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    is_open = ReuseRequest.status == Status.OPEN.value
    return {
        Which.OPEN: is_open,
        Which.MY_TURN: _my_turn(ctx),
        Which.OVERDUE: and_(is_open, ReuseRequest.answer_by < london_date(ctx.now())),
        Which.ENDED: ~is_open,
        Which.ALL: true(),
    }[which]


def _found_by(search: str) -> ColumnElement[bool]:
    looked_in: list[ColumnElement[bool]] = [
        ReuseRequest.reference.icontains(search, autoescape=True),
        Organisation.name.icontains(search, autoescape=True),
        Asking.name.icontains(search, autoescape=True),
    ]
    number = is_called(search, ReuseRequest.number, ReuseRequest.year)
    return or_(*looked_in, *([number] if number is not None else []))

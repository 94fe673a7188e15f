"""Reading flags: those that somebody may know of, how many wait, and who can review them (AUD-6, DEC-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import aliased

from audit.models import LogHead
from compliance.decisions.exceptions.models import Conflict
from compliance.decisions.exceptions.queries import none_kept
from compliance.identity.models import Person
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.errors import Forbidden, Refusal
from compliance.kernel.finding import the_one
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import could, may, reach, require
from policies.need_to_know import CONCERN
from policies.permissions import Permission
from signatories.models import Organisation

from .errors import RaisedByYou
from .models import AccessFlag, FlaggedUpTo
from .rules import Status

MOST = 500

_ABOUT = aliased(Person)
_REVIEWER = aliased(Person)


class Which(StrEnum):
    """What a list of flags is narrowed to."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    EXPLAINED = "explained"
    BREACH = "breach"
    RAISED = "raised"
    ALL = "all"


SORTS = Sorts(
    AccessFlag.id,
    {
        "due": By(AccessFlag.due_on, date),
        "raised": By(AccessFlag.raised_at, datetime),
        "rule": By(AccessFlag.rule),
        "person": By(func.lower(_ABOUT.full_name), nullable=True),
        "reviewer": By(func.lower(_REVIEWER.full_name), nullable=True),
        "accesses": By(AccessFlag.accesses, int),
    },
    usual="due",
)
"""How flags can be sorted; those about nobody in particular, and those with no reviewer, come before the others."""

CONCERN_SORTS = Sorts(AccessFlag.id, {"raised": By(AccessFlag.raised_at, datetime)}, usual="-raised")


@dataclass(frozen=True)
class Listed:
    """A flag in the list, with the names behind its ids."""

    flag: AccessFlag
    person: str | None
    organisation: str | None
    reviewer: str | None


def theirs(ctx: Context) -> ColumnElement[bool]:
    """The flags that the actor may know of.

    Never one about themselves or about a case they are kept from; one about a conflict of interest only where they
    set it; and of the others all, for whoever reviews, and none for anybody else (DEC-6). Raises Forbidden.
    """
    reach(ctx, Permission.FLAG_READ)
    me = ctx.actor.person_id
    if me is None:
        return false()
    set_by_me = AccessFlag.conflict_id.in_(
        select(Conflict.id).where(or_(Conflict.asked_by == str(me), Conflict.agreed_by == str(me)))
    )
    mine = or_(AccessFlag.conflict_id.is_(None), set_by_me) if may(ctx, Permission.FLAG_REVIEW) else set_by_me
    others = or_(AccessFlag.person_id.is_(None), AccessFlag.person_id != me)
    return and_(mine, others, none_kept(ctx, AccessFlag.reference))


def visible(ctx: Context, flag_id: UUID, *, lock: bool = False) -> AccessFlag:
    """A flag that the actor may know of; every other does not exist."""
    if not could(ctx, Permission.FLAG_READ):
        raise Forbidden()
    wanted = select(AccessFlag).where(AccessFlag.id == flag_id, theirs(ctx))
    return the_one(ctx, wanted, lock=lock)


def held(ctx: Context, flag_id: UUID) -> AccessFlag:
    """A flag held for change, for a job; raises NotFound, Forbidden."""
    require(ctx, Permission.FLAG_RAISE)
    return the_one(ctx, select(AccessFlag).where(AccessFlag.id == flag_id), lock=True)


def flags(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    rule: str | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The flags that the actor may know of, what is due first at the head; `search` looks in names and references.

    Raises Invalid at `/limit`, `/sort` and `/after`.
    """
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted: Select[AccessFlag, str, str, str] = (
        select(AccessFlag, _ABOUT.full_name, Organisation.name, _REVIEWER.full_name)
        .outerjoin(_ABOUT, _ABOUT.id == AccessFlag.person_id)
        .outerjoin(Organisation, Organisation.id == AccessFlag.organisation_id)
        .outerjoin(_REVIEWER, _REVIEWER.id == AccessFlag.reviewer_id)
        .where(theirs(ctx), _which(ctx, which))
    )
    if rule:
        wanted = wanted.where(AccessFlag.rule == rule)
    if search and search.strip():
        looked_in = (_ABOUT.full_name, Organisation.name, _REVIEWER.full_name, AccessFlag.reference)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))


def reported(
    ctx: Context,
    *,
    waits: bool | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[AccessFlag]:
    """The concerns that the actor reported, the newest first; `waits` for those that nobody has reviewed yet, or not.

    `search` looks in the references they gave.
    """
    sort = CONCERN_SORTS.known(sort)
    wanted = select(AccessFlag).where(AccessFlag.raised_by == ctx.actor.id, AccessFlag.rule == CONCERN)
    if waits is not None:
        is_open = AccessFlag.status == Status.OPEN.value
        wanted = wanted.where(is_open if waits else ~is_open)
    if search and search.strip():
        wanted = wanted.where(AccessFlag.reference.icontains(search.strip(), autoescape=True))
    place = CONCERN_SORTS.read(after, sort)
    return CONCERN_SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))


@dataclass(frozen=True)
class Counted:
    """How many flags wait for the actor, how many of those are overdue, how many wait for nobody, and how many are open."""

    mine: int
    overdue: int
    unassigned: int
    open: int


def counted(ctx: Context) -> Counted:
    """What the first page says of flags: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    me, today = ctx.actor.person_id, london_date(ctx.now())
    mine = AccessFlag.reviewer_id == me
    return select(
        func.count(case((mine, 1))),
        func.count(case((and_(mine, AccessFlag.due_on < today), 1))),
        func.count(case((AccessFlag.reviewer_id.is_(None), 1))),
        func.count(),
    ).where(AccessFlag.status == Status.OPEN.value, theirs(ctx))


@dataclass(frozen=True)
class Standing:
    """How many entries of the log no rule has looked at yet, and how many flags are nobody's and overdue."""

    behind: int
    unassigned: int
    overdue: int


def standing(ctx: Context) -> Standing:
    """How it stands, in numbers, for whoever holds the machine."""
    place = ctx.session.scalar(select(FlaggedUpTo.number)) or 0
    size = ctx.session.scalar(select(LogHead.size)) or 0
    nobodys, overdue = ctx.session.execute(
        select(
            func.count(case((AccessFlag.reviewer_id.is_(None), 1))),
            func.count(case((AccessFlag.due_on < london_date(ctx.now()), 1))),
        ).where(AccessFlag.status == Status.OPEN.value)
    ).one()
    return Standing(size - place, nobodys, overdue)


def why_not(ctx: Context, flag: AccessFlag) -> Refusal | None:
    """Why the actor can neither review a flag nor hand it over; None where they can (ROL-3)."""
    if ctx.actor.person_id is None or not (flag.conflict_id or may(ctx, Permission.FLAG_REVIEW)):
        return Forbidden()
    return RaisedByYou() if flag.raised_by == ctx.actor.id else None


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    is_open = AccessFlag.status == Status.OPEN.value
    return {
        Which.OPEN: is_open,
        Which.MINE: and_(is_open, AccessFlag.reviewer_id == ctx.actor.person_id),
        Which.UNASSIGNED: and_(is_open, AccessFlag.reviewer_id.is_(None)),
        Which.OVERDUE: and_(is_open, AccessFlag.due_on < london_date(ctx.now())),
        Which.EXPLAINED: AccessFlag.status == Status.EXPLAINED.value,
        Which.BREACH: AccessFlag.status == Status.BREACH.value,
        Which.RAISED: AccessFlag.status == Status.RAISED.value,
        Which.ALL: AccessFlag.id.is_not(None),
    }[which]

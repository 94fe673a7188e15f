"""Reading flags: those that somebody may know of, what they rest on, and who can review them (AUD-6, DEC-6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select, true, union_all
from sqlalchemy.orm import aliased

from audit.models import AuditEntry, LogHead
from compliance.decisions.exceptions.models import Conflict
from compliance.decisions.exceptions.queries import kept_from
from compliance.identity.models import Person
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid, NotFound, Refusal
from compliance.kernel.keyset import By, Page, Sorts
from compliance.kernel.secrets import KeyRing
from policies.access import could, may, reach, require
from policies.groups import NeedToKnowRule
from policies.permissions import Permission
from policies.values import CONCERN, Policy
from signatories.models import Organisation

from .errors import RaisedByYou
from .events import FlagViewed
from .models import AccessFlag, AccessFlagEntry, FlaggedUpTo
from .rules import Status

MOST = 500
ENTRIES_SHOWN = 50
PURPOSE = "concern"
"""Why the entries behind a flag are read: a code of `reading_purposes.toml`."""

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


@dataclass(frozen=True)
class Words:
    """What people wrote: of a concern what happened, whose access and when, as they put it; and what a review found."""

    concern: Mapping[str, str] | None
    answer: str | None


@dataclass(frozen=True)
class Others:
    """How many other flags there are about the same person, and about their organisation, and what became of them."""

    person: Mapping[str, int]
    organisation: Mapping[str, int]


@dataclass(frozen=True)
class Logged:
    """An entry of the log, as far as a flag shows it."""

    number: int
    at: str
    event: str
    outcome: str
    reference: str | None
    purpose: str | None
    actor_kind: str
    actor_id: str


@dataclass(frozen=True)
class Whole:
    """A flag with all that its reviewer goes by. `rule` is None for a concern, and for one the policy knows no more."""

    flag: AccessFlag
    rule: NeedToKnowRule | None
    person: Person | None
    organisation: str | None
    reviewer: str | None
    words: Words
    entries: list[Logged]
    more: bool
    history: list[Logged]
    names: Mapping[str, str]
    others: Others
    why_not: Refusal | None


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
    known = [mine, or_(AccessFlag.person_id.is_(None), AccessFlag.person_id != me)]
    kept = kept_from(ctx)
    if kept:
        known.append(or_(AccessFlag.reference.is_(None), AccessFlag.reference.not_in(kept)))
    return and_(*known)


def visible(ctx: Context, flag_id: UUID, *, lock: bool = False) -> AccessFlag:
    """A flag that the actor may know of; every other does not exist."""
    if not could(ctx, Permission.FLAG_READ):
        raise Forbidden()
    wanted = select(AccessFlag).where(AccessFlag.id == flag_id, theirs(ctx))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def held(ctx: Context, flag_id: UUID) -> AccessFlag:
    """A flag held for change, for a job; raises NotFound, Forbidden."""
    require(ctx, Permission.FLAG_RAISE)
    wanted = select(AccessFlag).where(AccessFlag.id == flag_id).with_for_update()
    found = ctx.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound()
    return found


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
    if not 1 <= limit <= MOST:
        raise Invalid.at("/limit", f"Ask for between 1 and {MOST} at a time.")
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
    """How many flags wait for the actor, how many of those are overdue, and how many wait for nobody."""

    mine: int
    overdue: int
    unassigned: int


def counted(ctx: Context) -> Counted:
    """What the first page says of flags: one statement."""
    me, today = ctx.actor.person_id, london_date(ctx.now())
    mine = AccessFlag.reviewer_id == me
    row = ctx.session.execute(
        select(
            func.count(case((mine, 1))),
            func.count(case((and_(mine, AccessFlag.due_on < today), 1))),
            func.count(case((AccessFlag.reviewer_id.is_(None), 1))),
        ).where(AccessFlag.status == Status.OPEN.value, theirs(ctx))
    ).one()
    return Counted(*row)


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


def whole(ctx: Context, flag: AccessFlag) -> Whole:
    """A flag with what it rests on and what was done about it."""
    person, organisation = ctx.session.execute(
        select(Person, Organisation.name)
        .select_from(AccessFlag)
        .outerjoin(Person, Person.id == AccessFlag.person_id)
        .outerjoin(Organisation, Organisation.id == AccessFlag.organisation_id)
        .where(AccessFlag.id == flag.id)
    ).one()
    entries, history = _of_the_log(ctx, flag)
    ids = {row.actor_id for row in history} | {flag.raised_by, flag.decided_by or "", str(flag.reviewer_id or "")}
    names = names_of(ctx, ids)
    return Whole(
        flag, ctx.the(Policy).need_to_know.get(flag.rule), person, organisation,
        names.get(str(flag.reviewer_id)), words(ctx, flag), entries[:ENTRIES_SHOWN], len(entries) > ENTRIES_SHOWN,
        history, names, _others(ctx, flag), why_not(ctx, flag),
    )  # fmt: skip


def words(ctx: Context, flag: AccessFlag) -> Words:
    """What was sealed with a flag, opened."""
    ring = ctx.the(KeyRing)
    concern = ring.open(flag.concern, place=f"access_flags.concern:{flag.id}") if flag.concern else None
    answer = ring.open(flag.answer, place=f"access_flags.answer:{flag.id}") if flag.answer else None
    return Words(json.loads(concern) if concern else None, answer.decode() if answer else None)


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    is_open = AccessFlag.status == Status.OPEN.value
    return {
        Which.OPEN: is_open,
        Which.MINE: and_(is_open, AccessFlag.reviewer_id == ctx.actor.person_id),
        Which.UNASSIGNED: and_(is_open, AccessFlag.reviewer_id.is_(None)),
        Which.OVERDUE: and_(is_open, AccessFlag.due_on < london_date(ctx.now())),
        Which.EXPLAINED: AccessFlag.status == Status.EXPLAINED.value,
        Which.BREACH: AccessFlag.status == Status.BREACH.value,
        Which.ALL: AccessFlag.id.is_not(None),
    }[which]


def _of_the_log(ctx: Context, flag: AccessFlag) -> tuple[list[Logged], list[Logged]]:
    """The newest entries that a flag rests on, one more than are shown, and those that say what was done about it.

    None is of a case the actor is kept from.
    """
    entry = AuditEntry
    said = (entry.number, entry.at, entry.event, entry.outcome, entry.reference, entry.purpose, entry.actor_kind,
            entry.actor_id)  # fmt: skip
    kept = kept_from(ctx)
    known = or_(entry.reference.is_(None), entry.reference.not_in(kept)) if kept else true()
    rests = (
        select(*said, literal(1).label("rests"))
        .join(AccessFlagEntry, AccessFlagEntry.number == entry.number)
        .where(AccessFlagEntry.flag_id == flag.id, known)
        .order_by(entry.number.desc())
        .limit(ENTRIES_SHOWN + 1)
        .subquery()
    )
    done = (
        select(*said, literal(0).label("rests"))
        .where(entry.subject_id == str(flag.id), entry.event != FlagViewed.name)
        .order_by(entry.number.desc())
        .limit(ENTRIES_SHOWN)
        .subquery()
    )
    both = union_all(select(rests), select(done)).subquery()
    rows = ctx.session.execute(select(both).order_by(both.c.number.desc())).all()
    return [Logged(*row[:-1]) for row in rows if row.rests], [Logged(*row[:-1]) for row in rows if not row.rests]


def _others(ctx: Context, flag: AccessFlag) -> Others:
    if flag.person_id is None and flag.organisation_id is None:
        return Others({}, {})
    same_person = and_(AccessFlag.person_id.is_not(None), AccessFlag.person_id == flag.person_id)
    same_place = and_(AccessFlag.organisation_id.is_not(None), AccessFlag.organisation_id == flag.organisation_id)
    rows = ctx.session.execute(
        select(AccessFlag.status, func.count(case((same_person, 1))), func.count(case((same_place, 1))))
        .where(or_(same_person, same_place), AccessFlag.id != flag.id, theirs(ctx))
        .group_by(AccessFlag.status)
    ).all()
    return Others({status: n for status, n, _ in rows if n}, {status: n for status, _, n in rows if n})

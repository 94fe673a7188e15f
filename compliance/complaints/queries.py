"""Reading complaints: those one may know of, whose turn each is, and for whom one may act (COM-2, COM-5, COM-7, DEC-6)."""

from __future__ import annotations

import re
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
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.finding import the_one
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import could, may, reach, require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import rules
from .models import Complaint, ComplaintDiscussion, ComplaintReport, ComplaintSide, ComplaintStage
from .rules import LAST, Speaker, Status, Turn, turns

MOST = 500
NUMBER = re.compile(r"(?P<year>20\d{2})[-/](?P<number>\d{1,6})")

_FROM = aliased(Organisation)
_ABOUT = aliased(Organisation)


class Which(StrEnum):
    """What a list of complaints is narrowed to."""

    OPEN = "open"
    MINE = "mine"
    WAITING = "waiting"
    OVERDUE = "overdue"
    ENDED = "ended"
    ALL = "all"


SORTS = Sorts(
    Complaint.id,
    {
        "due": By(ComplaintStage.due_on, date),
        "raised": By(Complaint.raised_at, datetime),
        "from": By(func.lower(_FROM.name)),
        "about": By(func.lower(_ABOUT.name)),
        "stage": By(Complaint.stage, int),
        "theme": By(Complaint.theme),
    },
    usual="due",
)
"""How complaints can be sorted; by the last day of their stage unless somebody asks."""


@dataclass(frozen=True)
class Listed:
    """A complaint in the list: between whom, until when its stage lasts, whose move it is, and whether it is one's own."""

    complaint: Complaint
    complains: str
    about: str
    due_on: date
    turns: frozenset[Turn]
    mine: bool
    overdue: bool


@dataclass(frozen=True)
class Counted:
    """How many open complaints wait for the actor, wait for others, and are overdue."""

    mine: int
    waiting: int
    overdue: int


def theirs(ctx: Context) -> ColumnElement[bool]:
    """The complaints that the actor may know of (COM-7); raises Forbidden for who may know of none.

    Those of their own organisation, all of them for the hub, and for the chair those that have come to the last
    stage; never one about a case that they are kept from (DEC-6).
    """
    ways: list[ColumnElement[bool]] = []
    if could(ctx, Permission.COMPLAINT_TAKE_PART):
        within = reach(ctx, Permission.COMPLAINT_TAKE_PART)
        ways.append(true() if within is None else _between(within))
    if may(ctx, Permission.COMPLAINT_RULE):
        ways.append(Complaint.stage == LAST)
    if not ways:
        raise Forbidden()
    return and_(or_(*ways), none_kept(ctx, Complaint.reference))


def visible(ctx: Context, complaint_id: UUID, *, lock: bool = False) -> Complaint:
    """A complaint that the actor may know of; to everybody else it does not exist (COM-7)."""
    try:
        wanted = select(Complaint).where(Complaint.id == complaint_id, theirs(ctx))
    except Forbidden:
        raise NotFound() from None
    return the_one(ctx, wanted, lock=lock)


def held(ctx: Context, stage_id: UUID) -> tuple[Complaint, ComplaintStage]:
    """A stage and its complaint held for change, for a job; raises NotFound, Forbidden."""
    require(ctx, Permission.COMPLAINT_CHASE)
    owner = select(ComplaintStage.complaint_id).where(ComplaintStage.id == stage_id).scalar_subquery()
    complaint = the_one(ctx, select(Complaint).where(Complaint.id == owner), lock=True)
    return complaint, ctx.session.get_one(ComplaintStage, stage_id, populate_existing=True)


def acts_for(ctx: Context, complaint: Complaint) -> list[UUID]:
    """The organisations in it for which the actor may take part: both for the hub, which acts for who has no account."""
    sides = (complaint.from_organisation_id, complaint.about_organisation_id)
    return [each for each in sides if may(ctx, Permission.COMPLAINT_TAKE_PART, organisation=each)]


def acting_for(ctx: Context, complaint: Complaint, organisation_id: UUID | None) -> UUID:
    """The one organisation that the actor acts for now; raises Forbidden, and Invalid at `/on_behalf` where it is to be said."""
    able = acts_for(ctx, complaint)
    if not able:
        raise Forbidden()
    if organisation_id is None and len(able) == 1:
        return able[0]
    if organisation_id not in able:
        raise Invalid.at("/on_behalf", "Choose the organisation for which you act.")
    return organisation_id


def other(complaint: Complaint, organisation_id: UUID) -> UUID:
    """The organisation on the other side."""
    first, second = complaint.from_organisation_id, complaint.about_organisation_id
    return second if organisation_id == first else first


def stage_of(ctx: Context, complaint: Complaint) -> ComplaintStage:
    """The stage that a complaint stands at."""
    wanted = select(ComplaintStage).where(
        ComplaintStage.complaint_id == complaint.id, ComplaintStage.stage == complaint.stage
    )
    return ctx.session.scalars(wanted.execution_options(populate_existing=True)).one()


def sides_of(ctx: Context, complaint: Complaint) -> dict[UUID, ComplaintSide]:
    """Who speaks for each organisation at the stage that a complaint stands at."""
    wanted = select(ComplaintSide).where(
        ComplaintSide.complaint_id == complaint.id, ComplaintSide.stage == complaint.stage
    )
    rows = ctx.session.scalars(wanted.execution_options(populate_existing=True))
    return {row.organisation_id: row for row in rows}


def speaker_of(side: ComplaintSide) -> Speaker:
    """The person a side names."""
    return Speaker(side.name, side.post, side.email, side.person_id)


def recorded(ctx: Context, complaint: Complaint) -> frozenset[UUID]:
    """The organisations that have recorded discussions at the stage that a complaint stands at (COM-2)."""
    wanted = select(ComplaintDiscussion.organisation_id).where(
        ComplaintDiscussion.complaint_id == complaint.id, ComplaintDiscussion.stage == complaint.stage
    )
    return frozenset(ctx.session.scalars(wanted))


def other_side(ctx: Context, complaint: Complaint, organisation_id: UUID) -> ComplaintSide:
    """Who speaks for the other organisation now."""
    return sides_of(ctx, complaint)[other(complaint, organisation_id)]


def due_on(ctx: Context, stage: int, immediate_risk: bool) -> date:
    """The last day of a stage that opens today, by the policy in force; raises BeyondCalendar."""
    policy = ctx.the(Policy)
    days = policy.complaints.stage_working_days
    return rules.due_on(london_date(ctx.now()), stage, days, immediate_risk=immediate_risk, calendar=policy.calendar)


def report(ctx: Context, complaint: Complaint, stage: int) -> ComplaintReport | None:
    """The report that opens this stage, if it was sent (COM-3)."""
    wanted = select(ComplaintReport).where(ComplaintReport.complaint_id == complaint.id, ComplaintReport.stage == stage)
    return ctx.session.scalars(wanted).one_or_none()


def taken_up_by(ctx: Context, complaint: Complaint) -> UUID | None:
    """The complaint that takes this one up again, if any (COM-4)."""
    return ctx.session.scalar(select(Complaint.id).where(Complaint.follows_id == complaint.id))


def complaints(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    stage: int | None = None,
    theme: str | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The complaints that the actor may know of; `search` looks in names, references, and numbers such as 2026-7.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted: Select[*tuple[Any, ...]] = (
        select(Complaint, _FROM.name, _ABOUT.name, ComplaintStage.due_on, _has(_FROM), _has(_ABOUT), _mine(ctx))
        .join(_FROM, _FROM.id == Complaint.from_organisation_id)
        .join(_ABOUT, _ABOUT.id == Complaint.about_organisation_id)
        .join(ComplaintStage, _CURRENT)
        .where(theirs(ctx), _which(ctx, which))
    )
    if stage is not None:
        wanted = wanted.where(Complaint.stage == stage)
    if theme:
        wanted = wanted.where(Complaint.theme == theme)
    if search and search.strip():
        wanted = wanted.where(_found(search.strip()))
    today = london_date(ctx.now())
    return SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit).each(lambda row: _listed(row, today))


def counted(ctx: Context) -> Counted:
    """What the first page says of complaints: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    mine, today = _mine(ctx), london_date(ctx.now())
    return (
        select(
            func.count(case((mine, 1))),
            func.count(case((~mine, 1))),
            func.count(case((ComplaintStage.due_on < today, 1))),
        )
        .select_from(Complaint)
        .join(ComplaintStage, _CURRENT)
        .where(Complaint.status == Status.OPEN.value, theirs(ctx))
    )


_CURRENT = and_(ComplaintStage.complaint_id == Complaint.id, ComplaintStage.stage == Complaint.stage)


def _between(organisations: frozenset[UUID]) -> ColumnElement[bool]:
    return or_(Complaint.from_organisation_id.in_(organisations), Complaint.about_organisation_id.in_(organisations))


def _has_recorded(organisation: Any) -> ColumnElement[bool]:
    return exists().where(
        ComplaintDiscussion.complaint_id == Complaint.id,
        ComplaintDiscussion.stage == Complaint.stage,
        ComplaintDiscussion.organisation_id == organisation,
    )


_FROM_RECORDED = _has_recorded(Complaint.from_organisation_id)
_ABOUT_RECORDED = _has_recorded(Complaint.about_organisation_id)


def _has(side: Any) -> ColumnElement[bool]:
    return _FROM_RECORDED if side is _FROM else _ABOUT_RECORDED


def _mine(ctx: Context) -> ColumnElement[bool]:
    """The condition that it is the actor's organisation's move, or the chair's who they are: `rules.turns`, by the store."""
    ways: list[ColumnElement[bool]] = []
    within = _own(ctx)
    if within:
        complains, about = (
            Complaint.from_organisation_id.in_(within),
            Complaint.about_organisation_id.in_(within),
        )
        decides = and_(_ABOUT_RECORDED, Complaint.stage < LAST)
        ways += [and_(complains, or_(~_FROM_RECORDED, decides)), and_(about, ~_ABOUT_RECORDED)]
    if may(ctx, Permission.COMPLAINT_RULE):
        ways.append(Complaint.stage == LAST)
    return or_(*ways) if ways else false()


def _own(ctx: Context) -> frozenset[UUID]:
    """The organisations the actor belongs to; none for the hub, on which no complaint waits."""
    if not could(ctx, Permission.COMPLAINT_TAKE_PART):
        return frozenset()
    return reach(ctx, Permission.COMPLAINT_TAKE_PART) or frozenset()


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    is_open = Complaint.status == Status.OPEN.value
    return {
        Which.OPEN: lambda: is_open,
        Which.MINE: lambda: and_(is_open, _mine(ctx)),
        Which.WAITING: lambda: and_(is_open, ~_mine(ctx)),
        Which.OVERDUE: lambda: and_(is_open, ComplaintStage.due_on < london_date(ctx.now())),
        Which.ENDED: lambda: ~is_open,
        Which.ALL: true,
    }[which]()


def _found(search: str) -> ColumnElement[bool]:
    ways = [column.icontains(search, autoescape=True) for column in (_FROM.name, _ABOUT.name, Complaint.reference)]
    number = NUMBER.fullmatch(search)
    if number is not None:
        ways.append(and_(Complaint.year == int(number["year"]), Complaint.number == int(number["number"])))
    return or_(*ways)


def _listed(row: Any, today: date) -> Listed:
    complaint, complains, about, due_on, from_recorded, about_recorded, mine = row
    is_open = complaint.status == Status.OPEN.value
    waits = turns(complaint.stage, from_recorded=from_recorded, about_recorded=about_recorded)
    return Listed(
        complaint, complains, about, due_on, waits if is_open else frozenset(), is_open and bool(mine),
        is_open and due_on < today,
    )  # fmt: skip

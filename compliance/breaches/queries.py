"""Reading breaches: those that somebody may know of, whose turn it is, what is overdue (BRE-2, DEC-6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true

from compliance.accesses.flags.models import AccessFlag
from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.errors import Forbidden
from compliance.kernel.finding import the_one
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import could, may, reach, require
from policies.permissions import Permission
from signatories.models import Organisation

from .models import Incident, IncidentAction
from .rules import ENDED, HELD_BY_PARTNER, MOVES, Kind, Status

MOST = 500

_ENDED = tuple(status.value for status in ENDED)
_NUMBER = re.compile(r"(?:BR-)?(\d{4})-(\d{1,6})", re.IGNORECASE)


class Which(StrEnum):
    """What a list of breaches is narrowed to."""

    OPEN = "open"
    MY_TURN = "my_turn"
    OVERDUE = "overdue"
    MY_ACTIONS = "my_actions"
    REPORTED_BY_ME = "reported_by_me"
    ENDED = "ended"
    ALL = "all"


SORTS = Sorts(
    Incident.id,
    {
        "due": By(Incident.due_on, date, nullable=True),
        "reported": By(Incident.reported_at, datetime),
        "kind": By(Incident.kind),
        "organisation": By(func.lower(Organisation.name), nullable=True),
        "state": By(Incident.status),
    },
    usual="-reported",
)
"""How breaches can be sorted; those with no last day, and those about nobody in particular, come before the others."""


@dataclass(frozen=True)
class Listed:
    """A breach in the list, with the name of the partner it is about."""

    incident: Incident
    organisation: str | None


def called(incident: Incident) -> str:
    """What people call a breach by: *BR-2026-12*."""
    return f"BR-{incident.year}-{incident.number}"


def theirs(ctx: Context) -> ColumnElement[bool]:
    """The breaches that the actor may know of.

    All of them for whoever reads them for the hub; for a partner's own readers those raised with it; and for everybody
    what they reported themselves. But for the last, never one whose case they are kept from, and never one that comes
    from a flag about themselves (DEC-6, AUD-6).
    """
    return or_(_whole(ctx), Incident.reported_by == ctx.actor.id)


def _whole(ctx: Context) -> ColumnElement[bool]:
    """The breaches of which the actor may read everything there is."""
    if not could(ctx, Permission.INCIDENT_READ):
        return false()
    within = reach(ctx, Permission.INCIDENT_READ)
    mine: ColumnElement[bool] = true()
    if within is not None:
        mine = and_(Incident.organisation_id.in_(within), Incident.status != Status.REPORTED.value)
    me = ctx.actor.person_id
    about_me = exists().where(AccessFlag.id == Incident.flag_id, AccessFlag.person_id == me) if me else false()
    return and_(mine, none_kept(ctx, Incident.reference), ~about_me)


def visible(ctx: Context, incident_id: UUID, *, lock: bool = False) -> Incident:
    """A breach that the actor may know of, held for change with `lock`; every other does not exist.

    Raises NotFound, and Forbidden for whoever can neither read nor report any.
    """
    if not could(ctx, Permission.INCIDENT_READ) and not could(ctx, Permission.INCIDENT_REPORT):
        raise Forbidden()
    return _one(ctx, theirs(ctx), incident_id, lock)


def readable(ctx: Context, incident_id: UUID, *, lock: bool = False) -> Incident:
    """As `visible`, but only one of which the actor may read everything: what whoever acts on it needs."""
    if not could(ctx, Permission.INCIDENT_READ):
        raise Forbidden()
    return _one(ctx, _whole(ctx), incident_id, lock)


def held(ctx: Context, incident_id: UUID) -> Incident:
    """A breach held for change, for a job; raises NotFound, Forbidden."""
    require(ctx, Permission.INCIDENT_CHASE)
    return _one(ctx, true(), incident_id, True)


def reads_whole(ctx: Context, incident: Incident) -> bool:
    """Whether the actor may read everything of a breach that they may know of, and not only their own report."""
    if incident.reported_by != ctx.actor.id:
        return True  # a breach that somebody else reported is known of to those alone who may read all of it
    found = ctx.session.scalar(select(exists().where(Incident.id == incident.id, _whole(ctx))))
    return found is True


def reads_for_hub(ctx: Context) -> bool:
    """Whether the actor reads for the hub, and so sees who reported."""
    return may(ctx, Permission.INCIDENT_READ)


def incidents(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    kind: Kind | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The breaches that the actor may know of, the newest first.

    `search` looks in names of organisations, references and numbers such as BR-2026-12. Raises Invalid at `/limit`,
    `/sort` and `/after`.
    """
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted: Select[Incident, str] = (
        select(Incident, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Incident.organisation_id)
        .where(theirs(ctx), _which(ctx, which))
    )
    if kind is not None:
        wanted = wanted.where(Incident.kind == kind.value)
    if search and search.strip():
        wanted = wanted.where(found_by(search.strip()))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))


@dataclass(frozen=True)
class Counted:
    """How many breaches wait for the actor, how many of those are overdue, how many are overdue in all, after how many
    they have something to do, and how many are open."""

    mine: int
    mine_overdue: int
    overdue: int
    actions: int
    open: int = 0


def counted(ctx: Context) -> Counted:
    """What the first page and the list say of breaches: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    today = london_date(ctx.now())
    is_open = Incident.status.not_in(_ENDED)
    over, mine = Incident.due_on < today, _my_turn(ctx)
    return select(
        func.count(case((mine, 1))),
        func.count(case((and_(mine, over), 1))),
        func.count(case((and_(over, is_open), 1))),
        func.count(case((_my_action(ctx), 1))),
        func.count(case((is_open, 1))),
    ).where(theirs(ctx))


@dataclass(frozen=True)
class Standing:
    """How many breaches are open, and how many of those are overdue, whoever may know of them."""

    open: int
    overdue: int


def standing(ctx: Context) -> Standing:
    """How it stands, in numbers, for whoever holds the machine."""
    today = london_date(ctx.now())
    row = ctx.session.execute(
        select(func.count(), func.count(case((Incident.due_on < today, 1)))).where(Incident.status.not_in(_ENDED))
    ).one()
    return Standing(*row)


def partners(ctx: Context) -> list[tuple[UUID, str]]:
    """Every organisation's id and name, by name: whoever reports a breach says which it is about."""
    require(ctx, Permission.INCIDENT_REPORT)
    rows = ctx.session.execute(select(Organisation.id, Organisation.name).order_by(Organisation.name).limit(MOST))
    return [(row.id, row.name) for row in rows]


def of_flag(ctx: Context, flag_id: UUID) -> Incident | None:
    """The breach that a flag was raised as, if there is one that the actor may know of."""
    return ctx.session.scalars(select(Incident).where(Incident.flag_id == flag_id, theirs(ctx))).one_or_none()


def _my_turn(ctx: Context) -> ColumnElement[bool]:
    """The breaches whose next step the actor may take."""
    turns: list[ColumnElement[bool]] = []
    for status, permission in MOVES.items():
        if not could(ctx, permission):
            continue
        turn: ColumnElement[bool] = Incident.status == status.value
        if status in HELD_BY_PARTNER:
            within = reach(ctx, permission)
            turn = turn if within is None else and_(turn, Incident.organisation_id.in_(within))
        turns.append(turn)
    return and_(_whole(ctx), or_(*turns)) if turns else false()


def _my_action(ctx: Context) -> ColumnElement[bool]:
    """The breaches after which the actor has something to do."""
    mine = exists().where(
        IncidentAction.incident_id == Incident.id, IncidentAction.owner_id == ctx.actor.person_id,
        IncidentAction.done_at.is_(None),
    )  # fmt: skip
    return and_(_whole(ctx), mine) if ctx.actor.person_id else false()


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    is_open = Incident.status.not_in(_ENDED)
    return {
        Which.OPEN: is_open,
        Which.MY_TURN: _my_turn(ctx),
        Which.OVERDUE: and_(is_open, Incident.due_on < london_date(ctx.now())),
        Which.MY_ACTIONS: _my_action(ctx),
        Which.REPORTED_BY_ME: Incident.reported_by == ctx.actor.id,
        Which.ENDED: ~is_open,
        Which.ALL: true(),
    }[which]


def found_by(search: str) -> ColumnElement[bool]:
    """The breaches that a search finds: by names of organisations, references, and numbers such as BR-2026-12."""
    looked_in: list[ColumnElement[bool]] = [
        Organisation.name.icontains(search, autoescape=True),
        Incident.reference.icontains(search, autoescape=True),
    ]
    number = _NUMBER.fullmatch(search)
    if number is not None:
        looked_in.append(and_(Incident.year == int(number[1]), Incident.number == int(number[2])))
    return or_(*looked_in)


def _one(ctx: Context, among: ColumnElement[bool], incident_id: UUID, lock: bool) -> Incident:
    wanted = select(Incident).where(Incident.id == incident_id, among)
    return the_one(ctx, wanted, lock=lock)

"""Which records a hold is on, and the list of holds (RET-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, String, and_, case, cast, false, func, or_, select

from compliance.decisions.exceptions.queries import none_kept
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.finding import the_one
from compliance.kernel.ids import parse_id
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.reminding import may_be_due
from policies.access import require
from policies.permissions import Permission
from retention.models import RetentionRecord
from retention.rules import Status
from signatories import queries as register

from .models import RetentionHold
from .rules import Marks, Reach

MOST = 500

_IT = RetentionHold
_RECORD = RetentionRecord
_IN_FORCE = _IT.lifted_at.is_(None)


class Which(StrEnum):
    """What the list is narrowed to."""

    IN_FORCE = "in_force"
    DUE = "due"
    OVERDUE = "overdue"
    LIFTED = "lifted"
    ALL = "all"


SORTS = Sorts(
    _IT.id,
    {
        "review": By(_IT.review_on, date),
        "placed": By(_IT.placed_at, datetime),
        "ground": By(_IT.ground),
        "reach": By(_IT.reach),
        "value": By(_IT.value),
    },
    usual="review",
)


@dataclass(frozen=True)
class Listed:
    """A hold in the list: what it names in words for people, and who placed it."""

    hold: RetentionHold
    names: str
    placed_by: str


def is_held() -> ColumnElement[bool]:
    """As a condition on `RetentionRecord`: a hold that is not lifted names it, in whatever way; never unknown.

    What holds name is looked up once for all records, and not again for each.
    """
    return or_(*(and_(_column(reach).is_not(None), _column(reach).in_(_values(reach))) for reach in Reach))


def named_by(reach: str, value: str) -> ColumnElement[bool]:
    """As a condition on `RetentionRecord`: a hold of this reach and value names it."""
    found = Reach(reach)
    if found is not Reach.ORGANISATION:
        return _column(found) == value
    organisation_id = parse_id(value)
    return _RECORD.organisation_id == organisation_id if organisation_id else false()


def held(ctx: Context, hold_id: UUID, *, lock: bool = True) -> RetentionHold:
    """A hold, held for change; raises Forbidden, and NotFound for one that the actor may not know of."""
    require(ctx, Permission.RETENTION_READ)
    return the_one(ctx, select(_IT).where(_IT.id == hold_id, seen(ctx)), lock=lock)


def on(ctx: Context, record: RetentionRecord) -> list[RetentionHold]:
    """The holds on this record that are not lifted, the oldest first."""
    return [each for each in ever_on(ctx, record) if each.lifted_at is None]


def ever_on(ctx: Context, record: RetentionRecord, *, limit: int = MOST) -> list[RetentionHold]:
    """Every hold that names this record as it is known now, lifted ones too, the oldest first."""
    require(ctx, Permission.RETENTION_READ)
    named = or_(*(and_(_IT.reach == reach, _IT.value == value) for reach, value in marks_of(record).all))
    ordered = select(_IT).where(named).order_by(_IT.placed_at, _IT.id)
    return list(ctx.session.scalars(ordered.limit(limit)))


def marks_of(record: RetentionRecord) -> Marks:
    """All that a hold can name this record by."""
    organisation = record.organisation_id.hex if record.organisation_id else None
    return Marks(record.reference, record.kind, record.subject, organisation)


def seen(ctx: Context) -> ColumnElement[bool]:
    """The holds that the actor may know of: never of a case that a conflict of interest keeps them from (DEC-6)."""
    return or_(_IT.reach != Reach.RECORD.value, none_kept(ctx, _IT.value))


@dataclass(frozen=True)
class Reached:
    """How many records a hold names: those that are kept, and those that it comes too late for (RET-8)."""

    kept: int
    too_late: int


def reached(ctx: Context, reach: str, value: str) -> Reached:
    """How many records such a hold names, of those that the actor may know of; what is disposed of is none any more."""
    require(ctx, Permission.RETENTION_READ)
    wanted = select(
        func.count(case((_RECORD.status == Status.KEPT.value, 1))),
        func.count(case((_RECORD.status == Status.INSTRUCTED.value, 1))),
    ).where(named_by(reach, value), none_kept(ctx, _RECORD.reference))
    return Reached(*ctx.session.execute(wanted).one())


def holds(
    ctx: Context,
    *,
    which: Which = Which.IN_FORCE,
    ground: str | None = None,
    reach: str | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The holds, those to be looked at first at the head; `search` looks in what they name.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    require(ctx, Permission.RETENTION_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    organisations = {organisation_id.hex: name for organisation_id, name in register.names(ctx)}
    wanted = select(_IT).where(seen(ctx), _which(ctx, which))
    if ground is not None:
        wanted = wanted.where(_IT.ground == ground)
    if reach is not None:
        wanted = wanted.where(_IT.reach == reach)
    if search and search.strip():
        typed = search.strip()
        called_so = [key for key, name in organisations.items() if typed.casefold() in name.casefold()]
        by_organisation = and_(_IT.reach == Reach.ORGANISATION.value, _IT.value.in_(called_so))
        wanted = wanted.where(or_(_IT.value.icontains(typed, autoescape=True), by_organisation))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    people = names_of(ctx, {each.placed_by for each in page.rows})
    return page.each(
        lambda hold: Listed(hold, said(hold, organisations), people.get(hold.placed_by, "Somebody who left"))
    )


def said(hold: RetentionHold, organisations: dict[str, str]) -> str:
    """What a hold names, for people: an organisation by its name, all else as it stands."""
    return organisations.get(hold.value, hold.value) if hold.reach == Reach.ORGANISATION.value else hold.value


@dataclass(frozen=True)
class Counted:
    """How many holds are in force, and how many of those were to be looked at again before today, or are today."""

    in_force: int
    overdue: int
    due: int


def counted(ctx: Context) -> Counted:
    """What the list says at its head."""
    require(ctx, Permission.RETENTION_READ)
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    today = london_date(ctx.now())
    late, now = _IT.review_on < today, _IT.review_on <= today
    return select(func.count(), func.count(case((late, 1))), func.count(case((now, 1)))).where(_IN_FORCE, seen(ctx))


def to_remind(ctx: Context, soon: date, *, limit: int) -> list[UUID]:
    """Holds of whose review date somebody may be due a reminder, if it is `soon` from when on: the rule looks again at each."""
    due = may_be_due(_IT.review_on, _IT.reminded_on, today=london_date(ctx.now()), soon=soon)
    wanted = select(_IT.id).where(_IN_FORCE, due)
    return list(ctx.session.scalars(wanted.order_by(_IT.review_on, _IT.id).limit(limit)))


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    return {
        Which.IN_FORCE: _IN_FORCE,
        Which.DUE: and_(_IN_FORCE, _IT.review_on <= london_date(ctx.now())),
        Which.OVERDUE: and_(_IN_FORCE, _IT.review_on < london_date(ctx.now())),
        Which.LIFTED: _IT.lifted_at.is_not(None),
        Which.ALL: _IT.placed_at.is_not(None),
    }[which]


def _values(reach: Reach) -> Select[str]:
    return select(_IT.value).where(_IN_FORCE, _IT.reach == reach.value)


def _column(reach: Reach) -> SQLColumnExpression[Any]:
    """What of a record a hold of this reach has to name, in the form in which it names it."""
    return {
        Reach.RECORD: _RECORD.reference,
        Reach.SUBJECT: _RECORD.subject,
        Reach.KIND: _RECORD.kind,
        Reach.ORGANISATION: func.replace(cast(_RECORD.organisation_id, String), "-", ""),
    }[reach]

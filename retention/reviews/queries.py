"""Reading reviews of records: what is due to be made, the queue, and one review with all that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, exists, func, literal_column, or_, select

from compliance.decisions.exceptions.queries import none_kept
from compliance.identity.models import Person
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.reminding import may_be_due
from policies.access import require
from policies.permissions import Permission
from retention.models import KEPT, RetentionRecord
from signatories.models import Organisation

from .models import RetentionReview
from .rules import Decision, Status

MOST = 500

_IT = RetentionReview
_RECORD = RetentionRecord
_OPEN = _IT.status == literal_column("'open'", String)
"""Said in so many words, and not as a parameter, so that the index of those that are open is used."""


class Which(StrEnum):
    """What the queue is narrowed to."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    RETAINED = "retained"
    REGROUPED = "regrouped"
    PROPOSED = "proposed"
    ALL = "all"


SORTS = Sorts(
    _IT.id,
    {
        "due": By(_IT.due_on, date),
        "finish": By(_IT.finish_by, date),
        "reference": By(_RECORD.reference),
        "groups": By(_RECORD.groups),
        "organisation": By(func.lower(Organisation.name), nullable=True),
        "reviewer": By(func.lower(Person.full_name), nullable=True),
        "decided": By(_IT.decided_at, datetime, nullable=True),
    },
    usual="due",
)
"""How the queue can be sorted; reviews with no reviewer, and records of no organisation, come before the others."""


@dataclass(frozen=True)
class Listed:
    """A review in the queue, with its record and the names behind its ids."""

    review: RetentionReview
    record: RetentionRecord
    organisation: str | None
    reviewer: str | None


def due(ctx: Context, *, limit: int) -> list[UUID]:
    """The records whose review fell due and is not made, the oldest first; a review that is open stands for it (RET-3)."""
    is_open = exists().where(_IT.record_id == _RECORD.id, _OPEN)
    wanted = select(_RECORD.id).where(KEPT, _RECORD.next_review_on <= london_date(ctx.now()), ~is_open)
    return list(ctx.session.scalars(wanted.order_by(_RECORD.next_review_on, _RECORD.id).limit(limit)))


def open_of(ctx: Context, record_id: UUID) -> RetentionReview | None:
    """The review of this record that waits for its decision."""
    return ctx.session.scalars(select(_IT).where(_IT.record_id == record_id, _OPEN)).one_or_none()


def seen(ctx: Context) -> ColumnElement[bool]:
    """The reviews that the actor may know of: never of a case that a conflict of interest keeps them from (DEC-6)."""
    return none_kept(ctx, _RECORD.reference)


def visible(ctx: Context, review_id: UUID) -> Listed:
    """One review; raises Forbidden, and NotFound for one that the actor may not know of."""
    require(ctx, Permission.RETENTION_READ)
    row = ctx.session.execute(_listed().where(_IT.id == review_id, seen(ctx))).one_or_none()
    if row is None:
        raise NotFound()
    return Listed(*row)


def reviews(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    organisation_id: UUID | None = None,
    reviewer_id: UUID | None = None,
    group: int | None = None,
    due_until: date | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The queue, what fell due first at its head; `search` looks in references and kinds of records.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    require(ctx, Permission.RETENTION_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = _listed().where(seen(ctx), _which(ctx, which))
    if organisation_id is not None:
        wanted = wanted.where(_RECORD.organisation_id == organisation_id)
    if reviewer_id is not None:
        wanted = wanted.where(_IT.reviewer_id == reviewer_id)
    if group is not None:
        wanted = wanted.where(_RECORD.groups.contains(str(group), autoescape=True))
    if due_until is not None:
        wanted = wanted.where(_IT.due_on <= due_until)
    if search and search.strip():
        looked_in = (_RECORD.reference, _RECORD.kind)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))


def alike(ctx: Context, record: RetentionRecord, *, limit: int) -> list[Listed]:
    """Open reviews of records of the same kind and in the same groups, what fell due first at the head."""
    require(ctx, Permission.RETENTION_READ)
    same = (_RECORD.kind == record.kind, _RECORD.groups == record.groups)
    wanted = _listed().where(_OPEN, seen(ctx), *same).order_by(_IT.due_on, _IT.id)
    return [Listed(*row) for row in ctx.session.execute(wanted.limit(limit))]


@dataclass(frozen=True)
class Counted:
    """How many reviews are open; how many of them wait for the actor, and are overdue; are overdue; wait for nobody."""

    open: int
    mine: int
    mine_overdue: int
    overdue: int
    unassigned: int


def counted(ctx: Context) -> Counted:
    """What the queue says at its head: one statement."""
    require(ctx, Permission.RETENTION_READ)
    mine, late = _IT.reviewer_id == ctx.actor.person_id, _IT.finish_by < london_date(ctx.now())
    row = ctx.session.execute(
        select(
            func.count(),
            func.count(case((mine, 1))),
            func.count(case((and_(mine, late), 1))),
            func.count(case((late, 1))),
            func.count(case((_IT.reviewer_id.is_(None), 1))),
        )
        .select_from(_IT)
        .join(_RECORD, _RECORD.id == _IT.record_id)
        .where(_OPEN, seen(ctx))
    ).one()
    return Counted(*row)


def of_record(ctx: Context, record_id: UUID, *, limit: int = MOST) -> list[RetentionReview]:
    """Every review of a record, the newest first."""
    require(ctx, Permission.RETENTION_READ)
    wanted = select(_IT).where(_IT.record_id == record_id)
    return list(ctx.session.scalars(wanted.order_by(_IT.opened_at.desc(), _IT.id.desc()).limit(limit)))


def to_remind(ctx: Context, soon: date, *, limit: int) -> list[UUID]:
    """Open reviews whose reviewer may be due a reminder, if it is `soon` from when on: the rule looks again at each."""
    due = may_be_due(_IT.finish_by, _IT.reminded_on, today=london_date(ctx.now()), soon=soon)
    wanted = select(_IT.id).where(_OPEN, _IT.reviewer_id.is_not(None), due)
    return list(ctx.session.scalars(wanted.order_by(_IT.due_on, _IT.id).limit(limit)))


def _listed() -> Select[RetentionReview, RetentionRecord, str, str]:
    return (
        select(_IT, _RECORD, Organisation.name, Person.full_name)
        .join(_RECORD, _RECORD.id == _IT.record_id)
        .outerjoin(Organisation, Organisation.id == _RECORD.organisation_id)
        .outerjoin(Person, Person.id == _IT.reviewer_id)
    )


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    return {
        Which.OPEN: _OPEN,
        Which.MINE: and_(_OPEN, _IT.reviewer_id == ctx.actor.person_id),
        Which.UNASSIGNED: and_(_OPEN, _IT.reviewer_id.is_(None)),
        Which.OVERDUE: and_(_OPEN, _IT.finish_by < london_date(ctx.now())),
        Which.RETAINED: _IT.decision == Decision.RETAIN.value,
        Which.REGROUPED: _IT.decision == Decision.REGROUP.value,
        Which.PROPOSED: _IT.decision == Decision.DISPOSE.value,
        Which.ALL: _IT.status.in_([each.value for each in Status]),
    }[which]

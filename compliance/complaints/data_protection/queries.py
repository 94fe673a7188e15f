"""Reading the register of complaints about data: for the hub and information governance alone (COM-9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.finding import the_one
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.numbering import is_called
from compliance.kernel.reminding import may_be_due
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .models import DataProtectionComplaint, DataProtectionProgress
from .rules import Standing, Status, standing

MOST = 500

_IT = DataProtectionComplaint


class Which(StrEnum):
    """What the register is narrowed to."""

    OPEN = "open"
    TO_ACKNOWLEDGE = "to_acknowledge"
    OVERDUE = "overdue"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    LATE = "late"
    ALL = "all"


SORTS = Sorts(
    _IT.id,
    {
        "due": By(_IT.acknowledge_by, date),
        "received": By(_IT.received_on, date),
        "number": By(_IT.year * 1_000_000 + _IT.number, int),
        "organisation": By(func.lower(Organisation.name), nullable=True),
        "state": By(_IT.status),
        "answered": By(_IT.answered_on, date, nullable=True),
    },
    usual="due",
)
"""How the register can be sorted; complaints about no organisation in particular come before the others."""


@dataclass(frozen=True)
class Listed:
    """A complaint in the register, the organisation it is about, and how it stands today."""

    complaint: DataProtectionComplaint
    organisation: str | None
    standing: Standing


@dataclass(frozen=True)
class Noted:
    """What was done meanwhile, opened."""

    row: DataProtectionProgress
    words: str


@dataclass(frozen=True)
class Whole:
    """A complaint with everything that was written about it, opened, and the names behind its ids."""

    complaint: DataProtectionComplaint
    organisation: str | None
    standing: Standing
    who: str
    words: str
    answer: str | None
    progress: Sequence[Noted]
    names: Mapping[str, str]


def visible(ctx: Context, complaint_id: UUID, *, lock: bool = False) -> DataProtectionComplaint:
    """One complaint; raises Forbidden for whoever may not read the register, NotFound for none."""
    require(ctx, Permission.DATA_COMPLAINT_READ)
    return _found(ctx, complaint_id, lock=lock)


def held(ctx: Context, complaint_id: UUID) -> DataProtectionComplaint:
    """One complaint held for change, for a job; raises Forbidden, NotFound."""
    require(ctx, Permission.COMPLAINT_CHASE)
    return _found(ctx, complaint_id, lock=True)


def complaints(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    organisation_id: UUID | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The register, what is to be acknowledged first at its head; `search` looks in numbers and organisations.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    require(ctx, Permission.DATA_COMPLAINT_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(_IT, Organisation.name).outerjoin(Organisation, Organisation.id == _IT.organisation_id)
    wanted = wanted.where(_which(ctx, which))
    if organisation_id is not None:
        wanted = wanted.where(_IT.organisation_id == organisation_id)
    if search and search.strip():
        number = is_called(search, _IT.number, _IT.year)
        named = Organisation.name.icontains(search.strip(), autoescape=True)
        wanted = wanted.where(named if number is None else or_(named, number))
    today = london_date(ctx.now())
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(row[0], row[1], _stands(row[0], today)))


@dataclass(frozen=True)
class Counted:
    """How many are to be acknowledged, how many of those are overdue, and how many wait for their answer."""

    to_acknowledge: int
    overdue: int
    to_answer: int


def counted(ctx: Context) -> Counted:
    """What the first page says of the register: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    require(ctx, Permission.DATA_COMPLAINT_READ)
    waits = _IT.status == Status.RECEIVED.value
    return select(
        func.count(case((waits, 1))),
        func.count(case((and_(waits, _IT.acknowledge_by < london_date(ctx.now())), 1))),
        func.count(case((_IT.status == Status.ACKNOWLEDGED.value, 1))),
    )


def whole(ctx: Context, complaint: DataProtectionComplaint) -> Whole:
    """A complaint with all that was written about it."""
    ring = ctx.the(KeyRing)

    def opened(sealed: bytes, column: str) -> str:
        return ring.open(sealed, place=f"data_protection_complaints.{column}:{complaint.id}").decode()

    rows = ctx.session.scalars(
        select(DataProtectionProgress)
        .where(DataProtectionProgress.complaint_id == complaint.id)
        .order_by(DataProtectionProgress.done_at, DataProtectionProgress.id)
        .limit(MOST)
    ).all()
    named = select(Organisation.name).where(Organisation.id == complaint.organisation_id)
    actors = {complaint.recorded_by, complaint.acknowledged_by or "", complaint.answered_by or ""}
    return Whole(
        complaint,
        ctx.session.scalar(named) if complaint.organisation_id else None,
        _stands(complaint, london_date(ctx.now())),
        opened(complaint.who, "who"),
        opened(complaint.words, "words"),
        opened(complaint.answer, "answer") if complaint.answer else None,
        [Noted(row, ring.open(row.words, place=f"data_protection_progress.words:{row.id}").decode()) for row in rows],
        names_of(ctx, actors | {row.done_by for row in rows}),
    )


def to_remind(ctx: Context, *, limit: int) -> list[UUID]:
    """Complaints of which somebody may be due a reminder: the rule itself looks again at each."""
    today = london_date(ctx.now())
    soon = today + timedelta(days=ctx.the(Policy).complaints.acknowledge_warn_days)
    wanted = select(_IT.id).where(
        _IT.status == Status.RECEIVED.value,
        may_be_due(_IT.acknowledge_by, _IT.reminded_on, today=today, soon=soon),
    )
    return list(ctx.session.scalars(wanted.order_by(_IT.acknowledge_by, _IT.id).limit(limit)))


def _found(ctx: Context, complaint_id: UUID, *, lock: bool) -> DataProtectionComplaint:
    wanted = select(_IT).where(_IT.id == complaint_id)
    return the_one(ctx, wanted, lock=lock)


def _stands(complaint: DataProtectionComplaint, today: date) -> Standing:
    return standing(Status(complaint.status), complaint.acknowledge_by, today)


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    waits = _IT.status == Status.RECEIVED.value
    today = london_date(ctx.now())
    return {
        Which.OPEN: _IT.status != Status.ANSWERED.value,
        Which.TO_ACKNOWLEDGE: waits,
        Which.OVERDUE: and_(waits, _IT.acknowledge_by < today),
        Which.ACKNOWLEDGED: _IT.status == Status.ACKNOWLEDGED.value,
        Which.ANSWERED: _IT.status == Status.ANSWERED.value,
        Which.LATE: or_(_IT.acknowledged_on > _IT.acknowledge_by, and_(waits, _IT.acknowledge_by < today)),
        Which.ALL: true(),
    }[which]

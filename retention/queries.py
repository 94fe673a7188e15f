"""Finding records: the list of them, and one with the names behind its ids (RET-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import require
from policies.permissions import Permission
from signatories.models import Organisation

from .holds.models import RetentionHold
from .holds.queries import is_held, named_by
from .models import KEPT, RetentionRecord
from .rules import Status
from .spans import Span

MOST = 500

_RECORD = RetentionRecord


class Which(StrEnum):
    """What the list is narrowed to."""

    KEPT = "kept"
    OVERDUE = "overdue"
    HELD = "held"
    INSTRUCTED = "instructed"
    DISPOSED = "disposed"
    ALL = "all"


_BY = {
    "reference": By(_RECORD.reference),
    "kind": By(_RECORD.kind),
    "groups": By(_RECORD.groups),
    "opened": By(_RECORD.opened_on, date),
    "organisation": By(Organisation.name, nullable=True),
    "ends": By(_RECORD.minimum_ends_on, date, nullable=True),
}
SORTS = Sorts(_RECORD.id, {"due": By(_RECORD.next_review_on, date)} | _BY, usual="due")
"""How records that are kept can be sorted: each of them has a next review."""

ALL_SORTS = Sorts(_RECORD.id, {"due": By(_RECORD.next_review_on, date, nullable=True)} | _BY, usual="reference")
"""The same where some were disposed of, and have none."""


@dataclass(frozen=True)
class Listed:
    """A record in the list, whether a hold is on it, and the name of its organisation."""

    record: RetentionRecord
    organisation: str | None
    held: bool


def sorts_of(which: Which) -> Sorts:
    """How the list that is narrowed to this can be sorted."""
    return SORTS if which in (Which.KEPT, Which.OVERDUE, Which.HELD) else ALL_SORTS


def seen(ctx: Context) -> ColumnElement[bool]:
    """The records that the actor may know of: never of a case that a conflict of interest keeps them from (DEC-6)."""
    return none_kept(ctx, _RECORD.reference)


def visible(ctx: Context, record_id: UUID) -> Listed:
    """One record; raises Forbidden, and NotFound for one that the actor may not know of."""
    require(ctx, Permission.RETENTION_READ)
    row = ctx.session.execute(_listed().where(_RECORD.id == record_id, seen(ctx))).one_or_none()
    if row is None:
        raise NotFound()
    return Listed(*row)


def records(
    ctx: Context,
    *,
    which: Which = Which.KEPT,
    group: int | None = None,
    organisation_id: UUID | None = None,
    due: Span | None = None,
    ends: Span | None = None,
    hold: RetentionHold | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The records, what is reviewed first at the head; `search` looks in references and kinds.

    `due` and `ends` are days of the next review, and of the end of the minimum period where that tells no birth. Raises
    Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    require(ctx, Permission.RETENTION_READ)
    check_limit(limit, MOST)
    sorts = sorts_of(which)
    sort = sorts.known(sort)
    wanted = _listed().where(seen(ctx), *_which(ctx, which))
    for column, span in ((_RECORD.next_review_on, due), (_RECORD.minimum_ends_on, ends)):
        if span is not None:
            wanted = wanted.where(*_within(column, span))
    if group is not None:
        wanted = wanted.where(_RECORD.groups.contains(str(group), autoescape=True))
    if organisation_id is not None:
        wanted = wanted.where(_RECORD.organisation_id == organisation_id)
    if hold is not None:
        wanted = wanted.where(named_by(hold.reach, hold.value))
    if search and search.strip():
        looked_in = (_RECORD.reference, _RECORD.kind)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    page = sorts.page(ctx.session, wanted, sort=sort, after=sorts.read(after, sort), limit=limit)
    return page.each(lambda row: Listed(*row))


def _listed() -> Select[RetentionRecord, str, bool]:
    joined = Organisation.id == _RECORD.organisation_id
    return select(_RECORD, Organisation.name, is_held()).outerjoin(Organisation, joined)


def _within(column: InstrumentedAttribute[date | None], span: Span) -> list[ColumnElement[bool]]:
    bounds = [column >= span.first] if span.first else []
    return [*bounds, column <= span.last] if span.last else bounds


def _which(ctx: Context, which: Which) -> list[ColumnElement[bool]]:
    return {
        Which.KEPT: [KEPT],
        Which.OVERDUE: [KEPT, _RECORD.next_review_on < london_date(ctx.now())],
        Which.HELD: [KEPT, is_held()],
        Which.INSTRUCTED: [_RECORD.status == Status.INSTRUCTED.value],
        Which.DISPOSED: [_RECORD.status == Status.DISPOSED.value],
        Which.ALL: [],
    }[which]

"""Records that may be disposed of: a review decided so, and what stands in the way of each now (RET-4, RET-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, exists, literal_column, not_, or_, select, true
from sqlalchemy.orm import aliased

from compliance.breaches.models import Incident
from compliance.complaints.models import Complaint
from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.sharing.reuse.queries import is_open
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from retention import rules as minimum
from retention.holds.queries import is_held
from retention.models import KEPT, RetentionEvent, RetentionRecord
from retention.reckoning import facts_of
from retention.reviews.models import RetentionReview
from signatories.models import Organisation

from .obstacles import on_manifests, with_manifests
from .rules import Line, Obstacle

MOST = 500

_IT = RetentionRecord
_REVIEW = RetentionReview
_LATER = aliased(RetentionReview)


class Which(StrEnum):
    """What the list is narrowed to."""

    NOW = "now"
    IN_THE_WAY = "in_the_way"
    ALL = "all"


SORTS = Sorts(
    _IT.id,
    {
        "decided": By(_REVIEW.decided_at, datetime),
        "reference": By(_IT.reference),
        "groups": By(_IT.groups),
        "kind": By(_IT.kind),
    },
    usual="decided",
)
"""How it can be sorted: what was decided first stands first."""


@dataclass(frozen=True)
class Candidate:
    """A record whose review decided that it goes; `line` as a manifest would name it, `obstacle` what stands in the way."""

    record: RetentionRecord
    organisation: str | None
    decided_at: datetime | None
    line: Line | None
    obstacle: Obstacle | None


def line_of(ctx: Context, record: RetentionRecord) -> Line | None:
    """A record as a manifest names it; None where no end of its minimum period can be known. Where an age decided it, no day is told."""
    kept = minimum.minimum(facts_of(ctx, record), policy=ctx.the(Policy))
    if kept.ends_on is None:
        return None
    told = None if kept.start is minimum.Start.BIRTH else kept.ends_on
    return Line(record.reference, record.groups, f"RET-1/{kept.group}", told)


def candidates(
    ctx: Context,
    *,
    which: Which = Which.NOW,
    organisation_id: UUID | None = None,
    group: int | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Candidate]:
    """Records that are on no manifest and whose last review decided that they go; `search` looks in references and kinds.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    require(ctx, Permission.RETENTION_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = _decided().where(none_kept(ctx, _IT.reference), _which(ctx, which))
    if organisation_id is not None:
        wanted = wanted.where(_IT.organisation_id == organisation_id)
    if group is not None:
        wanted = wanted.where(_IT.groups.contains(str(group), autoescape=True))
    if search and search.strip():
        looked_in = (_IT.reference, _IT.kind)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return Page(tuple(_judged(ctx, page.rows)), page.after)


def look(ctx: Context, record_ids: Sequence[UUID]) -> list[Candidate]:
    """These records before they are proposed, in the order of their references; whatever the actor may not know of is left out."""
    require(ctx, Permission.DISPOSAL_PROPOSE)
    wanted = (
        select(_IT, Organisation.name)
        .outerjoin(Organisation, Organisation.id == _IT.organisation_id)
        .where(_IT.id.in_(list(record_ids)), none_kept(ctx, _IT.reference))
        .order_by(_IT.reference)
    )
    return _judged(ctx, [(record, organisation, None) for record, organisation in ctx.session.execute(wanted)])


def _judged(ctx: Context, rows: Sequence[tuple[RetentionRecord, str | None, datetime | None]]) -> list[Candidate]:
    in_the_way = with_manifests(ctx, [record for record, _, _ in rows]) if rows else {}
    return [
        Candidate(record, organisation, decided_at, line_of(ctx, record), in_the_way.get(record.id))
        for record, organisation, decided_at in rows
    ]


def _decided() -> Select[RetentionRecord, str, datetime | None]:
    """Records whose last decided review came to their disposal, and that are on no manifest."""
    later = exists().where(
        _LATER.record_id == _REVIEW.record_id,
        or_(
            _LATER.decided_at > _REVIEW.decided_at,
            and_(_LATER.decided_at == _REVIEW.decided_at, _LATER.id > _REVIEW.id),
        ),
    )
    return (
        select(_IT, Organisation.name, _REVIEW.decided_at)
        .join(_REVIEW, _REVIEW.record_id == _IT.id)
        .outerjoin(Organisation, Organisation.id == _IT.organisation_id)
        .where(
            KEPT,
            _REVIEW.decision == literal_column("'dispose'", String),
            ~later,
            ~on_manifests(),
        )
    )


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    """What the store can tell of obstacles. An age it cannot: the day that tells a birth is sealed, and looked at row by row."""
    under_review = exists().where(_LATER.record_id == _IT.id, _LATER.decided_at.is_(None))
    complained = exists().where(Complaint.reference == _IT.reference, Complaint.ended_at.is_(None))
    breached = exists().where(Incident.reference == _IT.reference, Incident.ended_at.is_(None))
    asked_for = is_open(_IT.reference)
    learnt_since = exists().where(RetentionEvent.record_id == _IT.id, RetentionEvent.told_at > _REVIEW.decided_at)
    early = and_(_IT.minimum_ends_on.is_not(None), _IT.minimum_ends_on > london_date(ctx.now()))
    in_the_way = or_(is_held(), under_review, complained, breached, asked_for, learnt_since, early)
    return {Which.NOW: not_(in_the_way), Which.IN_THE_WAY: in_the_way, Which.ALL: true()}[which]

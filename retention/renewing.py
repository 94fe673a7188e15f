"""Reckoning records anew once the policy is another: their dates stand on the one in force, some at a time (RET-1, RET-3).

Whoever decides on a disposal reckons by the policy in force and goes by no date that is kept; what is kept is for lists,
reviews that fall due, and people. So a period that became shorter disposes of nothing by itself: the entry in the log
names each record whose minimum period now ends sooner, and a review and two people stand before its end all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, select, tuple_

from audit.record import record as enter
from compliance.kernel.context import Context, House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Run, Stopping
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import reckoning, rules
from .events import RecordsReckoned
from .models import KEPT, RetentionRecord

log = structlog.get_logger("compliance.retention")

AT_ONCE = 500
"""Records in one unit of work: those are held for change meanwhile, and for no longer."""

_IT = RetentionRecord

Place = tuple[str, UUID]
"""Up to where a run has looked: by which policy a record was reckoned, and its id."""


@dataclass(frozen=True)
class Portion:
    """What one unit of work did: how many it looked at, how many of them failed, and up to where it came."""

    looked: int
    failed: int
    last: Place | None


def renew(house: House, stopping: Stopping, *, name: str, most: int) -> Run:
    """Reckon every record that stands on another policy, up to so many portions; once, however many do it at once."""
    looked = failed = 0
    place: Place | None = None
    for _ in range(most):
        if stopping.told:
            break
        with house.reading(worker(name)) as ctx:
            if not _waiting(ctx, place):
                break
        with house.work(worker(name)) as ctx:
            portion = renew_some(ctx, after=place)
        looked, failed, place = looked + portion.looked, failed + portion.failed, portion.last
        if place is None:
            break
    return Run(looked, looked - failed, failed)


def renew_some(ctx: Context, *, after: Place | None = None, limit: int = AT_ONCE) -> Portion:
    """Reckon so many records anew; one that somebody else holds is left for the next time. Raises Forbidden."""
    require(ctx, Permission.RETENTION_MAKE_DUE)
    found: Sequence[RetentionRecord] = ()
    for side in _stale(ctx, after):
        wanted = select(_IT).where(side).order_by(_IT.reckoned_by, _IT.id).limit(limit)
        found = (
            found
            or ctx.session.scalars(
                wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True)
            ).all()
        )
    last = (found[-1].reckoned_by, found[-1].id) if found else None
    sooner, others = list[UUID](), list[UUID]()
    moved = untold = failed = 0
    for each in found:
        before = (each.minimum_ends_on, each.next_review_on)
        try:
            reckoning.write(ctx, each, reckoning.facts_of(ctx, each))
        except Refusal as problem:
            failed += 1
            log.warning("record not reckoned", record=str(each.id), problem=type(problem).__name__)
            continue
        moved += before != (each.minimum_ends_on, each.next_review_on)
        untold += rules.BY_AGE in reckoning.groups_of(each)
        ends_sooner = before[0] is not None and each.minimum_ends_on is not None and each.minimum_ends_on < before[0]
        (sooner if ends_sooner else others).append(each.id)

    if sooner or others:
        enter(
            ctx,
            RecordsReckoned(
                records=len(sooner) + len(others), moved=moved, untold=untold, sooner=tuple(sooner),
                others=tuple(others),
            ),
        )  # fmt: skip
    return Portion(len(found), failed, last)


def _waiting(ctx: Context, after: Place | None) -> bool:
    """Whether there is anything to do: asked without holding anything."""
    return any(ctx.session.scalar(select(_IT.id).where(side).limit(1)) is not None for side in _stale(ctx, after))


def _stale(ctx: Context, after: Place | None) -> list[ColumnElement[bool]]:
    """The records that are kept and stand on another policy, from a place on: those before it in the index, and those after.

    Each is a range of the index by itself. Asked for as one, a store would sort all of them for each portion.
    """
    version = reckoning.version(ctx.the(Policy))
    beyond = [] if after is None else [tuple_(_IT.reckoned_by, _IT.id) > tuple_(*after)]
    before = [] if after is not None and after[0] > version else [and_(KEPT, _IT.reckoned_by < version, *beyond)]
    return [*before, and_(KEPT, _IT.reckoned_by > version, *beyond)]

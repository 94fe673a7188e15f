"""Disposing of what is over of our own records: looked at again in its own unit of work, counted and logged (RET-9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_

from audit.models import Audited
from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.turns import KEEPING, in_turn
from policies.access import require
from policies.permissions import Permission

from .events import OwnRecordDisposed, OwnRecordsDisposed
from .kinds import Gone, Kind, Part

AT_ONCE = 2_000
"""Rows that go in one transaction, where many go together, so that nobody waits long for the store meanwhile."""

_TOGETHER = 300


def dispose_of_one(ctx: Context, kind: Kind, row_id: UUID) -> bool:
    """Dispose of one thing with all that belongs to it, if it is still there and still over; says whether it was.

    What was opened again, held or taken by somebody else since it was found stays as it is.
    """
    require(ctx, Permission.OWN_RECORDS_DISPOSE)
    in_turn(ctx, KEEPING)
    rows: Any = kind.rows
    wanted = select(rows).where(rows.id == row_id, kind.due(ctx)).with_for_update(of=rows)
    row = ctx.session.scalars(wanted.execution_options(populate_existing=True)).unique().one_or_none()
    if row is None:
        return False

    if kind.instead is not None:
        gone = kind.instead(ctx, row)
    else:
        gone = sum((_with(ctx, part, [row_id]) for part in kind.parts), Gone())
        ctx.session.delete(row)
        gone += Gone((), 1)
    ctx.session.flush()

    record(ctx, OwnRecordDisposed(subject=row_id, kind=kind.code, parts=gone.ids, rows=gone.rows))
    return True


def dispose_of_some(ctx: Context, kind: Kind) -> int:
    """Dispose of the oldest rows that are over, so many at once; says how many those were."""
    require(ctx, Permission.OWN_RECORDS_DISPOSE)
    in_turn(ctx, KEEPING)
    key = tuple(kind.rows.__table__.primary_key)
    wanted = select(*key).where(kind.due(ctx)).order_by(kind.order, *key).limit(AT_ONCE)
    found = [tuple(row) for row in ctx.session.execute(wanted)]
    gone = 0
    for begin in range(0, len(found), _TOGETHER):
        some = delete(kind.rows).where(tuple_(*key).in_(found[begin : begin + _TOGETHER]), kind.due(ctx))
        done: Any = ctx.session.execute(some.execution_options(synchronize_session=False))
        gone += done.rowcount
    if gone:
        record(ctx, OwnRecordsDisposed(kind=kind.code, rows=gone))
    return gone


def _with(ctx: Context, part: Part, of: Sequence[UUID]) -> Gone:
    """Let go of what belongs to these, and of what belongs to that, deepest first."""
    rows: Any = part.rows
    if not of:
        return Gone()
    if not issubclass(part.rows, Audited):
        gone: Any = ctx.session.execute(
            delete(rows).where(part.by.in_(of)).execution_options(synchronize_session=False)
        )
        return Gone((), gone.rowcount)
    found = ctx.session.scalars(select(rows).where(part.by.in_(of))).all()
    ids = tuple(row.id for row in found)
    deeper = sum((_with(ctx, each, ids) for each in part.parts), Gone())
    for row in found:
        ctx.session.delete(row)
    ctx.session.flush()
    return deeper + Gone(ids, len(ids))

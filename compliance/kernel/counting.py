"""What several rooms count for one page, asked of the store in one statement.

A room says what it counts as a statement of one row. A page that shows the figures of several rooms asks for all of
them together first; each room then finds its own there, and asks for itself where nobody has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import FromClause, Select, select, true

from .context import Context

Counting = Callable[[Context], Select[*tuple[Any, ...]]]
"""What a room counts: a statement that gives one row."""

_COUNTED = "counted"


def ask_together(ctx: Context, *countings: Counting) -> None:
    """Count all of this in one statement, for whoever asks in this unit of work."""
    if not countings:
        return
    rows = [counting(ctx).subquery(f"counted_{number}") for number, counting in enumerate(countings)]
    beside: FromClause = rows[0]
    for each in rows[1:]:
        beside = beside.join(each, true())
    values = tuple(
        ctx.session.execute(select(*(column for each in rows for column in each.c)).select_from(beside)).one()
    )
    known = ctx.session.info.setdefault(_COUNTED, {})
    for counting, row in zip(countings, rows, strict=True):
        known[counting], values = values[: len(row.c)], values[len(row.c) :]


def counts(ctx: Context, counting: Counting) -> Sequence[Any]:
    """The row of this: as it was counted together with others, or counted now."""
    known = ctx.session.info.get(_COUNTED, {})
    if counting in known:
        found: Sequence[Any] = known[counting]
        return found
    return tuple(ctx.session.execute(counting(ctx)).one())

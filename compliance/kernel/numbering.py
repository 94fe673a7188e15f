"""What people call a thing by: a number counted from 1 in each year, given once and never left out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from .context import Context


def next_number(ctx: Context, number: InstrumentedAttribute[Any], year: InstrumentedAttribute[Any], of: int) -> int:
    """The next number of this year, for a row that this unit of work adds.

    Whoever asks for one of the same table waits until this unit of work ends: SQLite lets one write at a time in any
    case, PostgreSQL is asked to.
    """
    if ctx.session.get_bind().dialect.name == "postgresql":
        table = number.class_.__tablename__
        ctx.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"number of {table}", 0))))
    highest = ctx.session.scalar(select(func.max(number)).where(year == of))
    return (highest or 0) + 1

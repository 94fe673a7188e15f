"""What people call a thing by: a number counted from 1 in each year, given once and never left out."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from .context import Context
from .turns import in_turn


def next_number(ctx: Context, number: InstrumentedAttribute[Any], year: InstrumentedAttribute[Any], of: int) -> int:
    """The next number of this year, for a row that this unit of work adds.

    Whoever asks for one of the same table waits until this unit of work ends.
    """
    in_turn(ctx, f"number of {number.class_.__tablename__}")
    highest = ctx.session.scalar(select(func.max(number)).where(year == of))
    return (highest or 0) + 1


def is_called(
    said: str, number: InstrumentedAttribute[Any], year: InstrumentedAttribute[Any]
) -> ColumnElement[bool] | None:
    """The condition that a row is called what somebody typed: *DP-2026-3*, *2026/3* or *3*; None where it is no number."""
    found = _CALLED.fullmatch(said.strip())
    if found is None:
        return None
    same = number == int(found["number"])
    return and_(year == int(found["year"]), same) if found["year"] else same


_CALLED = re.compile(r"(?:[a-z]{1,4}[ -]?)?(?:(?P<year>\d{4})[ /-])?(?P<number>\d{1,6})", re.IGNORECASE | re.ASCII)

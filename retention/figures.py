"""How it stands with all records, in figures: due by time, overdue, held, going and gone (RET-3, RET-6, RET-8)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, extract, func, select

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission

from . import spans
from .holds.queries import is_held
from .models import KEPT, RetentionRecord
from .queries import seen
from .rules import Status

_OVER, _QUARTER = -1, 0
"""What stands for them where others are counted by their year."""


@dataclass(frozen=True)
class Figures:
    """`reviews` and `ends` are how many records are next reviewed, and come to the end of their minimum period, by
    the codes of `spans`: this year's hold what is still to come of it, this quarter's with it. `no_end` have none that
    can be shown: it is not known, or tells a date of birth (RET-1).
    """

    today: date
    kept: int
    held: int
    instructed: int
    disposed: int
    reviews: dict[str, int]
    ends: dict[str, int]
    no_end: int

    @property
    def overdue(self) -> int:
        return self.reviews[spans.OVER]

    @property
    def this_quarter(self) -> int:
        return self.reviews[spans.QUARTER]

    @property
    def years(self) -> list[int]:
        return spans.years(self.today)


def figures(ctx: Context) -> Figures:
    """All figures of the front page, in one statement. Raises Forbidden."""
    require(ctx, Permission.RETENTION_READ)
    today = london_date(ctx.now())
    it = RetentionRecord
    what: list[ColumnElement[Any]] = [
        case((KEPT, _time(it.next_review_on, today))).label("reviewed"),
        case((KEPT, _time(it.minimum_ends_on, today))).label("ends"),
        case((is_held(), 1), else_=0).label("held"),
    ]
    each = select(it.status, *what).where(seen(ctx)).subquery()
    rows = map(tuple, ctx.session.execute(select(*each.c, func.count()).group_by(*each.c)))

    by_status: Counter[str] = Counter()
    reviews: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    held = no_end = 0
    for status, reviewed, ended, is_on, number in rows:
        by_status[status] += number
        if status != Status.KEPT.value:
            continue
        held += number if is_on else 0
        for code in _codes(reviewed, today):
            reviews[code] += number
        for code in _codes(ended, today):
            ends[code] += number
        no_end += number if ended is None else 0
    codes = spans.codes(today)
    return Figures(
        today, by_status[Status.KEPT.value], held, by_status[Status.INSTRUCTED.value], by_status[Status.DISPOSED.value],
        {code: reviews[code] for code in codes}, {code: ends[code] for code in codes}, no_end,
    )  # fmt: skip


def _time(column: Any, today: date) -> ColumnElement[int]:
    return case(
        (column < today, _OVER),
        (column <= spans.quarter_end(today), _QUARTER),
        else_=cast(extract("year", column), Integer),
    )


def _codes(time: int | None, today: date) -> tuple[str, ...]:
    """What is counted of a row: this quarter is of this year too."""
    if time is None:
        return ()
    if time == _OVER:
        return (spans.OVER,)
    if time == _QUARTER:
        return (spans.QUARTER, str(today.year))
    return (str(time) if time <= today.year + spans.YEARS else spans.LATER,)

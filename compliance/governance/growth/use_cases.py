"""Keeping what a month came to, once it is over (LIC-11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from policies.access import require
from policies.permissions import Permission

from .errors import CountedAlready
from .events import MonthCounted
from .models import GrowthMonth
from .rules import What

_ONCE = "pk_growth_months"


def keep(ctx: Context, month: date, counts: Mapping[What, int]) -> None:
    """Keep the counts of a month; raises CountedAlready, Forbidden."""
    require(ctx, Permission.GROWTH_COUNT)
    ctx.session.add_all(
        GrowthMonth(month=month, what=what.value, count=count, counted_at=ctx.now()) for what, count in counts.items()
    )
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONCE):
            raise CountedAlready() from problem
        raise

    record(ctx, MonthCounted(month=month))

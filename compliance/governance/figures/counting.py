"""Counting for chapters: so many of this and of that in one statement, and codes in the words of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from compliance.governance.facts.models import Fact
from compliance.kernel.clock import london_date, start_of
from compliance.kernel.context import Context
from signatories.models import Organisation, Signature

from . import spans
from .kept import Register, begun, days_of
from .model import Span, Trend, Unit

_KNOWN = "reports.known_since"

MONTHS_BACK = 12
"""Months that a trend shows at the least: those before the span stand beside it."""


def known_since(ctx: Context) -> date | None:
    """The first London date of which any register knows something; None for a register that is empty."""
    if _KNOWN not in ctx.session.info:
        ctx.session.info[_KNOWN] = _first_known(ctx)
    found: date | None = ctx.session.info[_KNOWN]
    return found


def _first_known(ctx: Context) -> date | None:
    firsts = select(
        select(func.min(Organisation.created_at)).scalar_subquery(),
        select(func.min(Signature.signed_at)).where(Signature.superseded_at.is_(None)).scalar_subquery(),
        select(func.min(Fact.month)).scalar_subquery(),
    )
    return min(days_of(ctx.session.execute(firsts).one()), default=None)


def number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows fulfil all of these."""
    return func.count(case((and_(*conditions), 1)))


def numbers(ctx: Context, source: type[Any], **wanted: ColumnElement[int]) -> dict[str, int]:
    """What is counted of one table, by name, in one statement."""
    row = ctx.session.execute(select(*wanted.values()).select_from(source)).one()
    return dict(zip(wanted, (each or 0 for each in row), strict=True))


def together(ctx: Context, **wanted: Select[int]) -> dict[str, int]:
    """Several counts of different tables, by name, in one statement."""
    row = ctx.session.execute(select(*(each.scalar_subquery() for each in wanted.values()))).one()
    return dict(zip(wanted, (each or 0 for each in row), strict=True))


def open_at(began: Any, ended: Any, at: datetime) -> ColumnElement[bool]:
    """As a condition: it had begun at this instant, and was not over."""
    return and_(began <= at, or_(ended.is_(None), ended > at))


def by_month(
    ctx: Context,
    span: Span,
    code: str,
    heading: str,
    says: str,
    counted: Sequence[tuple[str, type[Any], Any, Any]],
    *,
    by_its_own: bool = True,
) -> Trend:
    """How many there were of each in each month of the span and before it: a name, a table, an instant of it, a condition.

    A month that is to come, or of which its register knows nothing, has no value: `by_its_own` is False
    where what the register of organisations knows goes for it as well. A statement for each, and one or three beside them.
    """
    shown = _months(span)
    last = london_date(ctx.now())
    series: list[tuple[str, Sequence[int | None]]] = []
    begins = (
        begun(ctx, [Register((), (instant,)) for _, _, instant, _ in counted])
        if by_its_own
        else [known_since(ctx)] * len(counted)
    )
    for (name, table, instant, condition), begin in zip(counted, begins, strict=True):
        each = [number(instant >= start_of(day), instant < start_of(after), condition) for day, after in shown]
        row = ctx.session.execute(select(*each).select_from(table)).one()
        series.append(
            (
                name,
                [
                    count if day <= last and begin is not None and after > begin else None
                    for (day, after), count in zip(shown, row, strict=True)
                ],
            )
        )
    return Trend(code, heading, says, [f"{day:%b} {day:%y}" for day, _ in shown], series, Unit.NUMBER)


def worded(code: str) -> str:
    """A code as people read it, where nothing names it better."""
    return code.replace("_", " ").capitalize()


def _months(span: Span) -> list[tuple[date, date]]:
    """The months of the span, with those before it up to so many, each with the first day after it."""
    found = spans.months(span)
    while len(found) < MONTHS_BACK:
        found.insert(0, spans.months_on(found[0], -1))
    return [(day, spans.months_on(day, 1)) for day in found]

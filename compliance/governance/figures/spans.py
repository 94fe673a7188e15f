"""The spans of time that reports speak of: quarters, halves and years of London dates; pure but for what the register knows.

A span is written by the year it begins in: `2026Q4`, `2026H2`, `2026`. Where a report's year begins in another month than
January, `2026` is the year that begins in that month of 2026.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_

from compliance.kernel.clock import london_date, start_of
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.reports import ReportKind

from .model import Span

_YEAR = 12
_LETTERS = {3: "Q", 6: "H", 12: ""}
_EXAMPLES = {3: "a quarter such as 2026Q4", 6: "a half year such as 2026H2", 12: "a year such as 2026"}
_FIRST_YEAR, _LAST_YEAR = 1900, 9990


def span_named(kind: ReportKind, written: str) -> Span:
    """The span of a report of this kind that is written like this; raises Invalid at `/period`."""
    letter = _LETTERS[kind.months]
    found = re.fullmatch(rf"(\d{{4}})(?:-?{letter}(\d))?" if letter else r"(\d{4})", written.strip().upper(), re.ASCII)
    number = int(found[2] or 0) if found and letter else 1
    if found is None or not 1 <= number <= _YEAR // kind.months or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise Invalid.at("/period", f"Give {_EXAMPLES[kind.months]}.")
    return _from(kind, date(int(found[1]), kind.first_month, 1), number - 1)


def written(kind: ReportKind, span: Span) -> str:
    """A span as addresses and commands write it, such as `2026Q4`."""
    months = span.since.year * _YEAR + span.since.month - kind.first_month
    year, past = divmod(months, _YEAR)
    letter = _LETTERS[kind.months]
    return f"{year:04}{letter}{past // kind.months + 1}" if letter else f"{year:04}"


def span_of(kind: ReportKind, day: date) -> Span:
    """The span of this kind that a London date falls in."""
    months = day.year * _YEAR + day.month - kind.first_month
    year, past = divmod(months, _YEAR)
    return _from(kind, date(year, kind.first_month, 1), past // kind.months)


def span_before(kind: ReportKind, span: Span) -> Span:
    """The span of this kind before this one."""
    return span_of(kind, months_on(span.since, -1))


def last_whole(kind: ReportKind, today: date) -> Span:
    """The newest span of this kind that is over on a London date."""
    return span_before(kind, span_of(kind, today))


def begin(span: Span) -> datetime:
    """The instant at which it begins: midnight in London."""
    return start_of(span.since)


def end(ctx: Context, span: Span) -> datetime:
    """The instant as at which registers are read for it: the last of it, or now where it is still running."""
    return min(start_of(span.until) - timedelta(microseconds=1), ctx.now())


def within(ctx: Context, span: Span, instant: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """As a condition: this instant is in the span, and not after now."""
    return and_(instant >= begin(span), instant <= end(ctx, span))


def within_days(ctx: Context, span: Span, day: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """As a condition: this London date is in the span, and not after today."""
    return and_(day >= span.since, day <= london_date(end(ctx, span)))


def is_over(ctx: Context, span: Span) -> bool:
    """Whether all of it is past."""
    return span.until <= london_date(ctx.now())


def months(span: Span) -> list[date]:
    """The first day of each month of it."""
    days, day = [], span.since.replace(day=1)
    while day < span.until:
        days.append(day)
        day = months_on(day, 1)
    return days


def said_month(day: date) -> str:
    """A month as tables and pictures call it: *November 2026*."""
    return f"{day:%B %Y}"


def _from(kind: ReportKind, year: date, number: int) -> Span:
    since = months_on(year, number * kind.months)
    until = months_on(since, kind.months)
    last = months_on(until, -1)
    name = f"{since:%B} to {last:%B %Y}" if since.year == last.year else f"{since:%B %Y} to {last:%B %Y}"
    return Span(since, until, name)


def months_on(day: date, count: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(day.year * _YEAR + day.month - 1 + count, _YEAR)
    return date(year, month + 1, 1)

"""When a report is issued by itself, and whether there is anything new in it; pure (GOV-1, GOV-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from compliance.governance.figures.frozen import freeze
from compliance.governance.figures.model import Report, Span
from compliance.kernel.calendar import Calendar, add_working_days


def issued_on(span: Span, days: int, calendar: Calendar) -> date:
    """The day on which the report of a span is issued by itself: so many working days after its last; raises BeyondCalendar."""
    return add_working_days(span.until - timedelta(days=1), days, calendar)


def same(one: Report, other: Report) -> bool:
    """Whether two reports say the same, whenever each was counted."""
    return freeze(replace(one, at=other.at)) == freeze(other)

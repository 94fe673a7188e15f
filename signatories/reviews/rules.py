"""When the instruments are reviewed: dates, and nothing else (SIG-10, OP 8.4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum


class Decision(StrEnum):
    """What a review concludes: the instrument goes on, or it should end."""

    EXTEND = "extend"
    TERMINATE = "terminate"


class Progress(StrEnum):
    """Where a review stands: held, past its day, open to be held, or still to come."""

    DONE = "held"
    OVERDUE = "overdue"
    DUE = "due"
    COMING = "coming"


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months on; where that month has no such day, the day after its last."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return date(day.year + years, month + 1, day.day)
    except ValueError:
        years, month = divmod(day.month + months, 12)
        return date(day.year + years, month + 1, 1)


def due_days(go_live: date, after_months: Collection[int], every_months: int, *, until: date) -> list[date]:
    """The days on which reviews are due, in order, as far as the first after `until`.

    Each is counted from the day of going live, and not from the review before it: a day that slipped once, because
    its month is short, does not slip further.
    """
    months = sorted(after_months)
    days = [months_after(go_live, each) for each in months]
    while not days or days[-1] <= until:
        months.append((months[-1] if months else 0) + every_months)
        days.append(months_after(go_live, months[-1]))
    after = [day for day in days if day > until]
    return [day for day in days if day <= until] + after[:1]


def opens_on(due_on: date, early_days: int) -> date:
    """The first day on which the review of this day can be held."""
    return due_on - timedelta(days=early_days)


def progress(due_on: date, *, held: bool, today: date, early_days: int) -> Progress:
    """Where the review that is due on this day stands today."""
    if held:
        return Progress.DONE
    if today > due_on:
        return Progress.OVERDUE
    return Progress.DUE if today >= opens_on(due_on, early_days) else Progress.COMING

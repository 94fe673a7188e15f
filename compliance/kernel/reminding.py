"""When somebody is reminded of a last day: once before it, once on it, once when it is over; pure, and as a condition for the store."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_

from .calendar import Calendar, is_working_day
from .keyset import Column


class Time(StrEnum):
    """Where a day stands to a last day: nobody is reminded when it is early, and once in each of the others."""

    EARLY = "early"
    BEFORE = "before"
    ON = "on"
    OVER = "over"


def working_days_before(day: date, days: int, calendar: Calendar) -> date:
    """The working day that comes so many before this day, from which on it is called to mind; raises BeyondCalendar."""
    while days:
        day -= timedelta(days=1)
        days -= is_working_day(day, calendar)
    return day


_ORDER = tuple(Time)


def time_of(day: date, due_on: date, soon_from: date) -> Time:
    """Where this day stands to `due_on`, of which is reminded from `soon_from` on."""
    if day > due_on:
        return Time.OVER
    if day == due_on:
        return Time.ON
    return Time.BEFORE if day >= soon_from else Time.EARLY


def to_remind(today: date, due_on: date, soon_from: date, reminded_on: date | None) -> Time | None:
    """Of what is reminded today; None where it is early, or was done in this time already.

    A reminder that was left out while nothing ran is not made up for: it would say what is not so any more.
    """
    now = time_of(today, due_on, soon_from)
    if now is Time.EARLY:
        return None
    before = Time.EARLY if reminded_on is None else time_of(reminded_on, due_on, soon_from)
    return now if _ORDER.index(now) > _ORDER.index(before) else None


def may_be_due(due_on: Column, reminded_on: Column, *, today: date, soon: date) -> ColumnElement[bool]:
    """The condition that a reminder may be due of a row's last day, `soon` being the furthest that is reminded of today.

    It is wider than `to_remind`, which looks again at each row that is found.
    """
    again = and_(reminded_on < today, reminded_on <= due_on)
    return and_(due_on <= soon, or_(reminded_on.is_(None), again))

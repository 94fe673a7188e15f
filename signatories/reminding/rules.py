"""Which of several reminders is the one to send: pure, so that every day of a year can be tried."""

from __future__ import annotations

from collections.abc import Collection


def nearest(days_left: int, warn_days: Collection[int]) -> int | None:
    """The most pressing reminder that is true with so many days left; None before the first and once the day is over.

    Whatever fell due meanwhile and was not sent is behind it: of several missed, the last is the one that helps.
    """
    if days_left < 0:
        return None
    return min((days for days in warn_days if days >= days_left), default=None)

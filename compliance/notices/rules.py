"""When a letter is tried again, and when it is of no more use: pure, so that it can be tried without a clock (GOV-5)."""

from __future__ import annotations

from datetime import datetime, timedelta

LEASE = timedelta(minutes=2)
"""For how long whoever sends a letter has it alone. Longer than every wait of a sending together."""


def pause_after(tries: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait after so many tries that failed: twice as long each time, up to the longest, without end."""
    doublings = min(max(tries - 1, 0), 20)
    return min(first * (1 << doublings), longest)


def is_useless(useless_at: datetime | None, now: datetime) -> bool:
    """Whether the letter would only mislead by now, such as one with a code that has ended."""
    return useless_at is not None and useless_at <= now


def is_late(written_at: datetime, now: datetime, *, allowed: timedelta) -> bool:
    """Whether a letter has waited for longer than a letter should."""
    return now - written_at > allowed

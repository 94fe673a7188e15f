"""A page of the feed, as a program is given it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing

from . import cursors, feed, running_out
from .errors import CursorAhead
from .feed import BEGINNING, Change, Place

NOW = "now"
"""What a program sends in the place of a cursor to begin behind everything that there is."""


@dataclass(frozen=True)
class Page:
    """Some changes, where one stands behind them, and up to when every end by time is among what was given so far."""

    changes: tuple[Change, ...]
    place: Place
    more: bool
    complete_until: datetime | None


def place_of(ctx: Context, cursor: str | None) -> Place:
    """Where a program stands; the beginning for none. Raises Invalid at /after, and CursorAhead."""
    if cursor is None:
        return BEGINNING
    if cursor == NOW:
        return feed.newest(ctx)
    place = cursors.read(ctx.the(KeyRing), cursor)
    if not feed.log_has(ctx, place):
        raise CursorAhead()
    return place


def page(ctx: Context, place: Place, *, limit: int) -> Page:
    """The changes behind this place. How far the ends by time have come is read first: what it promises is in the page."""
    complete = running_out.complete_until(ctx)
    found = feed.after(ctx, place, limit=limit + 1)
    shown = tuple(found[:limit])
    return Page(shown, shown[-1].place if shown else place, len(found) > limit, complete)

"""The change feed: every grant, end and change of a right, in the order of commits, for ever (DEC-4).

    GET /api/v1/changes?after=CURSOR&wait=30

Each item says whose right changed. Whoever keeps anything of theirs drops it, and asks again before showing more:
what was permitted may be denied by now. `next` is where to go on from, also after an empty page; it never grows too
old. Without `after` the feed begins with the first change there ever was; `after=now` begins behind the newest one.
Ends that come by time alone are in it up to `complete_until`: where that falls behind, nobody writes them down, and
whoever stands by the feed alone shows nothing more.
"""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint
from pydantic import Field

from audit.record import record
from compliance.changes import cursors, queries
from compliance.changes.events import ChangesRead
from compliance.changes.feed import MOST, Change, Place
from compliance.changes.queries import Page
from compliance.changes.waiting import Bell
from compliance.kernel.context import Context, acting, house, in_force, reading, work
from compliance.kernel.errors import Invalid
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from .access import look, scoped
from .errors import Malformed
from .reading import Body, parse_query
from .replies import Reply, present

changes = Blueprint("changes", __name__, url_prefix="/api/v1/changes")


class Wanted(Body):
    """Behind what one stands, for how many seconds to wait where nothing has changed, and how much at once."""

    after: str | None = None
    wait: Annotated[int, Field(ge=0, le=3600)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100


@changes.get("")
@scoped("changes:read")
def list_changes() -> Reply:
    """The changes behind a cursor, the oldest first; where there are none it waits for one, as long as it is asked to.

    Thirty seconds at the most, where the policy says no other number. `after=now` begins with what comes next.
    """
    asked = parse_query(Wanted)
    longest = in_force(Policy).changes.wait_seconds
    if asked.wait > longest:
        raise Invalid.at("/wait", f"Wait for {longest} seconds at the most.")
    with reading() as ctx:
        place = _place(ctx, asked.after)
        page = queries.page(ctx, place, limit=asked.limit)
    if not page.changes and asked.wait:
        page = _later(place, asked)
    if page.changes:
        with work() as ctx:
            first, last = page.changes[0].place.entry, page.changes[-1].place.entry
            record(ctx, ChangesRead(rows=len(page.changes), first=first, last=last))
    return present(_said(page))


def _place(ctx: Context, cursor: str | None) -> Place:
    """Where the program stands. A cursor that is none of ours is no request at all (400)."""
    try:
        return queries.place_of(ctx, cursor)
    except Invalid as refusal:
        raise Malformed(refusal.words, fields=refusal.fields) from None


def _later(place: Place, asked: Wanted) -> Page:
    """The page once there is something to put on it, or the waiting is over. Whoever waited is looked at once more."""
    house().the(Bell).wait(house().engine, acting().id, place.entry, asked.wait)
    look()
    with reading() as ctx:
        return queries.page(ctx, place, limit=asked.limit)


def _said(page: Page) -> dict[str, Any]:
    ring = house().the(KeyRing)
    return {
        "items": [_item(ring, change) for change in page.changes],
        "next": cursors.write(ring, page.place),
        "more": page.more,
        "complete_until": page.complete_until,
    }


def _item(ring: KeyRing, change: Change) -> dict[str, Any]:
    return {
        "cursor": cursors.write(ring, change.place),
        "type": change.type,
        "timestamp": change.at,
        **change.said,
    }

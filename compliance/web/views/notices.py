"""Letters: what waits to be sent, what fails and why, what went; never what they say (GOV-5)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Blueprint

from compliance.identity import queries as identity
from compliance.kernel.context import Context, house, work
from compliance.kernel.tables import Table
from compliance.notices import listing, use_cases
from compliance.notices.listing import State
from compliance.notices.queries import LetterRow
from compliance.notices.ways import Post
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.letter_words import LETTERS
from compliance.web.replies import Reply, show
from policies.access import require
from policies.permissions import Permission

pages = Blueprint("notices", __name__, url_prefix="/notices")


@pages.get("")
@guarded(Permission.NOTICE_READ)
def letters() -> Reply:
    """How letters stand, and every letter: the newest first, or as asked."""
    asked, sort = _asked(), lists.sort_of(listing.SORTS)
    after = lists.place_of(listing.SORTS, sort)
    with work() as ctx:
        board = use_cases.view_letters(ctx, **asked, sort=sort, after=after)
        names = _names(ctx, board.page.rows)
    return show(
        "notices.html",
        board=board,
        names=names,
        asked=asked,
        sort=sort,
        state_of=listing.state_of,
        kinds=sorted(LETTERS.items(), key=lambda one: one[1]),
        beginning=after is None,
        is_open=house().the(Post).is_open,
    )


@pages.get("/export.<form>")
@guarded(Permission.NOTICE_READ)
def export(form: str) -> Reply:
    """The letters as they were searched and sorted, as a file; their words and addresses are in none."""
    asked, sort = _asked(), lists.sort_of(listing.SORTS)

    def table(ctx: Context) -> Table:
        require(ctx, Permission.NOTICE_READ)

        found, most = lists.walked(partial(listing.letters, ctx, **asked, sort=sort, limit=listing.MOST))
        return listing.as_table(ctx, found, _names(ctx, found), most=most)

    return lists.file_of(form, "letters", table)


def _asked() -> dict[str, Any]:
    """What the list is narrowed to."""
    state = lists.one_of("state", list(State))
    return {
        "search": lists.asked("search"),
        "state": State(state) if state else None,
        "kind": lists.one_of("kind", LETTERS),
    }


def _names(ctx: Context, rows: Iterable[LetterRow]) -> dict[str, str]:
    return identity.names_of(ctx, {str(row.person_id) for row in rows if row.person_id})

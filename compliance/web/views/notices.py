"""Letters: what waits to be sent, what fails and why, what went lately; never what they say (GOV-5)."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from compliance.identity import queries as identity
from compliance.kernel.context import Context, house, work
from compliance.notices import use_cases
from compliance.notices.queries import LetterRow
from compliance.notices.ways import Post
from compliance.web.access import guarded
from compliance.web.replies import Reply, show
from policies.permissions import Permission

pages = Blueprint("notices", __name__, url_prefix="/notices")


@pages.get("")
@guarded(Permission.NOTICE_READ)
def letters() -> Reply:
    """How letters stand: the failing first, then the waiting, then what was sent lately."""
    with work() as ctx:
        board = use_cases.view_letters(ctx)
        names = _names(ctx, (*board.failing, *board.waiting, *board.recent))
    return show("notices.html", board=board, names=names, is_open=house().the(Post).is_open)


def _names(ctx: Context, rows: Iterable[LetterRow]) -> dict[str, str]:
    return identity.names_of(ctx, {str(row.person_id) for row in rows if row.person_id})

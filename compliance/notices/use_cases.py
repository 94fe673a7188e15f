"""Looking at the post: each look is recorded (AUD-1, GOV-5)."""

from __future__ import annotations

from dataclasses import dataclass

from audit.record import record
from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission

from . import queries
from .events import NoticesViewed
from .queries import LetterRow, Standing


@dataclass(frozen=True)
class Board:
    """The post as it is shown: how it stands, what fails, what waits, what went lately."""

    standing: Standing
    failing: list[LetterRow]
    waiting: list[LetterRow]
    recent: list[LetterRow]


def view_letters(ctx: Context) -> Board:
    """Show how letters stand, and keep that it was shown. Raises Forbidden."""
    require(ctx, Permission.NOTICE_READ)
    board = Board(queries.standing(ctx), queries.failing(ctx), queries.waiting(ctx), queries.recent(ctx))
    record(ctx, NoticesViewed(rows=len(board.failing) + len(board.waiting) + len(board.recent)))
    return board

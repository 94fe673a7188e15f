"""Looking at the post: each look is recorded (AUD-1, GOV-5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.keyset import Page
from policies.access import require
from policies.permissions import Permission

from . import listing, queries
from .events import NoticesViewed
from .queries import LetterRow, Standing


@dataclass(frozen=True)
class Board:
    """The post as it is shown: how it stands, and the letters asked for."""

    standing: Standing
    page: Page[LetterRow]


def view_letters(ctx: Context, **asked: Any) -> Board:
    """Show how letters stand, those of `listing.letters`, and keep that they were shown. Raises Forbidden."""
    require(ctx, Permission.NOTICE_READ)
    board = Board(queries.standing(ctx), listing.letters(ctx, **asked))
    record(ctx, NoticesViewed(rows=len(board.page.rows)))
    return board

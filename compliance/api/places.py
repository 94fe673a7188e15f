"""Cursors of lists that are asked for a page at a time, as programs have them: each with our mark, for its own list alone."""

from __future__ import annotations

import hmac
from typing import Annotated

from pydantic import AfterValidator

from .replies import mark_of


def marked(after: str | None) -> str | None:
    """The place behind a page's last row, as a name that leads on in this list alone; None behind the last page."""
    return f"{mark_of([after])}.{after}" if after is not None else None


def _unmarked(given: str) -> str:
    """The place in a cursor that this list gave; raises ValueError for another list's, and for an edited one."""
    shown, _, after = given.partition(".")
    if not hmac.compare_digest(shown.encode("utf-8", "replace"), mark_of([after]).encode()):
        raise ValueError("Use the cursor that the page before gave.")
    return after


After = Annotated[str, AfterValidator(_unmarked)]

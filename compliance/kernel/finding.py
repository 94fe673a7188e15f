"""Finding one thing, or saying that there is none."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select

from .context import Context
from .errors import NotFound

T = TypeVar("T")


def the_one(ctx: Context, wanted: Select[T], *, lock: bool = False) -> T:
    """The one row that this asks for, held for change and read anew where `lock` says so; raises NotFound."""
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found

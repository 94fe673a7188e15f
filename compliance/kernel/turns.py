"""One after another: where there may be no row yet that could be held."""

from __future__ import annotations

from sqlalchemy import func, select

from .context import Context

KEEPING = "what keeps a record from being disposed of"
"""Taken by whoever adds something that stands in the way of a disposal, and by whoever disposes of anything (RET-5)."""


def in_turn(ctx: Context, name: str) -> None:
    """Wait while somebody else's unit of work is at the same name; whoever comes next waits for this one to end.

    On SQLite every unit of work that writes takes its turn already.
    """
    if ctx.session.get_bind().dialect.name == "postgresql":
        ctx.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

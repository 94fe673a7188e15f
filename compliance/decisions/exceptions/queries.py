"""Reading what stands beside the rule: what somebody is kept from, and what was opened to whom (DEC-5, DEC-6)."""

from __future__ import annotations

from typing import cast

from sqlalchemy import select

from compliance.kernel.context import Context

from .models import Conflict

_KEPT_FROM = "kept from"


def kept_from(ctx: Context) -> frozenset[str]:
    """The references that a conflict of interest keeps the acting person from: none for a program or a job (DEC-6).

    To that person these do not exist, on our own pages as little as in the case system: whatever names one is left
    out of lists, counts, exports and searches before anything else is decided. One statement a unit of work.
    """
    if ctx.actor.person_id is None:
        return frozenset()
    known = ctx.session.info.get(_KEPT_FROM)
    if known is None:
        wanted = select(Conflict.reference).where(
            Conflict.person_id == ctx.actor.person_id, Conflict.lifted_at.is_(None)
        )
        known = ctx.session.info[_KEPT_FROM] = frozenset(ctx.session.scalars(wanted))
    return cast(frozenset[str], known)

"""One's own kept searches of the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, NotFound

from .models import SavedSearch


@dataclass(frozen=True)
class Kept:
    """A kept search: its name, what it asks as the page's address has it, and when it was kept."""

    id: UUID
    name: str
    asked: dict[str, str]
    saved_at: datetime


def oneself(ctx: Context) -> UUID:
    """Who acts, who must be a person: searches are somebody's own. Raises Forbidden."""
    if ctx.actor.person_id is None:
        raise Forbidden()
    return ctx.actor.person_id


def saved_searches(ctx: Context) -> list[Kept]:
    """Every search that the acting person keeps, by name."""
    own = select(SavedSearch).where(SavedSearch.person_id == oneself(ctx)).order_by(SavedSearch.name, SavedSearch.id)
    return [Kept(row.id, row.name, json.loads(row.asked), row.saved_at) for row in ctx.session.scalars(own)]


def saved_search(ctx: Context, search_id: UUID) -> SavedSearch:
    """One of them; raises NotFound, for anybody else's too."""
    found = ctx.session.get(SavedSearch, search_id)
    if found is None or found.person_id != oneself(ctx):
        raise NotFound()
    return found

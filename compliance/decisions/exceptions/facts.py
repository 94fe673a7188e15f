"""What stands beside the rule for anybody, as a decision takes it: one statement, however many people there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, DateTime, Select, String, cast, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from compliance.decisions.book import Opened

from .models import BreakGlass, Conflict
from .rules import folded

Rows = Select[UUID, str, UUID, Any, Any]

MOST_NAMED = 500
"""Beyond so many people it is cheaper, and on SQLite needed, to read everybody and keep those asked for."""


@dataclass(slots=True)
class Exceptions:
    """One person's: what break-glass opens to them by reference, and which conflicts keep them from what, by the
    reference folded."""

    opened: dict[str, Opened] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)


NONE = Exceptions()
"""Nearly everybody's, and never written to."""


def exceptions(
    connection: Connection, at: datetime, person_ids: Collection[UUID] | None = None
) -> dict[UUID, Exceptions]:
    """Everybody of whom there are any at this instant, or those of some people."""
    only = None if person_ids is None else set(person_ids)
    few = only if only is not None and len(only) <= MOST_NAMED else None

    def narrowed(statement: Rows, owner: InstrumentedAttribute[UUID]) -> Rows:
        return statement if few is None else statement.where(owner.in_(few))

    live = narrowed(_OPENED.where(BreakGlass.until > at), BreakGlass.person_id)
    found: dict[UUID, Exceptions] = defaultdict(Exceptions)
    for person_id, reference, one, area, until in connection.execute(
        union_all(live, narrowed(_KEPT, Conflict.person_id))
    ):
        if only is not None and person_id not in only:
            continue
        if area is None:
            found[person_id].kept[folded(reference)] = str(one)
        else:
            found[person_id].opened[reference] = Opened(str(one), area, until.timestamp())
    return dict(found)


_OPENED: Rows = select(
    BreakGlass.person_id, BreakGlass.reference, BreakGlass.id, BreakGlass.area, BreakGlass.until
).where(BreakGlass.ended_at.is_(None))  # fmt: skip

_KEPT: Rows = select(
    Conflict.person_id,
    Conflict.reference,
    Conflict.id,
    cast(null(), String()),
    cast(null(), DateTime(timezone=True)),
).where(Conflict.lifted_at.is_(None))
"""In the shape of what is open, without an area."""

"""The turns of a licence on its rota, read along in the statement of the licence itself (LIC-6).

One column tells whether a licence is in a rota and when its turns are, so that whoever asks if a licence can be used
asks no statement more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, case, cast, func, or_, select

from compliance.kernel.context import Context
from compliance.licences.models import Licence
from compliance.licences.rules import Status, Suspension

from .models import RotaTurn
from .rules import DAY, Turn, opens

_BASE = DAY + 1

OWN_TURNS: ColumnElement[Any] = case(
    (
        Licence.rota_id.is_not(None),
        func.coalesce(
            select(
                func.aggregate_strings(
                    cast((RotaTurn.weekday * _BASE + RotaTurn.begins) * _BASE + RotaTurn.ends, String()), " "
                )
            )
            .where(RotaTurn.rota_id == Licence.rota_id, RotaTurn.licence_id == Licence.id)
            .correlate(Licence)
            .scalar_subquery(),
            "",
        ),
    ),
    else_=None,
)
"""A licence's turns in one column: null outside a rota, empty for one in a rota without a turn."""

IN_USE = or_(
    Licence.status == Status.ACTIVE,
    and_(
        Licence.status == Status.SUSPENDED, Licence.suspension == Suspension.ROTA, Licence.rota_id.is_not(None)
    ),
)  # fmt: skip
"""Licences that are used, always or by turns."""

_NOBODY = UUID(int=0)


@lru_cache(maxsize=4096)
def own_turns(column: str | None, licence_id: UUID = _NOBODY) -> tuple[Turn, ...] | None:
    """What `OWN_TURNS` gave, as turns; None for a licence in no rota."""
    if column is None:
        return None
    turns = []
    for packed in map(int, column.split()):
        rest, ends = divmod(packed, _BASE)
        weekday, begins = divmod(rest, _BASE)
        turns.append(Turn(weekday, begins, ends, licence_id))
    return tuple(sorted(turns))


def in_turn(ctx: Context, licences: Iterable[Licence]) -> list[Licence]:
    """Those of these licences that can be used now; asks no statement where none is in a rota."""
    held = list(licences)
    sharing = [licence.id for licence in held if licence.rota_id is not None]
    turns = turns_of(ctx, sharing)
    return [licence for licence in held if opens(licence.status, licence.suspension, turns.get(licence.id), ctx.now())]


def turns_of(ctx: Context, licence_ids: Iterable[UUID]) -> dict[UUID, tuple[Turn, ...]]:
    """The turns that each of these licences has on the rota it is in; none for one in no rota."""
    wanted = list(licence_ids)
    if not wanted:
        return {}
    rows = ctx.session.execute(select(Licence.id, OWN_TURNS).where(Licence.id.in_(wanted)))
    return {licence_id: own_turns(column, licence_id) or () for licence_id, column in rows}


def usable(status: str, suspension: str | None, column: str | None, instant: datetime) -> bool:
    """Whether a licence whose state and `OWN_TURNS` were read can be used at this instant."""
    return opens(status, suspension, own_turns(column), instant)

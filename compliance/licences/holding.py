"""What keeps a licence resting beyond the licences' own rules: later rooms say so here, and resuming asks them all (BRE-4).

The rooms above know why a licence may not be used again yet; this one knows only that somebody may, and asks.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.context import Context
from compliance.kernel.errors import Conflict

from .models import Licence

Hold = Callable[[Context, Licence], Conflict | None]
"""Why this licence rests on, as a refusal; None where this hold knows of no reason."""

_HOLDS: list[Hold] = []


def keeps_resting(hold: Hold) -> Hold:
    """Have this asked before a licence is used again."""
    _HOLDS.append(hold)
    return hold


def check(ctx: Context, licence: Licence) -> None:
    """Raise the first refusal that any hold has for a licence that somebody wants to be used again."""
    for hold in _HOLDS:
        refusal = hold(ctx, licence)
        if refusal is not None:
            raise refusal


def check_person(ctx: Context, person_id: UUID) -> None:
    """Raise the first refusal for any licence this person has or had: another one is no way round what keeps it resting."""
    for licence in ctx.session.scalars(select(Licence).where(Licence.person_id == person_id).order_by(Licence.id)):
        check(ctx, licence)

"""What doing something again comes to, and where each room says how its own endings are done again (RET-12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from compliance.kernel.context import Context
from compliance.kernel.db import Base

from .lines import Line

R = TypeVar("R", bound=Base)


class Way(StrEnum):
    """How it was done again: exactly; by refusing more than had ended, until a person looks; or a person has to do it."""

    EXACTLY = "exactly"
    DENIED = "denied"
    TO_LOOK = "to_look"


@dataclass(frozen=True)
class Done:
    """What was done: how, and which rows changed by it."""

    way: Way
    things: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Forgotten:
    """All lines that the store does not know, in the order in which they happened."""

    lines: Sequence[Line] = field(default_factory=tuple)

    def of(self, event: str) -> list[Line]:
        """Those of this event."""
        return [line for line in self.lines if line.event == event]


Again = Callable[[Context, Line, Forgotten], Done | None]
"""Does one thing again; None where the store needs nothing: it was ended there too, or is not there at all."""


ELSEWHERE: dict[str, Again] = {}
"""What rooms above this one do again, by their events."""


def does_again(event: str) -> Callable[[Again], Again]:
    """Mark what does an ending of a room above this one again."""

    def mark(again: Again) -> Again:
        ELSEWHERE[event] = again
        return again

    return mark


def held(ctx: Context, kind: type[R], row_id: UUID | None) -> R | None:
    """A row, held for change; None where the store has none."""
    if row_id is None:
        return None
    table = kind.__table__
    wanted = select(kind).where(table.c.id == row_id).with_for_update(of=kind)
    return ctx.session.execute(wanted.execution_options(populate_existing=True)).unique().scalar_one_or_none()

"""Looking at letters: what waits, what fails, what was sent. Never their words, nor where they go (GOV-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from compliance.kernel.context import Context

from .models import Notice

WAITS = and_(Notice.sent_at.is_(None), Notice.dropped_at.is_(None))
"""Written, and neither sent nor of no more use."""

FAILS = and_(WAITS, Notice.problem.is_not(None))
"""Tried, and not taken so far."""

KEPT = "kept:"
"""How `once` begins for a letter that nobody but its reader may know of: that there is one would tell on somebody (DEC-6)."""

SHOWN = 50


@dataclass(frozen=True)
class LetterRow:
    """A letter as it may be shown: what it is, for whom, how it stands; without its words and its address."""

    id: UUID
    kind: str
    person_id: UUID | None
    written_at: datetime
    due_at: datetime
    tries: int
    problem: str | None
    sent_at: datetime | None
    dropped_at: datetime | None

    @property
    def ended_at(self) -> datetime | None:
        return self.sent_at or self.dropped_at


@dataclass(frozen=True)
class Standing:
    """How many letters wait, how many of them fail, and since when the oldest waits."""

    waiting: int
    failing: int
    oldest: datetime | None


ROW = (
    Notice.id, Notice.kind, Notice.person_id, Notice.written_at, Notice.due_at, Notice.tries, Notice.problem,
    Notice.sent_at, Notice.dropped_at,
)  # fmt: skip
"""The columns of a letter that may be shown."""


def known(ctx: Context) -> ColumnElement[bool]:
    """The condition that the acting person may know of a letter: it is theirs, or kept from nobody (DEC-6)."""
    me = ctx.actor.person_id
    if me is None:
        return true()
    return or_(Notice.once.is_(None), Notice.once.not_like(f"{KEPT}%"), Notice.person_id == me)


def to_person(ctx: Context, person_id: UUID, *, limit: int = SHOWN) -> list[LetterRow]:
    """The letters to one person, the newest first."""
    wanted = select(*ROW).where(Notice.person_id == person_id, known(ctx)).order_by(Notice.written_at.desc(), Notice.id)
    return [LetterRow(*row) for row in ctx.session.execute(wanted.limit(limit))]


def standing(ctx: Context) -> Standing:
    """How the post stands, for the first page and for `doctor`."""
    counted = select(func.count(), func.count(Notice.problem), func.min(Notice.written_at)).where(WAITS, known(ctx))
    return Standing(*ctx.session.execute(counted).one())

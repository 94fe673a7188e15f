"""Disposing of what the log says of people once its time is over, while the log itself stands (AUD-3, RET-9).

Rows are emptied in the order of their entries, so that one entry can say of a range of numbers that everything in it
is gone: the salt too, without which nobody can try what was there. Verification takes no empty row that no such
entry speaks of.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Connection, select, update

from compliance.kernel.context import Context
from compliance.kernel.errors import StaleForm

from .append import Receipt
from .events import Event
from .models import AuditEntry, PersonalDetail
from .personal import DISPOSED
from .queries import number_before
from .record import once_entered, record, recorded

AT_ONCE = 2_000
"""Rows that are emptied in one transaction, so that nobody waits long for the log meanwhile."""


@dataclass(frozen=True, kw_only=True)
class PersonalDisposed(Event):
    """What was kept beside the entries from `first` to `last` was disposed of; `rows` of them had something."""

    name: ClassVar[str] = DISPOSED
    subject_kind: ClassVar[str | None] = "audit_log"

    rules: tuple[str, ...] = ("RET-9", "AUD-3")

    first: int
    last: int
    rows: int


def due(ctx: Context, *, before: datetime, most: int) -> list[UUID]:
    """Pieces of work, each a new id, while there is something older than this instant to dispose of; at most so many."""
    rows = waiting(ctx, before=before, most=AT_ONCE * most)
    return [ctx.new_id() for _ in range(-(-rows // AT_ONCE))]


def waiting(ctx: Context, *, before: datetime, most: int) -> int:
    """How many rows beside entries older than this instant wait to be emptied; counted up to so many."""
    return len(_next(ctx, before, most))


def dispose(ctx: Context, *, before: datetime) -> int:
    """Empty the oldest rows beside entries older than this instant, so many at once; says how many those were."""
    numbers = _next(ctx, before, AT_ONCE)
    if not numbers:
        return 0

    first, last = numbers[0], numbers[-1]
    place = len(recorded(ctx))
    record(ctx, PersonalDisposed(first=first, last=last, rows=len(numbers)))

    def empty(connection: Connection, receipts: Sequence[Receipt]) -> None:
        table = PersonalDetail.__table__
        rows = update(PersonalDetail).where(table.c.number.between(first, last), table.c.disposed_by.is_(None))
        gone = connection.execute(rows.values(salt=None, address=None, said=None, disposed_by=receipts[place].entry))
        if gone.rowcount != len(numbers):
            raise StaleForm()

    once_entered(ctx, empty)
    return len(numbers)


def _next(ctx: Context, before: datetime, most: int) -> list[int]:
    """The numbers of the oldest rows that are not empty, where their entries are older than this instant."""
    disposals = (
        select(AuditEntry.detail).where(AuditEntry.event == DISPOSED).order_by(AuditEntry.number.desc()).limit(1)
    )
    said = ctx.session.scalar(disposals)
    since = json.loads(said)["last"] + 1 if said is not None else 0
    rows = select(PersonalDetail.number).where(
        PersonalDetail.number >= since,
        PersonalDetail.number < number_before(ctx, before),
        PersonalDetail.disposed_by.is_(None),
    )
    return list(ctx.session.scalars(rows.order_by(PersonalDetail.number).limit(most)))

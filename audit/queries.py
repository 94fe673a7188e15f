"""Reading the log: newest first, a page at a time, and never unnoticed (AUD-1).

The caller has asked for the permission already: roles stand in a higher room, and so does why somebody reads.
However long the log is, a page costs the same: `audit.ways` says how entries are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.kernel.keyset import check_limit

from . import ways
from .models import AuditEntry
from .reading import WHOLE_LOG, EntryRead, LogRead, Reader
from .record import record
from .ways import BATCH, Asked

MOST = 200
"""Entries of a page at the most."""

AT_ONCE = 1_000
"""Entries that are read together where many are wanted."""

ANYTHING = Asked()
"""A search without filters."""


@dataclass(frozen=True)
class Page:
    """Some entries, newest first, and the number below which the next page begins; None when this was the last."""

    entries: tuple[AuditEntry, ...]
    before_number: int | None


FIRST_AT = select(AuditEntry.at).order_by(AuditEntry.number).limit(1)
"""The instant of the first entry, as the log writes it."""


def log_begun(ctx: Context) -> date | None:
    """The London date of the first entry, from which on this service saw what happened; None for an empty log."""
    first = ctx.session.scalar(FIRST_AT)
    return london_date(datetime.fromisoformat(first)) if first is not None else None


def search(
    ctx: Context,
    asked: Asked = ANYTHING,
    *,
    reader: Reader = WHOLE_LOG,
    before_number: int | None = None,
    limit: int = 50,
) -> Page:
    """The entries that fit and that this reader may know of, and the record that they were read.

    Raises Invalid, and NotFound for an organisation that is not the reader's (ROL-4).
    """
    check_limit(limit, MOST)
    _theirs(asked, reader)

    found = ways.numbers(ctx, asked, reader, before_number=before_number, limit=limit + 1)
    wanted = select(AuditEntry).where(AuditEntry.number.in_(found)).order_by(AuditEntry.number.desc())
    rows = ctx.session.scalars(wanted).all()
    shown = tuple(rows[:limit])

    first, last = (shown[0].number, shown[-1].number) if shown else (None, None)
    record(ctx, LogRead(rows=len(shown), first=first, last=last, asked=asked.names, **reader.why))
    return Page(shown, shown[-1].number if len(rows) > limit else None)


def entry(ctx: Context, number: int, *, reader: Reader = WHOLE_LOG) -> AuditEntry:
    """One entry whole, and the record that it was read; raises NotFound, for one that the reader may not know of too."""
    wanted = select(AuditEntry).where(AuditEntry.number == number, *ways.visible(reader))
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()

    record(ctx, EntryRead(entry=number, **reader.why))
    return found


def number_before(ctx: Context, instant: datetime) -> int:
    """A number below which no entry bears this instant or a later one, and not far below the first that does."""
    return ways.span(ctx, instant, None)[0]


def found(ctx: Context, asked: Asked, *, reader: Reader, most: int) -> list[int]:
    """The numbers of every entry that fits, newest first, at most so many. Whoever asks records what becomes of them."""
    _theirs(asked, reader)
    wanted = ways.numbers(ctx, asked, reader, before_number=None, limit=most)
    return sorted(ctx.session.scalars(wanted), reverse=True)


def read(session: Session, numbers: Sequence[int]) -> list[AuditEntry]:
    """The entries of these numbers, in their order: at most `AT_ONCE` of them."""
    rows = {row.number: row for row in session.scalars(select(AuditEntry).where(AuditEntry.number.in_(numbers)))}
    return [rows[number] for number in numbers]


def _theirs(asked: Asked, reader: Reader) -> None:
    if asked.organisation and reader.organisations is not None and asked.organisation not in reader.organisations:
        raise NotFound()


__all__ = ["ANYTHING", "AT_ONCE", "BATCH", "MOST", "Asked", "Page", "entry", "found", "number_before", "read", "search"]

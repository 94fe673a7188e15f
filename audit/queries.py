"""Reading the log: newest first, a page at a time, and never unnoticed (AUD-1).

The caller has asked for the permission already: roles stand in a higher room. However long the log is, a page
costs the same. Each filter walks down an index that ends in the entry's number, and a span of time is turned
into a span of numbers first, because entries are numbered in the order in which they were committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select, text, union

from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound

from .models import AuditEntry, Moment
from .reading import EntryRead, LogRead
from .record import record

MOST = 200
"""Entries of a page at the most."""

_SLACK = timedelta(minutes=10)
"""An entry bears the instant at which its unit of work began, and its number is taken when that ends; no unit
of work lasts this long."""

_FIRST_SINCE = text("""
    WITH RECURSIVE halves(low, high) AS (
        SELECT CAST(0 AS BIGINT), (SELECT size FROM log_head)
        UNION ALL
        SELECT CASE WHEN (SELECT at FROM audit_entries WHERE number = (low + high) / 2) < :at
                    THEN (low + high) / 2 + 1 ELSE low END,
               CASE WHEN (SELECT at FROM audit_entries WHERE number = (low + high) / 2) < :at
                    THEN high ELSE (low + high) / 2 END
        FROM halves WHERE low < high
    )
    SELECT low FROM halves WHERE low >= high
""")


@dataclass(frozen=True)
class Page:
    """Some entries, newest first, and the number below which the next page begins; None when this was the last."""

    entries: tuple[AuditEntry, ...]
    before_number: int | None


def search(
    ctx: Context,
    *,
    event: str | None = None,
    outcome: str | None = None,
    actor: Sequence[str] | None = None,
    organisation: str | None = None,
    reference: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before_number: int | None = None,
    limit: int = 50,
) -> Page:
    """The entries that fit, and the record that they were read.

    `actor` are ids of people or clients, found as who acted or as whom it was about; `organisation` is found as
    whose the thing was or for whom the actor acted; an event ending in a full stop stands for all that begin so;
    `until` is exclusive. Raises Invalid.
    """
    if not 1 <= limit <= MOST:
        raise Invalid.at("/limit", f"Ask for between 1 and {MOST} at a time.")
    if since and until and since >= until:
        raise Invalid.at("/until", "The end of the time asked for lies before its beginning.")

    asked = _asked(event, outcome, organisation, reference)
    asked += _within(ctx, since, until, before_number)
    numbers = _numbers(asked, actor, limit + 1)
    rows = ctx.session.scalars(
        select(AuditEntry).where(AuditEntry.number.in_(numbers)).order_by(AuditEntry.number.desc())
    ).all()
    shown = tuple(rows[:limit])

    named = {
        "actor": actor, "event": event, "organisation": organisation, "outcome": outcome, "reference": reference,
        "since": since, "until": until,
    }  # fmt: skip
    record(
        ctx,
        LogRead(
            rows=len(shown),
            first=shown[0].number if shown else None,
            last=shown[-1].number if shown else None,
            asked=tuple(name for name, value in named.items() if value is not None),
        ),
    )
    return Page(shown, shown[-1].number if len(rows) > limit else None)


def entry(ctx: Context, number: int) -> AuditEntry:
    """One entry whole, and the record that it was read; raises NotFound."""
    found = ctx.session.get(AuditEntry, number)
    if found is None:
        raise NotFound()

    record(ctx, EntryRead(entry=number))
    return found


def _asked(
    event: str | None, outcome: str | None, organisation: str | None, reference: str | None
) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if event and event.endswith("."):
        asked += [AuditEntry.event >= event, AuditEntry.event < event[:-1] + "/"]
    elif event:
        asked.append(AuditEntry.event == event)
    if outcome:
        asked.append(AuditEntry.outcome == outcome)
    if organisation:
        asked.append(or_(AuditEntry.organisation == organisation, AuditEntry.actor_organisation == organisation))
    if reference:
        asked.append(AuditEntry.reference == reference)
    return asked


def _within(
    ctx: Context, since: datetime | None, until: datetime | None, before_number: int | None
) -> list[ColumnElement[bool]]:
    within: list[ColumnElement[bool]] = []
    if since is not None:
        within += [AuditEntry.number >= _first_since(ctx, since - _SLACK), AuditEntry.at >= Moment.write(since)]
    if until is not None:
        within += [AuditEntry.number < _first_since(ctx, until + _SLACK), AuditEntry.at < Moment.write(until)]
    if before_number is not None:
        within.append(AuditEntry.number < before_number)
    return within


def _first_since(ctx: Context, instant: datetime) -> int:
    """The number of about the first entry at or after this instant, found by halving."""
    return int(ctx.session.execute(_FIRST_SINCE, {"at": Moment.write(instant)}).scalar_one())


def _numbers(asked: list[ColumnElement[bool]], actor: Sequence[str] | None, limit: int) -> Select[int]:
    """The numbers of the newest entries that fit; who acted and whom it was about are walked down apart."""

    def newest(*more: ColumnElement[bool]) -> Select[int]:
        return select(AuditEntry.number).where(*asked, *more).order_by(AuditEntry.number.desc()).limit(limit)

    if actor is None:
        chosen = newest().subquery()
        return select(chosen.c.number)
    ways = [newest(AuditEntry.actor_id.in_(actor)).subquery(), newest(AuditEntry.subject_id.in_(actor)).subquery()]
    both = union(*(select(way.c.number) for way in ways)).subquery()
    last = select(both.c.number).order_by(both.c.number.desc()).limit(limit).subquery()
    return select(last.c.number)

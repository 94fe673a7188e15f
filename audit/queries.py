"""Reading the log: newest first, a page at a time, and never unnoticed (AUD-1).

The caller has asked for the permission already: roles stand in a higher room. However long the log is, a page
costs the same. What is asked for is walked down by an index that ends in the entry's number, one way for each
value that may stand there: by the filter that few entries fit, and the others are only looked at on the way. A
span of time is turned into a span of numbers first, because entries are numbered in the order of their commits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, text, union
from sqlalchemy.orm import InstrumentedAttribute

from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound

from .events import VOCABULARY
from .models import IS_SELDOM, SELDOM, AuditEntry, Moment
from .reading import EntryRead, LogRead
from .record import record

MOST = 200
"""Entries of a page at the most."""

BATCH = "decisions.answered"
"""The event whose one entry holds every answer of a call."""

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

    ways, beside = _ways(event, outcome, actor, organisation, reference)
    numbers = _numbers(ways, [*beside, *_within(ctx, since, until, before_number)], limit + 1)
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


def number_before(ctx: Context, instant: datetime) -> int:
    """A number below which no entry bears this instant or a later one, and not far below the first that does."""
    return _first_since(ctx, instant - _SLACK)


Conditions = list[ColumnElement[bool]]


def _ways(
    event: str | None, outcome: str | None, actor: Sequence[str] | None, organisation: str | None, reference: str | None
) -> tuple[Conditions, Conditions]:
    """The ways to walk down, one index each, and what is looked at beside; no way is the whole log."""
    entry = AuditEntry
    seldom = outcome if outcome in SELDOM else None
    asked: list[tuple[Conditions, ColumnElement[bool]]] = []
    if reference:
        held = _in_a_batch((reference,))
        asked.append(([entry.reference == reference, held], _beside(entry.reference, (reference,)) | held))
    if actor is not None:
        held = _in_a_batch(actor)
        people = _beside(entry.actor_id, actor) | _beside(entry.subject_id, actor) | held
        asked.append(([*_each(entry.actor_id, actor), *_each(entry.subject_id, actor), held], people))
    if organisation:
        whose = (entry.organisation, entry.actor_organisation)
        asked.append(([of == organisation for of in whose], or_(*(_beside(of, (organisation,)) for of in whose))))
    if seldom:
        asked.append(([and_(entry.outcome == seldom, IS_SELDOM)], entry.outcome == seldom))
    if event:
        names = _named(event)
        asked.append(([entry.event == name for name in names] or [false()], _beside(entry.event, names)))
    beside = [condition for _, condition in asked[1:]]
    if outcome and not seldom:
        beside.append(entry.outcome == outcome)
    return (asked[0][0] if asked else []), beside


def _named(event: str) -> tuple[str, ...]:
    """The events that are meant: one, or all that begin so."""
    return tuple(name for name in VOCABULARY if name.startswith(event)) if event.endswith(".") else (event,)


def _in_a_batch(values: Sequence[str]) -> ColumnElement[bool]:
    """One entry may hold many answers: whoever or whatever is asked for is looked for among them too."""
    written = (json.dumps(value, ensure_ascii=False) for value in values)
    among = or_(false(), *(AuditEntry.detail.contains(one, autoescape=True) for one in written))
    return and_(AuditEntry.event == BATCH, among)


def _each(column: InstrumentedAttribute[Any], values: Sequence[str]) -> Conditions:
    """A few are walked down apart, since one may have acted a million times; many are people, with little each."""
    return [column == value for value in values] if len(values) <= _FEW else [column.in_(values)]


_FEW = 5


def _beside(column: InstrumentedAttribute[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """A condition to be looked at only: written so that no index serves it."""
    return column.concat("").in_(values)


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


def _numbers(ways: Conditions, beside: Conditions, limit: int) -> Select[int]:
    """The numbers of the newest entries that fit, by whichever way they are come upon."""

    def newest(*way: ColumnElement[bool]) -> Select[int]:
        return select(AuditEntry.number).where(*way, *beside).order_by(AuditEntry.number.desc()).limit(limit)

    if len(ways) < 2:
        chosen = newest(*ways).subquery()
        return select(chosen.c.number)
    found = union(*(select(way.c.number) for way in (newest(each).subquery() for each in ways))).subquery()
    last = select(found.c.number).order_by(found.c.number.desc()).limit(limit).subquery()
    return select(last.c.number)

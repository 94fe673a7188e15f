"""How entries are found in a log of any length: which index is walked down, and what is looked at on the way.

What is asked for is walked down by an index that ends in the entry's number, one way for each value that may
stand there: by the filter that few entries fit, and the others are only looked at on the way. A span of time is
turned into a span of numbers first, because entries are numbered in the order of their commits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, text, union
from sqlalchemy.orm import InstrumentedAttribute

from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid

from .events import VOCABULARY
from .models import IS_SELDOM, SELDOM, AuditEntry, Moment, PersonalDetail
from .reading import Reader

BATCH = "decisions.answered"
"""The event whose one entry holds every answer of a call."""

SLACK = timedelta(minutes=10)
"""An entry bears the instant at which its unit of work began, and its number is taken when that ends; no unit
of work lasts this long."""

_FEW = 5

_HALVES = """
    WITH RECURSIVE halves(low, high) AS (
        SELECT CAST(0 AS BIGINT), (SELECT size FROM log_head)
        UNION ALL
        SELECT CASE WHEN (SELECT at FROM audit_entries WHERE number = (low + high) / 2) < :{at}
                    THEN (low + high) / 2 + 1 ELSE low END,
               CASE WHEN (SELECT at FROM audit_entries WHERE number = (low + high) / 2) < :{at}
                    THEN high ELSE (low + high) / 2 END
        FROM halves WHERE low < high
    )
    SELECT low FROM halves WHERE low >= high
"""
_SPAN = text(f"SELECT ({_HALVES.format(at='since')}), ({_HALVES.format(at='until')})")

_FIRST, _LAST = "", "~"
"""Before and after every instant as the log writes them."""

Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class Asked:
    """What a search asks for; None for what it does not ask.

    `event` may end in a full stop and then stands for all that begin so. `actor` are ids of people or clients, found
    as who acted or as whom it was about; `organisation` is found as whose the thing was or for whom the actor acted;
    `address` is the network address an act came from, wherever it is kept. `until` is exclusive.
    """

    event: str | None = None
    outcome: str | None = None
    actor: tuple[str, ...] | None = None
    organisation: str | None = None
    reference: str | None = None
    address: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since >= self.until:
            raise Invalid.at("/until", "The end of the time asked for lies before its beginning.")

    @property
    def names(self) -> tuple[str, ...]:
        """The filters that are set, by name, never what they are set to."""
        return tuple(sorted(field.name for field in fields(self) if getattr(self, field.name) is not None))


def numbers(
    ctx: Context, asked: Asked, reader: Reader, *, before_number: int | None, limit: int
) -> Select[int]:  # fmt: skip
    """The numbers of the newest entries that fit and that this reader may know of, by whichever way they are come upon."""
    ways, beside = _ways(asked, reader)
    beside = [*beside, *_known_to(reader), *_within(ctx, asked, before_number)]

    def newest(*way: ColumnElement[bool]) -> Select[int]:
        return select(AuditEntry.number).where(*way, *beside).order_by(AuditEntry.number.desc()).limit(limit)

    if len(ways) < 2:
        chosen = newest(*ways).subquery()
        return select(chosen.c.number)
    found = union(*(select(way.c.number) for way in (newest(each).subquery() for each in ways))).subquery()
    last = select(found.c.number).order_by(found.c.number.desc()).limit(limit).subquery()
    return select(last.c.number)


def span(ctx: Context, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Numbers between which every entry of this time lies, found by halving; the second is exclusive."""
    bounds = {
        "since": Moment.write(since - SLACK) if since is not None else _FIRST,
        "until": Moment.write(until + SLACK) if until is not None else _LAST,
    }
    first, end = ctx.session.execute(_SPAN, bounds).one()
    return int(first), int(end)


def visible(reader: Reader) -> Conditions:
    """What holds of every entry that this reader may know of: theirs, and naming nothing that they are kept from."""
    conditions = _known_to(reader)
    if reader.organisations is not None:
        conditions.append(_of_organisations(reader.organisations))
    return conditions


def _ways(asked: Asked, reader: Reader) -> tuple[Conditions, Conditions]:
    """The ways to walk down, one index each, and what is looked at beside; no way is the whole log."""
    entry = AuditEntry
    seldom = asked.outcome if asked.outcome in SELDOM else None
    found: list[tuple[Conditions, ColumnElement[bool]]] = []
    if asked.reference:
        held = in_a_batch((asked.reference,))
        beside = _beside(entry.reference, (asked.reference,)) | held
        found.append(([entry.reference == asked.reference, held], beside))
    if asked.address:
        found.append(_from(asked.address))
    if asked.actor is not None:
        held = in_a_batch(asked.actor)
        people = _beside(entry.actor_id, asked.actor) | _beside(entry.subject_id, asked.actor) | held
        found.append(([*_each(entry.actor_id, asked.actor), *_each(entry.subject_id, asked.actor), held], people))
    whose = (asked.organisation,) if asked.organisation else reader.organisations
    if whose is not None:
        ways = [of == one for one in whose for of in (entry.organisation, entry.actor_organisation)]
        found.append((ways or [false()], _of_organisations(whose)))
    if seldom:
        found.append(([and_(entry.outcome == seldom, IS_SELDOM)], entry.outcome == seldom))
    if asked.event:
        names = named(asked.event)
        found.append(([entry.event == name for name in names] or [false()], _beside(entry.event, names)))
    looked_at = [condition for _, condition in found[1:]]
    if asked.outcome and not seldom:
        looked_at.append(entry.outcome == asked.outcome)
    return (found[0][0] if found else []), looked_at


def named(event: str) -> tuple[str, ...]:
    """The events that are meant: one, or all that begin so."""
    return tuple(name for name in VOCABULARY if name.startswith(event)) if event.endswith(".") else (event,)


def in_a_batch(values: Sequence[str]) -> ColumnElement[bool]:
    """One entry may hold many answers: whoever or whatever is asked for is looked for among them too."""
    return and_(AuditEntry.event == BATCH, _says(values))


def _says(values: Sequence[str]) -> ColumnElement[bool]:
    """That the detail has one of these as a text of its own."""
    written = (json.dumps(value, ensure_ascii=False) for value in values)
    return or_(false(), *(AuditEntry.detail.contains(one, autoescape=True) for one in written))


def _from(address: str) -> tuple[Conditions, ColumnElement[bool]]:
    """A program's address stands in its entry, a person's beside it."""
    apart = select(PersonalDetail.number).where(PersonalDetail.address == address)
    kept = AuditEntry.number.in_(apart)
    return [AuditEntry.address == address, kept], _beside(AuditEntry.address, (address,)) | kept


def _of_organisations(whose: Sequence[str]) -> ColumnElement[bool]:
    return _beside(AuditEntry.organisation, whose) | _beside(AuditEntry.actor_organisation, whose)


def _known_to(reader: Reader) -> Conditions:
    """Nothing that names a case that the reader is kept from, in whichever field it stands, nor what keeps them (DEC-6)."""
    known: Conditions = []
    if reader.without:
        kept = sorted(reader.without)
        known += [or_(AuditEntry.reference.is_(None), _beside(AuditEntry.reference, kept).is_(False)), ~_says(kept)]
    if reader.unseen:
        unseen = sorted(reader.unseen)
        known.append(or_(AuditEntry.subject_id.is_(None), _beside(AuditEntry.subject_id, unseen).is_(False)))
    return known


def _each(column: InstrumentedAttribute[Any], values: Sequence[str]) -> Conditions:
    """A few are walked down apart, since one may have acted a million times; many are people, with little each."""
    return [column == value for value in values] if len(values) <= _FEW else [column.in_(values)]


def _beside(column: InstrumentedAttribute[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """A condition to be looked at only: written so that no index serves it."""
    return column.concat("").in_(values)


def _within(ctx: Context, asked: Asked, before_number: int | None) -> Conditions:
    within: Conditions = []
    if asked.since is not None or asked.until is not None:
        first, end = span(ctx, asked.since, asked.until)
        within += [AuditEntry.number >= first, AuditEntry.number < end]
    if asked.since is not None:
        within.append(AuditEntry.at >= Moment.write(asked.since))
    if asked.until is not None:
        within.append(AuditEntry.at < Moment.write(asked.until))
    if before_number is not None:
        within.append(AuditEntry.number < before_number)
    return within

"""A person's day: everything they did and that was done about them on one London date, in the order of the clock.

What they did in the case system stands at the hour at which it happened there, and not at the hour at which it was
reported here; so its entries are left out, and the reports stand in their place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, union_all

from audit import ways
from audit.models import AuditEntry, Moment, PersonalDetail
from audit.reading import Reader
from audit.record import record
from compliance.accesses.reporting.models import ReportedAccess
from compliance.kernel.clock import end_of, start_of
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound

from . import batches
from .events import PersonDayRead
from .names import Known, Names, names

PAGE = 100
_FROM_THE_CASE_SYSTEM = "case_access."
_DECISION = "decision.answered"

HERE, DECIDED, IN_BATCH, CASE_SYSTEM = "here", "decided", "in_batch", "case_system"
"""Where a line of a day comes from: an act here, a decision asked for, one of many in a call, the case system."""


@dataclass(frozen=True)
class Line:
    """One thing of a day: when, from which place, which entry of the log says so, and what it was.

    `by_them` tells what they did from what was done about them. `other_id` is who did the latter, of kind `other_kind`;
    of the former it is whom or what it was about, where that is not themselves. `records` and
    `involved` are what the case system said of an access.
    """

    at: datetime
    place: str
    number: int
    event: str
    outcome: str
    by_them: bool = True
    other_kind: str | None = None
    other_id: str | None = None
    action: str | None = None
    reference: str | None = None
    rules: str | None = None
    address: str | None = None
    records: int | None = None
    involved: bool | None = None
    out_of_hours: bool = False

    @property
    def order(self) -> tuple[str, int]:
        return Moment.write(self.at), self.number


@dataclass(frozen=True)
class Day:
    """A page of a day: whose, its lines in order, who is named in it, and the place behind which the next page begins.

    `batches_since` is set where more batches were answered on that day than were looked through.
    """

    person_id: UUID
    person: Known
    on: date
    lines: tuple[Line, ...]
    names: Names
    after: str | None
    batches_since: datetime | None


def person_day(
    ctx: Context, person_id: UUID, on: date, *, reader: Reader, after: str | None, only: str | None = None,
    limit: int = PAGE,
) -> Day:  # fmt: skip
    """Everything by and about one person on one London day, and the record that it was read.

    `only` narrows it to one place. Raises NotFound for somebody that the reader may not know of (ROL-4), and Invalid for a place that is none.
    """
    start, end, behind = start_of(on), end_of(on), _place(after)

    between = ways.span(ctx, start, end)
    asked, lines = batches.NONE, list[Line]()
    if only in (None, IN_BATCH):
        asked = batches.answers(ctx, reader, person_id=str(person_id), between=between)
        lines += [_answered(each) for each in asked.answers if start <= each.at < end]
    if only in (None, HERE, DECIDED):
        lines += _entries(ctx, reader, str(person_id), start, end, between, behind, limit + 1, only)
    if only in (None, CASE_SYSTEM):
        lines += _reported(ctx, reader, person_id, start, end, behind, limit + 1)
    lines = sorted((line for line in lines if behind is None or line.order > behind), key=lambda line: line.order)
    shown = tuple(lines[:limit])
    # Whose day it is is asked with whoever else is named in it; nothing of it goes out before.
    known = names(ctx, (str(person_id), *(line.other_id for line in shown)))
    person = known.people.get(str(person_id))
    own = reader.organisations
    if person is None or (own is not None and str(person.organisation_id) not in own):
        raise NotFound()

    record(ctx, PersonDayRead(subject=person_id, day=on, rows=len(shown), **reader.why))
    last = f"{shown[-1].order[0]}~{shown[-1].number}" if len(lines) > limit else None
    return Day(person_id, person, on, shown, known, last, asked.since)


def _place(after: str | None) -> tuple[str, int] | None:
    if after is None:
        return None
    moment, _, number = after.partition("~")
    try:
        written = Moment.write(datetime.fromisoformat(moment))
        if written != moment or not number.isascii() or not number.isdigit() or len(number) > 18:
            raise ValueError
    except (ValueError, OverflowError):
        raise Invalid.at("/after", "Use the place that the page before gave.") from None
    return moment, int(number)


def _entries(
    ctx: Context, reader: Reader, person_id: str, start: datetime, end: datetime, between: tuple[int, int],
    behind: tuple[str, int] | None, limit: int, only: str | None,
) -> list[Line]:  # fmt: skip
    entry = AuditEntry
    day = [
        entry.number >= between[0], entry.number < between[1], entry.at >= Moment.write(start),
        entry.at < Moment.write(end), ~entry.event.startswith(_FROM_THE_CASE_SYSTEM, autoescape=True),
        *ways.visible(reader),
    ]  # fmt: skip
    if only is not None:
        decided = entry.event.concat("") == _DECISION
        day.append(decided if only == DECIDED else ~decided)
    if behind is not None:
        day.append(or_(entry.at > behind[0], and_(entry.at == behind[0], entry.number > behind[1])))

    def newest(way: ColumnElement[bool]) -> Any:
        way_down = select(entry.number).where(way, *day).order_by(entry.at, entry.number).limit(limit).subquery()
        return select(way_down.c.number)

    found = union_all(newest(entry.actor_id == person_id), newest(entry.subject_id == person_id)).subquery()
    rows = ctx.session.scalars(select(entry).where(entry.number.in_(select(found.c.number))))
    return [_line(row, person_id) for row in rows]


def _line(entry: AuditEntry, person_id: str) -> Line:
    by_them = entry.actor_id == person_id
    decided = entry.event == _DECISION
    return Line(
        at=datetime.fromisoformat(entry.at),
        place=DECIDED if decided else HERE,
        number=entry.number,
        event=entry.event,
        outcome=entry.outcome,
        by_them=by_them,
        other_kind=entry.subject_kind if by_them else entry.actor_kind,
        other_id=(entry.subject_id if entry.subject_id != person_id else None) if by_them else entry.actor_id,
        action=_action(entry.detail) if decided else None,
        reference=entry.reference,
        rules=entry.rules,
        address=entry.whence,
    )


def _action(detail: str) -> str | None:
    said = json.loads(detail)
    return str(said[0]) if isinstance(said, list) and said else None


def _reported(
    ctx: Context, reader: Reader, person_id: UUID, start: datetime, end: datetime, behind: tuple[str, int] | None,
    limit: int,
) -> list[Line]:  # fmt: skip
    access = ReportedAccess
    wanted = (
        select(access, PersonalDetail.address)
        .outerjoin(PersonalDetail, PersonalDetail.number == access.number)
        .where(access.person_id == person_id, access.happened_at >= start, access.happened_at < end)
    )
    if reader.organisations is not None:
        wanted = wanted.where(access.organisation_id.in_([UUID(each) for each in reader.organisations]))
    if reader.without:
        wanted = wanted.where(or_(access.reference.is_(None), access.reference.not_in(sorted(reader.without))))
    if behind is not None:
        at = datetime.fromisoformat(behind[0]).astimezone(UTC)
        wanted = wanted.where(or_(access.happened_at > at, and_(access.happened_at == at, access.number > behind[1])))
    rows = ctx.session.execute(wanted.order_by(access.happened_at, access.number).limit(limit))
    return [
        Line(
            at=row.happened_at,
            place=CASE_SYSTEM,
            number=row.number,
            event=row.kind,
            outcome=row.outcome,
            action=row.action,
            reference=row.reference,
            address=address,
            records=row.records,
            involved=row.involved,
            out_of_hours=row.out_of_hours,
        )
        for row, address in rows
    ]


def _answered(answer: batches.Answer) -> Line:
    return Line(
        at=answer.at,
        place=IN_BATCH,
        number=answer.number,
        event=ways.BATCH,
        outcome="permit" if answer.permit else "deny",
        action=answer.action,
        reference=answer.reference,
        rules=answer.rules,
        address=answer.address,
    )

"""A case's readers: who looked at it, for which organisation, when first and last, how often, and what was decided.

What the case system reported says what was seen and what was taken away; the decisions asked for here say what was
permitted and refused. A permit is no look: somebody may be permitted and never open the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from audit.models import AuditEntry
from audit.reading import Reader
from audit.record import record
from audit.ways import visible
from compliance.accesses.reporting.models import ReportedAccess
from compliance.kernel.context import Context

from . import batches
from .events import ReadersRead
from .rules import DENIED, DOES, PERMITTED, READERS_MOST, Readers, Reads

_DECISION = "decision.answered"

SORTS: dict[str, Callable[[Reads], Any]] = {
    "last": lambda reads: reads.last_at,
    "first": lambda reads: reads.first_at,
    "looked": lambda reads: sum(reads.counts.get(what, 0) for what in set(DOES.values())),
    "denied": lambda reads: reads.counts.get(DENIED, 0) + reads.refused,
}
"""By what the readers can be sorted; `-` before it turns it round. Names are sorted by whoever knows them."""


@dataclass(frozen=True)
class CaseReaders:
    """A case's readers, those who looked last first.

    `batches_since` is set where older batches of decisions were not looked through; `cut` where there were more
    readers than a page holds.
    """

    reads: list[Reads]
    batches_since: datetime | None
    cut: bool


def readers_of(ctx: Context, reference: str, *, reader: Reader) -> CaseReaders:
    """Who looked at the case of this reference, as far as the reader may know, and the record that it was asked.

    A case that the reader is kept from has no readers, like one that does not exist (DEC-6).
    """
    found, since, cut = Readers(), None, False
    if reference not in reader.without:
        cut = _reported(ctx, reader, reference, found) | _decided(ctx, reader, reference, found)
        many = batches.answers(ctx, reader, reference=reference)
        since = many.since
        for answer in many.answers:
            reads = found.anywhere(answer.person_id, answer.at)
            reads.add(PERMITTED if answer.permit else DENIED, 1, answer.at, answer.at)
            reads.in_batches += 1
    everybody = sorted(found.all(), key=lambda each: each.last_at, reverse=True)

    record(ctx, ReadersRead(reference=reference, rows=len(everybody), **reader.why))
    return CaseReaders(everybody, since, cut)


def _reported(ctx: Context, reader: Reader, reference: str, found: Readers) -> bool:
    access = ReportedAccess
    wanted = select(
        access.person_id, access.organisation_id, access.kind, access.outcome, func.count(),
        func.min(access.happened_at), func.max(access.happened_at),
    ).where(access.reference == reference)  # fmt: skip
    if reader.organisations is not None:
        wanted = wanted.where(access.organisation_id.in_([UUID(each) for each in reader.organisations]))
    grouped = wanted.group_by(access.person_id, access.organisation_id, access.kind, access.outcome)
    rows = ctx.session.execute(grouped.limit(READERS_MOST)).all()
    for person_id, organisation_id, kind, outcome, times, first, last in rows:
        first, last = first.astimezone(UTC), last.astimezone(UTC)
        reads = found.of(str(person_id), str(organisation_id) if organisation_id else None, first)
        if outcome == "done":
            reads.add(DOES[kind], times, first, last)
        else:
            reads.add(kind, 0, first, last)
            reads.refused += times
    return len(rows) == READERS_MOST


def _decided(ctx: Context, reader: Reader, reference: str, found: Readers) -> bool:
    entry = AuditEntry
    wanted = select(
        entry.subject_id, entry.organisation, entry.outcome, func.count(), func.min(entry.at), func.max(entry.at),
    ).where(entry.reference == reference, entry.event.concat("") == _DECISION, *visible(reader))  # fmt: skip
    grouped = wanted.group_by(entry.subject_id, entry.organisation, entry.outcome)
    rows = ctx.session.execute(grouped.limit(READERS_MOST)).all()
    for person_id, organisation_id, outcome, times, first, last in rows:
        began, ended = datetime.fromisoformat(first), datetime.fromisoformat(last)
        what = PERMITTED if outcome == "permit" else DENIED
        found.of(person_id, organisation_id, began).add(what, times, began, ended)
    return len(rows) == READERS_MOST

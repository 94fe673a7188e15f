"""What the case system says of its records: that there is one, what is known of it, and what happened (RET-1, RET-10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from audit.record import record as enter
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.turns import in_turn
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import reckoning, rules
from .errors import BeingDisposed, EventBeforeOpening, EventInTheFuture, RecordDisposed, ToldOtherwise, at
from .events import RecordCorrected, RecordHappened, RecordRegistered
from .models import RetentionEvent, RetentionRecord
from .rules import Facts, Status


@dataclass(frozen=True)
class Registered:
    """A record as the case system says it is. `subject` is an opaque reference to whom it is about, never a name.

    `born_on` is None where nobody knows, and then no end of group 1 can be known either (RET-1).
    """

    groups: Collection[int]
    opened_on: date
    kind: str = "case"
    born_on: date | None = None
    subject: str | None = None
    organisation_id: UUID | None = None


def register(ctx: Context, reference: str, said: Registered) -> tuple[RetentionRecord, bool]:
    """Take a record in, or put right what is known of it; and whether it is new.

    A group once given stays, and the longest counts. Raises what `rules.check` raises, Invalid, RecordDisposed,
    BeingDisposed.
    """
    require(ctx, Permission.RETENTION_REGISTER)
    named = text.line(reference, pointer="/reference", limit=255)
    in_turn(ctx, f"retention record {named}")
    known = _held(ctx, named)
    groups = frozenset(said.groups)
    if known is not None:
        groups |= reckoning.groups_of(known)
    facts = Facts(groups, said.opened_on, known.last_relevant_on if known else None, said.born_on)
    with at("/opened_on", EventBeforeOpening):
        rules.check(facts, today=london_date(ctx.now()), policy=ctx.the(Policy))
    marks = {
        "kind": text.line(said.kind, pointer="/kind", limit=32),
        "subject": None if said.subject is None else text.line(said.subject, pointer="/subject", limit=255),
        "organisation_id": _organisation(ctx, said.organisation_id),
    }

    if known is None:
        return _taken_in(ctx, named, facts, marks), True
    _corrected(ctx, known, facts, marks)
    return known, False


def tell(ctx: Context, reference: str, *, event_id: str, kind: str, happened_on: date) -> tuple[RetentionRecord, bool]:
    """Say that something happened on a record: its clear period begins again; and whether that is news (RET-1, RET-10).

    The same event told twice is one. One learnt late, from before the last that is known, shortens nothing. Raises
    NotFound, UnknownEvent, EventBeforeOpening, EventInTheFuture, ToldOtherwise, RecordDisposed, BeingDisposed.
    """
    require(ctx, Permission.RETENTION_REGISTER)
    named = text.line(event_id, pointer="/event_id", limit=64)
    record = _held(ctx, text.line(reference, pointer="/reference", limit=255))
    if record is None:
        raise NotFound()
    before = ctx.session.get(RetentionEvent, (record.id, named))
    if before is not None:
        if (before.kind, before.happened_on) != (kind, happened_on):
            raise ToldOtherwise()
        return record, False
    policy = ctx.the(Policy)
    with at("/happened_on", EventBeforeOpening, EventInTheFuture):
        facts = rules.after_event(reckoning.facts_of(ctx, record), kind, happened_on, policy=policy)
        rules.check(replace(facts, last_relevant_on=happened_on), today=london_date(ctx.now()), policy=policy)

    ctx.session.add(
        RetentionEvent(record_id=record.id, event_id=named, kind=kind, happened_on=happened_on, told_at=ctx.now())
    )
    reckoning.write(ctx, record, facts)

    enter(
        ctx,
        RecordHappened(
            subject=record.id, reference=record.reference, kind=kind, happened_on=happened_on,
            minimum_ends_on=record.minimum_ends_on,
        ),
    )  # fmt: skip
    return record, True


def _taken_in(ctx: Context, reference: str, facts: Facts, marks: Mapping[str, object]) -> RetentionRecord:
    record = RetentionRecord(
        id=ctx.new_id(), reference=reference, status=Status.KEPT.value, client_id=ctx.actor.id, registered_at=ctx.now(),
        **marks,
    )  # fmt: skip
    reckoning.write(ctx, record, facts)
    ctx.session.add(record)

    enter(
        ctx,
        RecordRegistered(
            subject=record.id, reference=reference, groups=tuple(sorted(facts.groups)), opened_on=facts.opened_on,
            minimum_ends_on=record.minimum_ends_on,
        ),
    )  # fmt: skip
    return record


def _corrected(ctx: Context, record: RetentionRecord, facts: Facts, marks: Mapping[str, object]) -> None:
    before = reckoning.facts_of(ctx, record)
    names = [name for name in ("groups", "opened_on", "born_on") if getattr(before, name) != getattr(facts, name)]
    names += [name for name, value in marks.items() if getattr(record, name) != value]
    if not names:
        return

    for name, value in marks.items():
        setattr(record, name, value)
    reckoning.write(ctx, record, facts)

    enter(
        ctx,
        RecordCorrected(
            subject=record.id, reference=record.reference, fields=tuple(names), groups=tuple(sorted(facts.groups)),
            minimum_ends_on=record.minimum_ends_on,
        ),
    )  # fmt: skip


def _held(ctx: Context, reference: str) -> RetentionRecord | None:
    """The record under this reference, held for change; raises RecordDisposed, BeingDisposed."""
    found = ctx.session.scalars(
        select(RetentionRecord)
        .where(RetentionRecord.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is not None and found.status == Status.DISPOSED.value:
        raise RecordDisposed()
    if found is not None and found.status == Status.INSTRUCTED.value:
        raise BeingDisposed()
    return found


def _organisation(ctx: Context, organisation_id: UUID | None) -> UUID | None:
    if organisation_id is not None and ctx.session.get(Organisation, organisation_id) is None:
        raise Invalid.at("/organisation_id", "Give the id of an organisation on the register.")
    return organisation_id

"""What the case system says of its records, so that the time they are kept is reckoned here (RET-1, RET-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from compliance.kernel.context import Context, reading, work
from policies.permissions import Permission
from retention import reckoning, use_cases
from retention.dates import dates
from retention.disposals import queries
from retention.disposals import use_cases as disposals
from retention.disposals.models import DisposalItem
from retention.models import RetentionRecord
from retention.use_cases import Registered

from .access import guarded, scoped
from .idempotency import once
from .reading import Body, Code, Day, Reference, parse, parse_query
from .replies import Reply, page, present, read_cursor

retention = Blueprint("retention", __name__, url_prefix="/api/v1/retention")

_MOST_GROUPS = 3


class Record(Body):
    """`groups` are those of OP 1.5; `subject` is an opaque reference to whom it is about, never a name."""

    groups: Annotated[list[int], Field(min_length=1, max_length=_MOST_GROUPS)]
    opened_on: Day
    kind: Code = "case"
    born_on: Day | None = None
    subject: Reference | None = None
    organisation_id: UUID | None = None


class Happened(Body):
    """`event_id` is the case system's own: told twice, it is one event."""

    event_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
    kind: Code
    happened_on: Day


@retention.put("/records/<reference>")
@scoped("retention")
def register_record(reference: str) -> Reply:
    """Register a record, or put right what is known of it. A group once given stays; the longest counts."""
    body = parse(Record)
    said = Registered(body.groups, body.opened_on, body.kind, body.born_on, body.subject, body.organisation_id)

    def act(ctx: Context) -> Any:
        record, is_new = use_cases.register(ctx, reference, said)
        told = _said(ctx, record)
        return lambda: present(told, 201 if is_new else 200, revision=record.revision)

    return once(act)


@retention.get("/records/<reference>")
@scoped("retention")
@guarded(Permission.RETENTION_READ)
def read_record(reference: str) -> Reply:
    """A record's dates, and why they are so; the end of group 1 tells a date of birth, and is told to those who may know it."""
    with work() as ctx:
        found = dates(ctx, reference)
        told = _facts(found.record) | {
            "minimum_ends_on": found.ends_on,
            "minimum_end_told": found.tells_end,
            "next_review_on": found.record.next_review_on,
            "why": [{"rule": each.rule, "on": each.on, "said": each.said} for each in found.why],
        }
    return present(told, revision=found.record.revision)


@retention.post("/records/<reference>/events")
@scoped("retention")
def tell_event(reference: str) -> Reply:
    """Say that something happened that makes a clear period begin again."""
    body = parse(Happened)

    def act(ctx: Context) -> Any:
        record, is_new = use_cases.tell(
            ctx, reference, event_id=body.event_id, kind=body.kind, happened_on=body.happened_on
        )
        told = _said(ctx, record)
        return lambda: present(told, 201 if is_new else 200)

    return once(act)


class Confirmation(Body):
    """`method` is one of `erased`, `overwritten`, `destroyed`, `anonymised`."""

    method: Code
    disposed_on: Day


class Paged(Body):
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@retention.get("/instructions")
@scoped("retention")
def list_instructions() -> Reply:
    """What is to be disposed of and was not confirmed yet, the oldest first."""
    asked = parse_query(Paged)
    after = read_cursor(asked.after, datetime, UUID)
    with reading() as ctx:
        found = queries.instructions(ctx, after=after, limit=asked.limit + 1)
    items, more = found[: asked.limit], len(found) > asked.limit
    return present(page(list(map(_instruction, items)), after=_place(items[-1]) if more else None))


@retention.post("/instructions/<uuid:instruction_id>/confirmation")
@scoped("retention")
def confirm_disposal(instruction_id: UUID) -> Reply:
    """Confirm that what was instructed is done: a certificate remains."""
    body = parse(Confirmation)

    def act(ctx: Context) -> Any:
        item, is_new = disposals.confirm(ctx, instruction_id, method=body.method, disposed_on=body.disposed_on)
        told = _instruction(item) | {
            "method": item.method, "disposed_on": item.disposed_on, "certificate": item.certificate,
        }  # fmt: skip
        return lambda: present(told, 201 if is_new else 200)

    return once(act)


def _instruction(item: DisposalItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "reference": item.reference,
        "rule": item.rule,
        "minimum_ended_on": item.minimum_ended_on,
        "instructed_at": item.instructed_at,
        "chased_on": item.chased_on,
    }


def _place(item: DisposalItem) -> tuple[object, ...]:
    return (item.instructed_at, item.id)


def _said(ctx: Context, record: RetentionRecord) -> dict[str, Any]:
    """A record with its dates. The end of group 1 tells a date of birth, which the case system told us itself."""
    return _facts(record) | {
        "minimum_ends_on": reckoning.ends_on(ctx, record),
        "next_review_on": record.next_review_on,
    }


def _facts(record: RetentionRecord) -> dict[str, Any]:
    return {
        "reference": record.reference,
        "kind": record.kind,
        "groups": [int(each) for each in record.groups.split()],
        "status": record.status,
        "opened_on": record.opened_on,
        "last_relevant_on": record.last_relevant_on,
    }

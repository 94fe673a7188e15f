"""The log by API, for the information governance officer: who, what, when, from where, outcome (AUD-1)."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, Response
from pydantic import Field

from audit import queries, sealing
from audit.models import AuditEntry
from audit.queries import Asked
from compliance.accesses.reading import use_cases
from compliance.accesses.reading.reader import reader
from compliance.kernel.clock import end_of, start_of
from compliance.kernel.context import Context, reading, work
from compliance.kernel.errors import Invalid, NotFound
from policies.access import require
from policies.permissions import Permission

from .access import guarded, scoped
from .errors import NotSealedYet
from .reading import Body, Code, DayOrInstant, Reference, parse, parse_query
from .replies import Reply, page, present, read_cursor

log = Blueprint("log", __name__, url_prefix="/api/v1/audit")


class Why(Body):
    """Why the log is read: what the sign-in said, where the request says nothing (AUD-1)."""

    purpose: Code | None = None
    matter: Code | None = None


class Wanted(Why):
    """What a search asks for, and which page of it."""

    event: Code | None = None
    outcome: Code | None = None
    actor: Code | None = None
    organisation: Code | None = None
    reference: Reference | None = None
    address: Code | None = None
    since: DayOrInstant | None = None
    until: DayOrInstant | None = None
    after: str | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Said(Body):
    purpose: Code
    matter: Code | None = None


class Growth(Body):
    since: Annotated[int, Field(ge=1, lt=2**63)]


@log.put("/purpose")
@guarded(Permission.AUDIT_READ)
def say_purpose() -> Reply:
    """Say why one reads the log, for the rest of this sign-in; a request may say otherwise for itself (AUD-1)."""
    said = parse(Said)
    with work() as ctx:
        use_cases.say_purpose(ctx, said.purpose, matter=said.matter)
    return present({"purpose": said.purpose, "matter": said.matter})


@log.get("/entries")
@guarded(Permission.AUDIT_READ)
def search() -> Reply:
    """Entries that fit and that the reader may know of, newest first, for a purpose that they said.

    `until` as a day takes that day in; reading the log is in the log as well.
    """
    asked = parse_query(Wanted)
    after = read_cursor(asked.after, int)
    with work() as ctx:
        reads = reader(ctx, purpose=asked.purpose, matter=asked.matter)
        wanted = Asked(
            event=asked.event,
            outcome=asked.outcome,
            actor=(asked.actor,) if asked.actor else None,
            organisation=asked.organisation,
            reference=asked.reference,
            address=asked.address,
            since=asked.since if asked.since is None or isinstance(asked.since, datetime) else start_of(asked.since),
            until=asked.until if asked.until is None or isinstance(asked.until, datetime) else end_of(asked.until),
        )
        before = after[0] if after else None
        found = queries.search(ctx, wanted, reader=reads, before_number=before, limit=asked.limit)
        said = [_entry(entry) for entry in found.entries]
    return present(page(said, after=None if found.before_number is None else (found.before_number,)))


@log.get("/checkpoint")
@guarded(Permission.AUDIT_READ)
@scoped("decisions")
def newest_checkpoint() -> Reply:
    """The newest signed checkpoint, as text, for whoever keeps it where we cannot reach it (AUD-3, C2SP).

    It holds a number and a hash and says nothing of what is in the log, so asking for it is no look at the log.
    """
    with reading() as ctx:
        _require_audit_read(ctx)
        with ctx.house.engine.connect() as connection:
            note = sealing.checkpoint(connection)
    if note is None:
        raise NotSealedYet()
    return _text(note)


@log.get("/entries/<int(max=9223372036854775806):number>/proof")
@guarded(Permission.AUDIT_READ)
@scoped("decisions")
def prove_entry(number: int) -> Reply:
    """That the entry of a receipt stands in the log: a c2sp.org/tlog-proof@v1 file with its checkpoint (AUD-3, DEC-7)."""
    with reading() as ctx:
        _require_audit_read(ctx)
        with ctx.house.engine.connect() as connection:
            proof = sealing.prove(connection, number)
            written = sealing.is_written(connection, number)
    if proof is None:
        raise NotSealedYet() if written else NotFound()
    return _text(proof.written)


@log.get("/growth")
@guarded(Permission.AUDIT_READ)
@scoped("decisions")
def prove_growth() -> Reply:
    """That the log as it is sealed now has grown from what it was at this size, and nothing in it was changed (RFC 9162 2.1.4)."""
    asked = parse_query(Growth)
    with reading() as ctx:
        _require_audit_read(ctx)
        with ctx.house.engine.connect() as connection:
            grown = sealing.prove_growth(connection, asked.since)
    if grown is None:
        raise Invalid.at("/since", "Give the size of a checkpoint of this log.")
    return present(
        {"since": asked.since, "hashes": [b64encode(each).decode() for each in grown[0]], "checkpoint": grown[1]}
    )


@log.get("/entries/<int(max=9223372036854775806):number>")
@guarded(Permission.AUDIT_READ)
def read_entry(number: int) -> Reply:
    """One entry whole, for a purpose that the reader said."""
    why = parse_query(Why)
    with work() as ctx:
        reads = reader(ctx, purpose=why.purpose, matter=why.matter)
        said = _entry(queries.entry(ctx, number, reader=reads))
    return present(said)


def _require_audit_read(ctx: Context) -> None:
    if ctx.actor.kind == "person":
        require(ctx, Permission.AUDIT_READ)


def _text(text: str) -> Reply:
    return Response(text, content_type="text/plain; charset=utf-8")


def _entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "entry": entry.number,
        "hash": entry.hash.hex(),
        "at": entry.at,
        "event": entry.event,
        "outcome": entry.outcome,
        "actor": {
            "kind": entry.actor_kind,
            "id": entry.actor_id,
            "organisation": entry.actor_organisation,
            "roles": (entry.actor_roles or "").split(),
        },
        "subject": {"kind": entry.subject_kind, "id": entry.subject_id},
        "organisation": entry.organisation,
        "reference": entry.reference,
        "rules": (entry.rules or "").split(),
        "purpose": entry.purpose,
        "address": entry.whence,
        "request_id": entry.request_id,
        "session_id": entry.session_id,
        "state_version": entry.state_version,
        "policy_version": entry.policy_version,
        "detail": json.loads(entry.detail),
    }

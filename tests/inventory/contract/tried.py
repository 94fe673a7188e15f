"""Each operation tried once in the small world: what was sent, what came back, and what the log says of it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from audit.models import AuditEntry, LogHead
from tests.builders.api import Calls
from tests.builders.signatories import a_pdf
from tests.inventory import matrix
from tests.inventory.answers import YES
from tests.inventory.attempts import ATTEMPTS, Door
from tests.inventory.callers import CALLERS
from tests.inventory.contract.standards import EXTRA, Call
from tests.inventory.world import Whose, World

FIRST_OF_ALL = ("program", "hub_manager", "hub_coordinator", "ig_officer", "delegate", "authorised_signatory")
"""Whose example is shown, where several are let in."""

_ORDER = tuple(dict.fromkeys([*FIRST_OF_ALL, *CALLERS]))
_WORTH = (YES, "not now", "incomplete", "no", "finish")
"""Which answer is shown: one that did it, else one that says what stands in the way."""


@dataclass
class Tried:
    """One example: who came, what they sent, what they got, and which events stand in the log for it."""

    by: str
    path: str
    sent: Any
    reply: TestResponse
    events: list[str] = field(default_factory=list)


def tried(world: World, operation: str) -> Tried | None:
    """The example of an operation; None for one that nobody tries. The store is put back."""
    call = call_of(world, operation)
    if call is None:
        return None
    before = _size(world)
    reply = _made(world, call)
    found = Tried(call.by, call.path, call.body if call.body is not None else call.form, reply, _events(world, before))
    world.put_back()
    return found


def call_of(world: World, operation: str) -> Call | None:
    """How the example is asked for: by whom, where, and with what."""
    if operation in EXTRA:
        return EXTRA[operation](world)
    attempt = ATTEMPTS.get(operation)
    if not isinstance(attempt, Door):
        return None
    caller, whose = _let_in(operation)
    its = world.things[whose]
    path = "/api/v1" + attempt.path.format(version=world.version, **vars(its))
    said = attempt.body(its) if attempt.body else None
    form = said if attempt.file else None
    return Call(attempt.method, path, None if attempt.file else said, form, attempt.file, by=caller)


def _let_in(operation: str) -> tuple[str, Whose]:
    kept = matrix.read(matrix.API)
    lines = [(whose, line) for (name, whose), line in kept.items() if name == operation]
    for word in _WORTH:
        for caller in _ORDER:
            for whose, line in lines:
                if line[caller] == word:
                    return caller, Whose.OWN if whose == "any" else Whose(whose)
    return "nobody", Whose.OWN


def _made(world: World, call: Call) -> TestResponse:
    if call.by == "client":
        client_id, secret = Calls(world.app, world.house.clock).a_client()  # type: ignore[arg-type]
        shown = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        return world.app.test_client().open(
            call.path, method=call.method, data=call.form, headers={"Authorization": f"Basic {shown}"}
        )
    who = world.callers[call.by]
    sent: dict[str, Any] = {}
    if call.file is not None:
        letter = (io.BytesIO(a_pdf()), f"{call.file}.pdf")
        sent = {"data": (call.form or {}) | {call.file: letter}, "content_type": "multipart/form-data"}
    elif call.body is not None:
        sent = {"json": call.body}
    return who.client.open(call.path, method=call.method, headers=who.headers(), **sent)


def _size(world: World) -> int:
    with world.house.engine.connect() as connection:
        return connection.execute(select(LogHead.size)).scalar_one()


def _events(world: World, before: int) -> list[str]:
    with world.house.engine.connect() as connection:
        rows = connection.execute(
            select(AuditEntry.event).where(AuditEntry.number >= before).order_by(AuditEntry.number)
        )
        return list(dict.fromkeys(row.event for row in rows if row.event != "client.registered"))

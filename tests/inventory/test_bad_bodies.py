"""Whatever operation of the contract is asked, what cannot be right is a clear problem document and changes nothing.

The operations and their members are the contract's own, so that a new one is tried from its first day (quality.md).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from audit.models import AuditEntry, LogHead
from tests.builders.api import is_problem
from tests.builders.signatories import a_pdf
from tests.inventory.contract.document import DOCUMENT
from tests.inventory.contract.standards import Call
from tests.inventory.contract.tried import call_of
from tests.inventory.doors import API
from tests.inventory.world import World

KEPT: dict[str, Any] = json.loads(DOCUMENT.read_text())
JSON, FORM = "application/json", "multipart/form-data"
DEEP = 10_000

CLOSED = {"POST /account/authenticator/confirmation"}
"""Open in the midst of a sign-in alone, which nobody of the small world stands in."""

HOSTILE_TEXT = ("a\u0000b", "a\u202eb", "a\u2066b", "\ud800", "a\u0007b", "x" * 300_000)
HOSTILE_DAYS = (
    "2026-02-30",
    "2026-13-01",
    "0000-01-01",
    "0001-01-01",
    "1250-01-01",
    "9999-12-31",
    "10000-01-01",
    "soon",
)
HOSTILE_NUMBERS = (10**30, -(10**30), -1, 1.5, True, "1", float("1e400"))
OF_ANOTHER_KIND = (None, True, 7, 1.5, [], {}, [[]], {"a": {"b": [None]}})


def operations(media_type: str) -> list[str]:
    """Every operation under /api/v1 that takes a body of this type, as the matrix names it."""
    return [
        f"{method.upper()} {path.removeprefix(API)}".replace("{", "<").replace("}", ">")
        for path, methods in KEPT["paths"].items()
        for method, said in methods.items()
        if f"{method.upper()} {path.removeprefix(API)}" not in CLOSED
        and path.startswith(API)
        and media_type in said.get("requestBody", {}).get("content", {})
    ]


def schema_of(operation: str, media_type: str) -> dict[str, Any]:
    method, _, path = operation.partition(" ")
    said = KEPT["paths"][API + path.replace("<", "{").replace(">", "}")][method.lower()]
    return resolved(said["requestBody"]["content"][media_type]["schema"])


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without its references, and without being nothing instead."""
    while "$ref" in schema:
        schema = KEPT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return resolved(kinds[0]) if kinds else schema


def places(
    schema: dict[str, Any], body: Any, at: tuple[Any, ...] = ()
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Every member there is in a body of this schema, by the way that leads to it."""
    for name, member in resolved(schema).get("properties", {}).items():
        whole = resolved(member)
        yield (*at, name), whole
        held = body.get(name) if isinstance(body, dict) else None
        if whole.get("type") == "object":
            yield from places(whole, held, (*at, name))
        elif whole.get("type") == "array" and isinstance(held, list) and held:
            lines = resolved(whole.get("items", {}))
            yield (*at, name, 0), lines
            yield from places(lines, held[0], (*at, name, 0))


def hostile(schema: dict[str, Any]) -> Iterator[Any]:
    """What never fits a member of this kind."""
    kind = schema.get("type")
    if schema.get("format") in ("date", "date-time"):
        yield from HOSTILE_DAYS
    elif kind == "string":
        yield from HOSTILE_TEXT
    elif kind in ("integer", "number"):
        yield from HOSTILE_NUMBERS
    elif kind == "array":
        yield [None]
        yield ["\u0000"]
        yield [[]] * 1001
    elif kind == "object":
        yield [1]
    yield from (each for each in OF_ANOTHER_KIND if not _may_be(each, schema))


def _may_be(value: Any, schema: dict[str, Any]) -> bool:
    kinds = {"boolean": bool, "integer": int, "number": float, "array": list, "object": dict}
    kind = kinds.get(str(schema.get("type")))
    return value is None or kind is None or isinstance(value, kind)


def put(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The body with this value in that place."""
    changed = deepcopy(body)
    held = changed
    for step in at[:-1]:
        held = held.setdefault(step, {}) if isinstance(held, dict) else held[step]
    held[at[-1]] = value
    return changed


def send(world: World, call: Call, raw: bytes) -> TestResponse:
    who = world.callers[call.by]
    return who.client.open(call.path, method=call.method, headers=who.headers(), data=raw, content_type=JSON)


def size(world: World) -> int:
    with world.house.engine.connect() as connection:
        return connection.execute(select(LogHead.size)).scalar_one()


def events_since(world: World, before: int) -> list[str]:
    """What the log says was done: a refusal for its shape leaves nothing in it."""
    with world.house.engine.connect() as connection:
        return list(connection.scalars(select(AuditEntry.event).where(AuditEntry.number >= before)))


def the_call(world: World, operation: str) -> Call:
    call = call_of(world, operation)
    assert call is not None
    return call


def unreadable(good: dict[str, Any]) -> Iterator[bytes]:
    """Bodies that can be read two ways or none, made of a good one."""
    whole = json.dumps(good)
    name = next(iter(good), "a")
    yield from (b"", b" ", b"{", b"[]", b"null", b"7", b'"a"', b"\xff\xfe{}", b"\xef\xbb\xbf" + whole.encode())
    yield whole.encode("utf-16")
    yield ('{"a": 1, "a": 1}' if not good else f"{whole[:-1]}, {json.dumps(name)}: {json.dumps(good[name])}}}").encode()
    yield f"{whole} {whole}".encode()
    yield b'{"a": NaN}'
    yield b'{"a": 1' + b"0" * 5000 + b"}"
    yield b"[" * DEEP + b"]" * DEEP
    yield b'{"a":' * DEEP + b"1" + b"}" * DEEP
    yield f"{{{json.dumps(name)}: {'[' * DEEP}{']' * DEEP}}}".encode()
    yield whole.encode()[:-1]


@pytest.mark.parametrize("operation", operations(JSON))
def test_what_cannot_be_read_is_refused_before_it_means_anything(world: World, operation: str) -> None:
    call, before = the_call(world, operation), size(world)

    for raw in unreadable(call.body or {}):
        is_problem(send(world, call, raw), 400, "malformed")
    is_problem(send(world, call, b'{"a": "' + b"x" * 1_100_000 + b'"}'), 413, "too-large")
    assert events_since(world, before) == []


@pytest.mark.parametrize("operation", operations(JSON))
def test_no_member_takes_what_it_is_not(world: World, operation: str) -> None:
    call, before = the_call(world, operation), size(world)
    body = call.body or {}

    for at, schema in places(schema_of(operation, JSON), body):
        for value in hostile(schema):
            reply = send(world, call, json.dumps(put(body, at, value)).encode())
            said = (at, value if len(str(value)) < 100 else str(value)[:100], reply.text[:300])
            assert reply.status_code in (400, 401, 403, 404, 409, 413, 422, 429), said
            is_problem(reply, reply.status_code)
    more = put(body, ("more",), 1)
    reply = send(world, call, json.dumps(more).encode())
    assert is_problem(reply, reply.status_code)["status"] in (400, 422)
    assert events_since(world, before) == []


@pytest.mark.parametrize("operation", operations(FORM))
def test_a_form_takes_no_more_than_json_does(world: World, operation: str) -> None:
    call, before = the_call(world, operation), size(world)
    who = world.callers[call.by]

    for at, schema in places(schema_of(operation, FORM), call.form or {}):
        if "contentMediaType" in schema:
            continue
        values = HOSTILE_DAYS if schema.get("format") == "date" else [each for each in HOSTILE_TEXT if each != "\ud800"]
        for value in values:
            form = (call.form or {}) | {at[0]: value, str(call.file): (io.BytesIO(a_pdf()), "a.pdf")}
            reply = who.client.post(call.path, headers=who.headers(), data=form, content_type=FORM)
            assert reply.status_code in (400, 403, 404, 409, 413, 422), (at, str(value)[:50], reply.text[:300])
            is_problem(reply, reply.status_code)
    assert events_since(world, before) == []

"""Whatever list or thing of the contract is asked for in a way that it cannot be is refused; cursors lead on in their own list alone."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from tests.builders.api import is_problem
from tests.inventory.contract.standards import Call
from tests.inventory.contract.tried import call_of
from tests.inventory.doors import API
from tests.inventory.test_bad_bodies import KEPT, resolved
from tests.inventory.world import World

Questions = dict[str, dict[str, Any]]

TEXT = ("%00", "a%E2%80%AEb", "a%E2%81%A6b", "%07", "x" * 5000)
DAYS = ("2026-02-30", "1250-01-01", "9999-12-31", "10000-01-01", "2026-11-21T10:00:00", "soon", "%00")
NUMBERS = ("-1", "1.5", "x", "9" * 30, "%00", "")
IDS = ("x", "%00", "00000000-0000-0000-0000-00000000000", "../1")


def asked() -> dict[str, Questions]:
    """Every operation that is got, with what may be asked of it."""
    return {
        f"GET {path.removeprefix(API)}".replace("{", "<").replace("}", ">"): {
            each["name"]: resolved(each["schema"])
            for each in methods["get"].get("parameters", ())
            if each.get("in") == "query"
        }
        for path, methods in KEPT["paths"].items()
        if path.startswith(API) and "get" in methods
    }


ASKED = asked()
WITH_QUESTIONS = [operation for operation, questions in ASKED.items() if questions]
LISTS = [operation for operation, questions in ASKED.items() if "after" in questions]
THINGS = [operation for operation in ASKED if "<" in operation]


def get(world: World, call: Call, query: str) -> TestResponse:
    who = world.callers[call.by]
    joined = "&" if "?" in call.path else "?"
    return who.client.get(f"{call.path}{joined}{query}", headers=who.headers())


def the_call(world: World, operation: str) -> Call:
    call = call_of(world, operation)
    assert call is not None
    return call


def wrong(schema: dict[str, Any]) -> tuple[str, ...]:
    """What never fits what is asked for so."""
    if schema.get("format") in ("date", "date-time"):
        return DAYS
    if schema.get("format") == "uuid":
        return IDS
    if schema.get("type") == "integer":
        return NUMBERS
    return ("%00", "nonsense") if "enum" in schema else TEXT


@pytest.mark.parametrize("operation", WITH_QUESTIONS)
def test_no_question_takes_what_it_is_not(world: World, operation: str) -> None:
    call = the_call(world, operation)

    for name, schema in ASKED[operation].items():
        for value in wrong(schema):
            reply = get(world, call, f"{name}={value}")
            assert reply.status_code in (400, 404, 422), (name, value[:50], reply.text[:200])
            is_problem(reply, reply.status_code)
        twice = get(world, call, f"{name}=1&{name}=1")
        assert twice.status_code in (400, 404, 422), (name, "twice")
    assert get(world, call, "more=1").status_code in (400, 422)
    world.put_back()


@pytest.mark.parametrize("operation", LISTS)
def test_a_cursor_that_was_given_by_another_list_or_by_nobody_leads_nowhere(world: World, operation: str) -> None:
    call = the_call(world, operation)
    foreign = _given(world)
    own = foreign.pop(operation, None)

    for cursor in [*foreign.values(), *_made_up(own or next(iter(foreign.values())))]:
        reply = get(world, call, f"after={quote(cursor)}")
        assert reply.status_code in (400, 422), (cursor[:80], reply.text[:200])
        assert is_problem(reply, reply.status_code)["code"] in ("invalid", "malformed")
    for limit in ("0", "501", "-1", "x", str(10**30)):
        assert get(world, call, f"limit={limit}").status_code in (400, 422), limit
    world.put_back()


@pytest.mark.parametrize("operation", THINGS)
def test_a_thing_that_cannot_be_is_not_found_and_nothing_is_said_of_why(world: World, operation: str) -> None:
    call = the_call(world, operation)
    who = world.callers[call.by]
    _, _, path = operation.partition(" ")

    for name in ("%00", "..%2f..%2fetc%2fpasswd", "a%E2%80%AEb", "%ED%A0%80", "x" * 3000, "'%20OR%201=1", "%F0%9F"):
        before, _, after = path.partition("<")
        reply = who.client.get(f"{API}{before}{name}{after.partition('>')[2]}", headers=who.headers())
        assert reply.status_code in (400, 404, 422), (name[:30], reply.text[:200])
        is_problem(reply, reply.status_code)
    world.put_back()


def _given(world: World) -> dict[str, str]:
    """Real cursors, by the list that gave each."""
    found = {}
    for operation in LISTS:
        call = the_call(world, operation)
        reply = get(world, call, "limit=1")
        cursor = (reply.get_json() or {}).get("next") if reply.status_code == 200 else None
        if isinstance(cursor, str):
            found[operation] = cursor
    assert len(found) > 4, "too few lists have a second page for this to mean anything"
    return found


def _made_up(cursor: str) -> list[str]:
    """The same cursor edited in each of its parts, and what never was one."""
    made = ["", "nonsense", "W10", "e30", "é", "A" * 4000, cursor[:-4], cursor[::-1], f"{cursor}AAAA"]
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return made
    for place in range(len(parts)):
        for value in ("Z", None, 7, 10**30, [], "\u0000"):
            edited = [*parts[:place], value, *parts[place + 1 :]]
            made.append(base64.urlsafe_b64encode(json.dumps(edited).encode()).decode().rstrip("="))
    deep = base64.urlsafe_b64encode(b"[" * 2000).decode().rstrip("=")
    return [*made, deep]

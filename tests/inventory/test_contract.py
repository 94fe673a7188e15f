"""The contract is what the service does: the document in the package is the one that the suite would write."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from audit.events import VOCABULARY
from compliance.identity.access_tokens import SCOPES
from compliance.kernel.contract import METHODS
from policies.permissions import Permission
from tests.inventory.contract import document
from tests.inventory.doors import API, routes
from tests.inventory.world import World

KEPT: dict[str, Any] = json.loads(document.DOCUMENT.read_text()) if document.DOCUMENT.exists() else {"paths": {}}
MEND = "read what changed, then `make docs`"

UNTRIED = {"GET /openapi.json", "GET /metrics"}
"""What has no example: it would be the document in itself, and what is nobody's to read by default."""


SAYS_WHY = "PUT /api/v1/audit/purpose"
"""Each reading carries the purpose; that it was said is no event of its own."""


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", methods[method])
        for path, methods in KEPT["paths"].items()
        for method in METHODS
        if method in methods
    ]


def test_the_document_is_what_the_service_does_and_each_example_still_answers_so(world: World) -> None:
    now = json.loads(document.written(document.document(world)))

    for path, methods in now["paths"].items():
        assert methods == KEPT["paths"].get(path), f"{path}: {MEND}"
    assert now == KEPT, MEND
    assert document.DOCUMENT.read_text() == document.written(now), MEND


def test_every_door_for_programs_stands_in_it(sqlite_app: Flask) -> None:
    there = {
        f"{route.method} {route.path}".replace("<", "{").replace(">", "}")
        for route in routes(sqlite_app)
        if route.endpoint.startswith("api.") or route.endpoint == "decisions"
    }

    assert there == {operation for operation, _ in operations()}


def test_every_operation_says_what_it_does_who_may_and_has_an_example() -> None:
    for operation, said in operations():
        assert said["summary"].strip(), operation
        assert said["x-who-may"], operation
        assert set(said["x-permission"]) <= set(Permission), operation
        assert set(said["x-audit-event"]) <= set(VOCABULARY), operation
        assert "x-example" in said or operation in UNTRIED, f"{operation} was never tried"
        for each in said["security"]:
            assert set(each.get("program", ())) <= set(SCOPES), operation


def test_names_of_operations_are_each_used_once() -> None:
    names = [said["operationId"] for _, said in operations()]

    assert sorted(names) == sorted(set(names))


def test_every_change_of_a_register_leaves_an_event() -> None:
    """Whatever was let in and done by POST, PUT or DELETE under /api/v1 stands in the log."""
    silent = [
        operation
        for operation, said in operations()
        if operation != SAYS_WHY
        and not operation.startswith("GET ")
        and API in operation
        and not said["x-audit-event"]
        and _was_done(said)
    ]

    assert silent == []


def test_every_example_keeps_the_schema_it_stands_beside() -> None:
    """But for what was sent and refused: that may have been refused for its shape."""
    for operation, said in operations():
        for where, content in _contents(said):
            refused = "/" in where and not _was_done(said)
            if "example" not in content or "multipart" in where or refused:
                continue
            whole = {**content["schema"], "components": KEPT["components"]}
            problems = [error.message for error in jsonschema_rs.validator_for(whole).iter_errors(content["example"])]
            assert problems == [], f"{operation}, {where}"


def test_the_document_is_served_to_anybody_as_its_bytes(sqlite_app: Flask) -> None:
    reply = sqlite_app.test_client().get("/openapi.json")

    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["ETag"]
    assert reply.data == document.DOCUMENT.read_bytes()


@pytest.mark.parametrize("random", [r"mss_[A-Za-z0-9]", r"eyJ[\w-]+\.eyJ", r"p[0-9a-f]{12}@", r"whsec_[A-Za-z0-9+/]"])
def test_nothing_in_it_opens_anything(random: str) -> None:
    assert not re.search(random, document.DOCUMENT.read_text())


def _was_done(said: dict[str, Any]) -> bool:
    return any("example" in content for where, content in _contents(said) if where.startswith("2"))


def _contents(said: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [(media_type, content) for media_type, content in said.get("requestBody", {}).get("content", {}).items()]
    for status, response in said["responses"].items():
        found += [(status, content) for content in response.get("content", {}).values()]
    return found

"""The contract as pages, for whoever builds a case system: nobody signs in to read it, and nothing is loaded from elsewhere."""

from __future__ import annotations

import ast
from html import unescape
from pathlib import Path

from flask import Flask

from compliance.api import errors
from compliance.api.errors import BESIDES, STATUS
from compliance.api.problems import type_uri
from compliance.app import house_of
from compliance.kernel.contract import Contract
from compliance.kernel.errors import Refusal
from compliance.web.contract_words import slug, to_do
from tests.inventory.source import PACKAGES


def test_every_operation_is_listed_and_leads_to_itself(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    contract = house_of(sqlite_app).the(Contract)

    front = client.get("/docs")

    assert front.status_code == 200
    for operation in contract.operations:
        assert f"{operation.method} {operation.path}" in front.text.replace("&lt;", "<")
        anchor = operation.said["operationId"].replace(".", "-").replace("_", "-")
        assert f'/docs/{slug(operation.room)}#{anchor}"' in front.text
    assert 'href="/openapi.json"' in front.text


def test_each_room_shows_who_may_what_is_sent_and_an_example(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    contract = house_of(sqlite_app).the(Contract)

    for room in {operation.room for operation in contract.operations}:
        page = client.get(f"/docs/{slug(room)}")
        assert page.status_code == 200, room
        for operation in contract.operations:
            if operation.room == room:
                assert f'id="{operation.said["operationId"].replace(".", "-").replace("_", "-")}"' in page.text
    facts = client.get("/docs/facts").text
    assert "scope facts:write" in facts
    assert "facts[].organisation_id" in facts
    assert "&#34;counter&#34;: &#34;actions_set&#34;" in facts
    assert "facts.reported" in facts


def test_every_problem_has_its_code_status_and_words(sqlite_app: Flask) -> None:
    page = sqlite_app.test_client().get("/docs/problems").text

    for code in ("not-found", "precondition-failed", "too-many-calls", "idempotency-key-reused"):
        assert f'id="{code}"' in page


def test_every_problem_leads_to_a_page_that_says_what_it_means_and_what_to_do(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    base = house_of(sqlite_app).settings.base_url

    for code, said in house_of(sqlite_app).the(Contract).said["x-problems"].items():
        address = type_uri(base, code)
        page = client.get(address.removeprefix(base))
        assert page.status_code == 200, address
        text = unescape(page.text)
        assert said["detail"] in text, code
        assert to_do(code, said["status"]) in text, code
    assert client.get("/problems/nothing").status_code == 404


def test_every_code_that_is_ever_answered_is_among_them(sqlite_app: Flask) -> None:
    """Every refusal there is, and every code that a line of the programs' door names."""
    there = house_of(sqlite_app).the(Contract).said["x-problems"]
    named = {kind.code for kind in _below(Refusal) if issubclass(kind, tuple(STATUS)) and _ours(kind)}
    for path in Path(errors.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("reply", "_Refused"):
                code = call.args[1]
                named |= {code.value} if isinstance(code, ast.Constant) else set()

    assert named <= set(there)
    assert {"unavailable", "request-id", "not-authenticated", "fault", "licence-no-seat"} <= named | set(BESIDES)


def _ours(kind: type[Refusal]) -> bool:
    return kind.__module__.partition(".")[0] in PACKAGES


def _below(kind: type[Refusal]) -> set[type[Refusal]]:
    return {each for sub in kind.__subclasses__() for each in (sub, *_below(sub))}


def test_what_is_not_there_is_a_page_that_says_so_and_all_of_it_is_kept_to_this_host(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()

    assert client.get("/docs/nothing").status_code == 404
    page = client.get("/docs")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "https://" not in page.text.partition("<main")[0]

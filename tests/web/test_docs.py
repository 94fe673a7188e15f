"""The contract as pages, for whoever builds a case system: nobody signs in to read it, and nothing is loaded from elsewhere."""

from __future__ import annotations

from flask import Flask

from compliance.app import house_of
from compliance.kernel.contract import Contract
from compliance.web.contract_words import slug


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


def test_what_is_not_there_is_a_page_that_says_so_and_all_of_it_is_kept_to_this_host(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()

    assert client.get("/docs/nothing").status_code == 404
    page = client.get("/docs")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "https://" not in page.text.partition("<main")[0]

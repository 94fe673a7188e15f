"""The case system's counts by its door: whole or not at all, once, and never what was sent in what is answered (GOV-2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from compliance.governance.facts.models import Fact, FactTold
from tests.builders.api import Caller, Calls, is_problem, log_size
from tests.builders.identity import an_employer, every

PATH = "/api/v1/facts"


@pytest.fixture
def place(sqlite_calls: Calls) -> UUID:
    return an_employer(sqlite_calls.house)


@pytest.fixture
def program(sqlite_calls: Calls) -> Caller:
    return sqlite_calls.a_program(["facts:write"])


def fact(place: UUID, **more: Any) -> dict[str, Any]:
    return {
        "organisation_id": str(place), "area": "medway", "period": "2026-10", "counter": "actions_set", "count": 3,
    } | more  # fmt: skip


@pytest.mark.rule("GOV-2")
def test_a_thousand_facts_are_taken_at_once_and_told_again_say_nothing_new(
    sqlite_calls: Calls, program: Caller, place: UUID
) -> None:
    body = {"facts": [fact(place, reference=f"KM-{number}") for number in range(1000)]}

    first, again = program.post(PATH, body), program.post(PATH, body)

    assert (first.status_code, first.get_json()["new"]) == (201, 1000), first.text[:300]
    assert first.get_json()["receipt"]["entry"] > 0
    assert (again.status_code, again.get_json()) == (200, {"new": 0, "corrected": 0, "same": 1000})
    assert len(every(sqlite_calls.house, FactTold)) == 1000
    body["facts"].append(fact(place, reference="KM-1000"))
    said = is_problem(program.post(PATH, body), 422, "facts-refused")
    assert [error["pointer"] for error in said["errors"]] == ["#/facts"]


@pytest.mark.rule("GOV-2")
def test_a_call_sent_twice_under_one_key_has_one_answer(sqlite_calls: Calls, program: Caller, place: UUID) -> None:
    key = {"Idempotency-Key": '"k-1"'}

    first = program.post(PATH, {"facts": [fact(place)]}, headers=key)
    program.post(PATH, {"facts": [fact(place, count=5)]})
    again = program.post(PATH, {"facts": [fact(place)]}, headers=key)

    assert again.get_data() == first.get_data()
    assert [row.count for row in every(sqlite_calls.house, Fact)] == [5], "the first answer again, and no change"
    is_problem(program.post(PATH, {"facts": [fact(place, count=9)]}, headers=key), 422, "idempotency-key-reused")


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"count": -1}, "count"), ({"count": 2**40}, "count"), ({"count": 1.5}, "count"), ({"count": "3"}, "count"),
    ({"count": True}, "count"), ({"count": None}, "count"), ({"organisation_id": str(uuid4())}, "organisation_id"),
    ({"organisation_id": "swale"}, "organisation_id"), ({"area": "kent"}, "area"), ({"area": "=cmd()"}, "area"),
    ({"period": "2026-12"}, "period"), ({"period": "9999-12"}, "period"), ({"period": "2026-02-30"}, "period"),
    ({"counter": "anything"}, "counter"), ({"reference": ""}, "reference"), ({"reference": "a\u0000b"}, "reference"),
    ({"reference": "x" * 256}, "reference"), ({"more": 1}, "more"),
)  # fmt: skip


@pytest.mark.rule("GOV-2")
def test_a_bad_fact_is_named_by_its_place_and_nothing_is_taken(
    sqlite_calls: Calls, program: Caller, place: UUID
) -> None:
    size = log_size(sqlite_calls)

    for more, member in BAD:
        reply = program.post(PATH, {"facts": [fact(place, counter="research_due"), fact(place, **more)]})
        said = is_problem(reply, 422)
        assert [error["pointer"] for error in said["errors"]] == [f"#/facts/1/{member}"], more
        assert "cmd()" not in reply.text
    bodies: tuple[dict[str, Any], ...] = (
        {"facts": []},
        {"facts": {}},
        {"facts": [[]]},
        {},
        {"facts": [fact(place), fact(place, count=4)]},
    )
    for body in bodies:
        is_problem(program.post(PATH, body), 422)
    for raw, content_type in ((b"", "application/json"), (b"{}", "text/plain"), (b"[" * 10_000, "application/json")):
        reply = program.client.post(PATH, data=raw, headers=program.headers(), content_type=content_type)
        assert reply.status_code in (400, 415, 422)

    assert every(sqlite_calls.house, Fact) == []
    assert log_size(sqlite_calls) == size


@pytest.mark.rule("GOV-2")
def test_only_a_program_with_its_scope_tells_facts(sqlite_calls: Calls, place: UUID) -> None:
    body = {"facts": [fact(place)]}

    is_problem(sqlite_calls.nobody().post(PATH, body), 401)
    assert sqlite_calls.a_program(["sharing", "access-events:write"]).post(PATH, body).status_code == 403
    assert sqlite_calls.someone("hub_manager").post(PATH, body).status_code == 403
    assert every(sqlite_calls.house, Fact) == []

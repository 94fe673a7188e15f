"""The certification scenario that the AuthZEN working group publishes, on people and cases of ours.

Each case is named by its section there. Left out are those that have the point decide by what the caller says of the
person or of the action: here such words are not even read (DEC-1), and that they change nothing is tested instead.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from compliance.app import house_of
from compliance.identity import queries
from compliance.kernel.context import operator
from compliance.licences import use_cases
from compliance.licences.rules import Suspension
from tests.builders.decisions import MANY, ONE, CaseSystem, the_case_system
from tests.builders.licences import a_licence, acting, an_organisation, seats

ALEX = {"type": "person", "id": "alex@swale.gov.uk"}
BLAKE = {"type": "person", "id": "blake@swale.gov.uk"}
VIEW, EXPORT = {"name": "case.view"}, {"name": "case.export"}
CASE = {"type": "case", "id": "C-1", "properties": {"area": "mid-kent"}}
ELSEWHERE = {"type": "case", "id": "C-2", "properties": {"area": "east-kent"}}
GOOD = {"subject": ALEX, "action": VIEW, "resource": CASE}
CONTEXT = {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}


@pytest.fixture
def point(sqlite_app: Flask) -> CaseSystem:
    """Alex may view cases in mid-Kent; Blake's licence rests."""
    house = house_of(sqlite_app)
    seats(house)
    swale = an_organisation(house)
    a_licence(house, swale)
    resting = a_licence(house, swale, "blake@swale.gov.uk")
    with acting(house) as ctx:
        use_cases.suspend(ctx, resting.id, reason=Suspension.LEAVE)
    return the_case_system(sqlite_app)


def decision(reply: TestResponse) -> bool:
    """The decision in an answer that is one (2.3, 5)."""
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    said: dict[str, Any] = reply.get_json()
    assert isinstance(said["decision"], bool)
    assert isinstance(said.get("context", {}), dict)
    return bool(said["decision"])


def decisions(reply: TestResponse) -> list[bool]:
    """The decisions of a batch, in order (3.3)."""
    assert reply.status_code == 200, reply.text
    said: dict[str, Any] = reply.get_json()
    assert "decision" not in said
    assert all(isinstance(each["decision"], bool) for each in said["evaluations"])
    return [each["decision"] for each in said["evaluations"]]


def lacking(member: str, part: str | None = None) -> dict[str, Any]:
    """A good request without a member, or without a part of one."""
    if part is None:
        return {name: value for name, value in GOOD.items() if name != member}
    return GOOD | {member: {name: value for name, value in GOOD[member].items() if name != part}}  # type: ignore[attr-defined]


@pytest.mark.rule("DEC-3")
def test_a_single_question_2_2(point: CaseSystem) -> None:
    more = {"department": "Sales", "role": "hub_manager", "organisation": "dover", "licence": "active"}

    assert decision(point.post(ONE, GOOD)) is True
    assert decision(point.post(ONE, GOOD | {"subject": BLAKE})) is False
    assert decision(point.post(ONE, GOOD | {"context": CONTEXT})) is True
    for other in (GOOD, GOOD | {"subject": BLAKE}):
        told = other | {
            "subject": other["subject"] | {"properties": more},
            "action": VIEW | {"properties": {"method": "GET", "soft": True}},
            "resource": CASE | {"properties": {"area": "mid-kent", "status": "active", "owner": "blake"}},
        }
        assert decision(point.post(ONE, told)) is decision(point.post(ONE, other))
    assert decision(point.post(ONE, GOOD | {"foo": "bar", "futureField": {"nested": True}})) is True


@pytest.mark.parametrize(
    "wrong",
    [
        lacking("subject"), lacking("action"), lacking("resource"), lacking("subject", "type"), lacking("subject", "id"),
        lacking("action", "name"), lacking("resource", "type"), lacking("resource", "id"),
        GOOD | {"subject": "alex"}, GOOD | {"action": {"name": 123}}, GOOD | {"resource": "C-1"}, GOOD | {"action": "view"},
        GOOD | {"context": "none"}, GOOD | {"subject": ALEX | {"properties": "none"}},
    ],
)  # fmt: skip
def test_what_lacks_a_member_or_has_one_of_another_kind_is_a_400_2_4(point: CaseSystem, wrong: dict[str, Any]) -> None:
    assert point.post(ONE, wrong).status_code == 400
    assert point.post(MANY, wrong).status_code == 400


def test_the_same_question_has_the_same_answer_2_6(point: CaseSystem) -> None:
    assert {decision(point.post(ONE, GOOD)) for _ in range(5)} == {True}
    assert {decision(point.post(ONE, GOOD | {"subject": BLAKE})) for _ in range(5)} == {False}


def test_batches_3_2(point: CaseSystem) -> None:
    by_resource = {"subject": ALEX, "action": VIEW, "evaluations": [{"resource": CASE}, {"resource": ELSEWHERE}]}
    by_subject = {"action": VIEW, "resource": CASE, "evaluations": [{"subject": ALEX}, {"subject": BLAKE}]}
    by_action = {
        "subject": ALEX,
        "resource": CASE,
        "evaluations": [{"action": VIEW}, {"action": {"name": "case.burn"}}],
    }
    whole = {"evaluations": [GOOD, GOOD | {"subject": BLAKE}]}
    context = by_resource | {
        "context": CONTEXT,
        "evaluations": [{"resource": CASE}, {"resource": ELSEWHERE, "context": {"source": "its own"}}],
    }

    for batch in (by_resource, by_subject, by_action, whole, context):
        assert decisions(point.post(MANY, batch)) == [True, False], batch
        turned = batch | {"evaluations": batch["evaluations"][::-1]}  # type: ignore[index]
        assert decisions(point.post(MANY, turned)) == [False, True], "answers stand in the order of the questions"


def test_an_item_is_replaced_whole_and_takes_no_part_from_the_default_3_2_7(point: CaseSystem) -> None:
    """The scenario calls the other reading advisory; the standard's own text is kept, and in doubt it is a no."""
    batch = GOOD | {
        "resource": {"type": "case"},
        "evaluations": [{"resource": {"id": "C-1", "properties": {"area": "mid-kent"}}}, {"resource": CASE}],
    }

    assert decisions(point.post(MANY, batch)) == [False, True]


def test_an_item_that_fails_is_a_no_in_its_place_3_4_1(point: CaseSystem) -> None:
    batch = {"subject": ALEX, "action": VIEW, "evaluations": [{"resource": CASE}, {}]}

    assert decisions(point.post(MANY, batch)) == [True, False]


@pytest.mark.parametrize("more", [{}, {"evaluations": []}])
def test_without_items_it_is_a_single_question_3_4(point: CaseSystem, more: dict[str, Any]) -> None:
    assert decision(point.post(MANY, GOOD | more)) is True
    assert point.post(MANY, more).status_code == 400


SEARCHES: dict[str, dict[str, Any]] = {
    "subject": {"subject": {"type": "person"}, "action": VIEW, "resource": CASE},
    "resource": {"subject": ALEX, "action": VIEW, "resource": {"type": "case"}},
    "action": {"subject": ALEX, "resource": CASE},
}


def found(point: CaseSystem, kind: str, body: dict[str, Any]) -> list[dict[str, str]]:
    reply = point.post(f"/access/v1/search/{kind}", body)
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    said: dict[str, Any] = reply.get_json()
    assert isinstance(said["page"]["next_token"], str)
    results: list[dict[str, str]] = said["results"]
    return results


def test_searches_find_whoever_and_whatever_is_permitted_4_2_to_4_4(point: CaseSystem) -> None:
    with house_of(point.app).reading(operator("tests")) as ctx:
        alex = queries.person_by_email(ctx, "alex@swale.gov.uk")
    assert alex is not None

    assert found(point, "subject", SEARCHES["subject"]) == [{"type": "person", "id": str(alex.id)}]
    assert VIEW in found(point, "action", SEARCHES["action"])
    assert all(each["type"] == "case" for each in found(point, "resource", SEARCHES["resource"]))
    for kind, body in SEARCHES.items():
        assert found(point, kind, body | {"context": CONTEXT}) == found(point, kind, body)


@pytest.mark.parametrize("kind", SEARCHES)
def test_a_page_is_taken_and_its_token_leads_on_4_5(point: CaseSystem, kind: str) -> None:
    body = SEARCHES[kind]
    first = point.post(f"/access/v1/search/{kind}", body | {"page": {"limit": 1}}).get_json()
    token = first["page"]["next_token"]

    assert len(first["results"]) <= 1
    if token:
        rest = found(point, kind, body | {"page": {"token": token}})
        assert first["results"] + rest == found(point, kind, body)


def test_nobody_and_nothing_that_is_unknown_is_found_4_6(point: CaseSystem) -> None:
    nobody, spaceship = {"type": "person", "id": "nobody@swale.gov.uk"}, {"type": "spaceship"}

    assert found(point, "action", SEARCHES["action"] | {"subject": nobody}) == []
    assert found(point, "resource", SEARCHES["resource"] | {"subject": nobody}) == []
    assert found(point, "subject", SEARCHES["subject"] | {"subject": spaceship}) == []
    assert found(point, "resource", SEARCHES["resource"] | {"resource": spaceship}) == []


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("subject", {"subject": {"type": "person"}, "resource": CASE}),
        ("subject", {"subject": {"type": "person"}, "action": VIEW}),
        ("subject", {"action": VIEW, "resource": CASE}),
        ("subject", {"subject": {}, "action": VIEW, "resource": CASE}),
        ("subject", {"subject": {"type": "person"}, "action": VIEW, "resource": {"type": "case"}}),
        ("resource", {"action": VIEW, "resource": {"type": "case"}}),
        ("resource", {"subject": ALEX, "resource": {"type": "case"}}),
        ("resource", {"subject": ALEX, "action": VIEW}),
        ("resource", {"subject": ALEX, "action": VIEW, "resource": {}}),
        ("resource", {"subject": {"type": "person"}, "action": VIEW, "resource": {"type": "case"}}),
        ("action", {"subject": ALEX}),
        ("action", {"resource": CASE}),
        ("action", {"subject": {"type": "person"}, "resource": CASE}),
        ("action", {"subject": ALEX, "resource": {"type": "case"}}),
    ],
)
def test_a_search_that_lacks_what_it_needs_is_a_400_4_7(point: CaseSystem, kind: str, wrong: dict[str, Any]) -> None:
    assert point.post(f"/access/v1/search/{kind}", wrong).status_code == 400


def test_the_metadata_are_ours_and_absolute_6(point: CaseSystem) -> None:
    said = point.app.test_client().get("/.well-known/authzen-configuration").get_json()
    base = house_of(point.app).settings.base_url

    assert said["policy_decision_point"] == base
    assert not {"?", "#"} & set(base)
    assert all(address.startswith(f"{base}/access/v1/") for name, address in said.items() if name.endswith("endpoint"))
    assert all(isinstance(value, str) and value for value in said.values())
    for name, address in said.items():
        if name.endswith("_endpoint"):
            kind = name.split("_")[1]
            body = SEARCHES[kind] if name.startswith("search_") else GOOD
            assert point.post(address.removeprefix(base), body).status_code == 200, name

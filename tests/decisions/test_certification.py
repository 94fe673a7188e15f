"""The cases that AuthZEN's certification asks of every decision point and that need no special data: statuses, shapes, echo."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from compliance.app import house_of
from tests.builders.decisions import MANY, ONE, CaseSystem, a_question, the_case_system
from tests.builders.licences import a_licence, an_organisation, seats

SEARCHES = {kind: f"/access/v1/search/{kind}" for kind in ("subject", "resource", "action")}
PARTS = ("subject", "action", "resource")


@pytest.fixture
def point(sqlite_app: Flask) -> CaseSystem:
    """The decision point, where Alex of Swale may view cases in mid-Kent."""
    house = house_of(sqlite_app)
    seats(house)
    a_licence(house, an_organisation(house))
    return the_case_system(sqlite_app)


def without(*path: str) -> dict[str, Any]:
    """A good question that lacks one member."""
    question = a_question()
    held = question
    for name in path[:-1]:
        held = held[name]
    del held[path[-1]]
    return question


def given(value: Any, *path: str) -> dict[str, Any]:
    """A good question with another value at this place."""
    question = a_question()
    held = question
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] = value
    return question


def is_decision(reply: TestResponse) -> dict[str, Any]:
    """The answer, after checking that it is one as the standard has it (6.2)."""
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    said: dict[str, Any] = reply.get_json()
    assert said["decision"] in (True, False)
    assert isinstance(said["context"], dict)
    return said


def sought(kind: str, **more: Any) -> dict[str, Any]:
    """A search for this kind, without what the standard has it leave out."""
    body = a_question()
    body.pop("action") if kind == "action" else body[kind].pop("id")
    return body | more


NEEDED = [("subject",), ("action",), ("resource",), ("subject", "type"), ("subject", "id"), ("action", "name"),
          ("resource", "type"), ("resource", "id")]  # fmt: skip


@pytest.mark.parametrize("path", NEEDED)
@pytest.mark.parametrize("door", [ONE, MANY])
def test_a_member_that_is_needed_and_missing_or_of_another_type_or_empty_is_a_400(
    point: CaseSystem, door: str, path: tuple[str, ...]
) -> None:
    for body in (without(*path), given(None, *path), given(7, *path), given([], *path), given("", *path)):
        assert point.post(door, body).status_code == 400, body


@pytest.mark.parametrize("member", [*PARTS, "context"])
def test_what_the_standard_does_not_name_is_ignored(point: CaseSystem, member: str) -> None:
    question = a_question() | {"context": {}}
    question[member] |= {"colour": "green", "deep": {"er": [1, {"x": None}]}}
    question |= {"extra": {"a": 1}, "options": {"anything": True}}

    assert is_decision(point.post(ONE, question))["decision"] is True


@pytest.mark.parametrize("question", [without("resource", "properties"), given({}, "subject", "properties")])
def test_properties_and_context_are_never_needed(point: CaseSystem, question: dict[str, Any]) -> None:
    is_decision(point.post(ONE, question))
    is_decision(point.post(ONE, question | {"context": {}}))
    is_decision(point.post(ONE, question | {"context": {"time": "2026-11-21T10:00:00Z", "ip": "192.0.2.4"}}))


@pytest.mark.parametrize(("action", "decision"), [("case.view", True), ("case.burn", False)])
def test_a_yes_and_a_no_are_both_200(point: CaseSystem, action: str, decision: bool) -> None:
    assert is_decision(point.post(ONE, a_question(action=action)))["decision"] is decision


@pytest.mark.parametrize("path", [ONE, MANY, *SEARCHES.values()])
def test_a_request_id_comes_back_unchanged_and_is_not_needed(point: CaseSystem, path: str) -> None:
    kind = path.rpartition("/")[2]
    body = sought(kind) if kind in SEARCHES else a_question()

    assert point.post(path, body, **{"X-Request-ID": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"}).headers[
        "X-Request-ID"
    ] == ("bfe9eb29-ab87-4ca3-be83-a1d5d8305716")
    assert point.post(path, {}, **{"X-Request-ID": "of-a-400"}).headers["X-Request-ID"] == "of-a-400"
    assert point.post(path, body).status_code == 200


@pytest.mark.parametrize("path", [ONE, MANY, *SEARCHES.values()])
def test_nobody_is_answered_who_does_not_say_who_they_are(point: CaseSystem, path: str) -> None:
    reply = point.app.test_client().post(path, json=a_question())

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="marac"'


@pytest.mark.parametrize("path", [ONE, MANY, *SEARCHES.values()])
def test_another_content_type_and_what_is_no_json_are_a_400(point: CaseSystem, path: str) -> None:
    headers = {"Authorization": f"Bearer {point.token}"}
    for sent, content_type in (("{}", "text/plain"), ("{", "application/json"), ("", "application/json")):
        reply = point.app.test_client().post(path, data=sent, content_type=content_type, headers=headers)
        assert reply.status_code == 400, (sent, content_type)
    assert point.app.test_client().get(path, headers=headers).status_code == 405


@pytest.mark.parametrize("more", [{}, {"evaluations": []}, {"evaluations": None}])
def test_a_batch_without_items_answers_as_one_question_does(point: CaseSystem, more: dict[str, Any]) -> None:
    said = is_decision(point.post(MANY, a_question() | more))

    assert said["decision"] is True
    assert "evaluations" not in said


def test_defaults_are_replaced_whole_and_an_empty_item_takes_all_of_them(point: CaseSystem) -> None:
    items = [{}, {"resource": {"type": "case", "id": "C-1"}}, {"action": {"name": "case.burn"}}]

    said = point.post(MANY, a_question() | {"evaluations": items}).get_json()

    assert "decision" not in said
    # The second has a resource of its own, and so no area: the default's properties are not mixed into it.
    assert [each["decision"] for each in said["evaluations"]] == [True, False, False]


@pytest.mark.parametrize(
    ("semantic", "decisions"),
    [
        (None, [True, False, True]),
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_each_semantic_evaluates_as_far_as_the_standard_says(
    point: CaseSystem, semantic: str | None, decisions: list[bool]
) -> None:
    body = a_question() | {"evaluations": [{}, {"action": {"name": "case.burn"}}, {}]}
    if semantic:
        body["options"] = {"evaluations_semantic": semantic}

    assert [each["decision"] for each in point.post(MANY, body).get_json()["evaluations"]] == decisions


@pytest.mark.rule("DEC-3")
@pytest.mark.parametrize("bad", [{"subject": {}}, {"action": {"name": 7}}, {"resource": None}, 7, None, []])
def test_a_bad_item_is_a_deny_in_its_place_and_no_error(point: CaseSystem, bad: Any) -> None:
    said = point.post(MANY, a_question() | {"evaluations": [{}, bad, {}]}).get_json()["evaluations"]

    assert [each["decision"] for each in said] == [True, False, True]


@pytest.mark.parametrize("kind", SEARCHES)
def test_a_search_answers_with_results_and_a_page(point: CaseSystem, kind: str) -> None:
    said = point.post(SEARCHES[kind], sought(kind)).get_json()

    assert next(iter(said)) == "page"
    assert said["page"]["next_token"] == ""
    for each in said["results"]:
        assert set(each) == ({"name"} if kind == "action" else {"type", "id"})


@pytest.mark.parametrize("kind", ["subject", "resource"])
def test_the_id_of_what_is_sought_is_ignored(point: CaseSystem, kind: str) -> None:
    body = sought(kind)
    named = body | {kind: body[kind] | {"id": "anybody"}}

    assert (
        point.post(SEARCHES[kind], named).get_json()["results"]
        == point.post(SEARCHES[kind], body).get_json()["results"]
    )


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("subject", {"action": {"name": "case.burn"}}),
        ("subject", {"resource": {"type": "kitchen", "id": "K-1"}}),
        ("subject", {"subject": {"type": "robot"}}),
        ("resource", {"subject": {"type": "person", "id": "nobody@swale.gov.uk"}}),
        ("resource", {"resource": {"type": "kitchen"}}),
        ("action", {"subject": {"type": "person", "id": "nobody@swale.gov.uk"}}),
        ("action", {"resource": {"type": "kitchen", "id": "K-1"}}),
    ],
)
def test_what_is_unknown_finds_nothing_and_is_no_error(point: CaseSystem, kind: str, change: dict[str, Any]) -> None:
    reply = point.post(SEARCHES[kind], sought(kind) | change)

    assert reply.status_code == 200
    assert reply.get_json()["results"] == []


def test_a_page_of_one_leads_to_the_rest_and_its_token_to_no_other_search(point: CaseSystem) -> None:
    whole = point.post(SEARCHES["action"], sought("action")).get_json()["results"]
    found: list[dict[str, str]] = []
    token = ""
    for _ in range(len(whole)):
        said = point.post(SEARCHES["action"], sought("action", page={"limit": 1, "token": token})).get_json()
        found += said["results"]
        token = said["page"]["next_token"]
        if token:
            other = sought("action", page={"token": token}) | {"resource": {"type": "case", "id": "C-2"}}
            assert point.post(SEARCHES["action"], other).status_code == 400

    assert found == whole
    assert len(whole) > 1
    assert token == ""


def test_the_metadata_names_every_address_as_it_was_asked_for(point: CaseSystem) -> None:
    base = house_of(point.app).settings.base_url
    reply = point.app.test_client().get(
        "/.well-known/authzen-configuration", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    )

    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.get_json() == {
        "policy_decision_point": base,
        "access_evaluation_endpoint": f"{base}{ONE}",
        "access_evaluations_endpoint": f"{base}{MANY}",
        **{f"search_{kind}_endpoint": f"{base}{path}" for kind, path in SEARCHES.items()},
    }

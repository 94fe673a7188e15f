"""The decision endpoints as the case system meets them: AuthZEN's shapes, our reasons, a receipt for everything."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from audit import queries as log
from audit.encoding import digest
from audit.models import COLUMNS, AuditEntry
from compliance.app import house_of
from compliance.identity import queries
from compliance.identity import use_cases as identity
from compliance.identity.clients import queries as clients
from compliance.kernel.context import House, operator
from tests.builders.decisions import MANY, ONE, CaseSystem, a_question, the_case_system
from tests.builders.licences import a_licence, an_organisation, seats

JSON = "application/json"


@pytest.fixture
def desk(app: Flask) -> CaseSystem:
    """The case system, on a register with one active licence: Alex of Swale, mid-Kent."""
    house = house_of(app)
    seats(house)
    a_licence(house, an_organisation(house))
    return the_case_system(app)


@pytest.fixture
def sqlite_desk(sqlite_app: Flask) -> CaseSystem:
    """The same, where the database makes no difference."""
    house = house_of(sqlite_app)
    seats(house)
    a_licence(house, an_organisation(house))
    return the_case_system(sqlite_app)


def entry(house: House, number: int) -> AuditEntry:
    with house.reading(operator("test")) as ctx:
        return ctx.session.get_one(AuditEntry, number)


@pytest.mark.rule("DEC-1", "DEC-7", "AUD-1", "AUD-2")
def test_a_permit_comes_with_the_receipt_of_its_entry(desk: CaseSystem) -> None:
    house = house_of(desk.app)

    reply = desk.post(ONE, a_question() | {"context": {"purpose": "safety planning"}}, **{"X-Request-ID": "r-1"})

    answer = reply.get_json()
    context = answer["context"]
    found = entry(house, context["receipt"]["entry"])
    assert answer["decision"] is True
    assert reply.headers["X-Request-ID"] == "r-1"
    assert found.hash.hex() == context["receipt"]["hash"]
    assert found.hash == digest({name: getattr(found, name) for name in COLUMNS})
    assert (found.event, found.outcome, found.reference) == ("decision.answered", "permit", "C-1")
    assert (found.actor_kind, found.actor_id) == ("client", desk.client_id)
    assert (found.purpose, found.request_id) == ("safety planning", "r-1")
    assert (found.state_version, found.policy_version) == (context["state_version"], context["policy_version"])
    assert context["valid_until"].startswith("2026-11-21T10:00:05")


@pytest.mark.rule("DEC-2", "DEC-1")
def test_a_deny_says_the_first_and_every_failing_rule_to_the_person_and_to_the_hub(sqlite_desk: CaseSystem) -> None:
    answer = sqlite_desk.asks("alex@swale.gov.uk", "research.write", "research", area="medway", owner_organisation="x")

    context = answer["context"]
    assert answer["decision"] is False
    assert context["first_failing"] == "ROL-2"
    assert [item["code"] for item in context["failing"]] == ["area-outside", "owner-other"]
    assert set(context["reason_user"]) == set(context["reason_admin"]) == {"ROL-2"}
    assert entry(house_of(sqlite_desk.app), context["receipt"]["entry"]).rules == "ROL-2"


@pytest.mark.rule("DEC-3")
@pytest.mark.parametrize(
    ("question", "rule"),
    [
        (a_question("nobody@swale.gov.uk"), "DEC-3"),
        (a_question(action="case.burn"), "DEC-3"),
        (a_question(kind="kitchen"), "DEC-3"),
        (a_question() | {"subject": {"type": "user", "id": "alex@swale.gov.uk"}}, "DEC-3"),
        (a_question(area="surrey"), "DEC-3"),
        (a_question(area="medway"), "ROL-2"),
        (a_question(action="research.write", kind="research", owner_organisation="kent-police"), "ROL-2"),
        (a_question(closed=True), "DEC-1"),
        (a_question(action="closed_meeting.approve", kind="meeting"), "DEC-1"),
    ],
)
def test_what_is_not_allowed_is_a_deny_and_never_an_error(
    sqlite_desk: CaseSystem, question: dict[str, Any], rule: str
) -> None:
    reply = sqlite_desk.post(ONE, question)

    assert reply.status_code == 200
    assert reply.get_json()["decision"] is False
    assert reply.get_json()["context"]["first_failing"] == rule


@pytest.mark.rule("DEC-1")
def test_what_the_caller_says_of_the_person_is_not_heard(sqlite_desk: CaseSystem) -> None:
    question = a_question("nobody@swale.gov.uk")
    question["subject"]["properties"] = {"licence": "active", "roles": ["hub_manager"]}

    assert sqlite_desk.post(ONE, question).get_json()["decision"] is False


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b'{"subject":1}', b"\xff\xfe", b'"x"', b"[" * 100_000,
        b'{"subject":{"type":"person","id":"a"},"subject":{"type":"person","id":"b"}}',
        b'{"subject":{"type":"person","id":"a\\u0000"},"action":{"name":"x"},"resource":{"type":"case","id":"1"}}',
        b'{"subject":{"type":"person","id":"\\ud800"},"action":{"name":"x"},"resource":{"type":"case","id":"1"}}',
        b'{"subject":{"type":"person","id":"a"},"action":{"name":"x"},"resource":{"type":"case","id":""}}',
        b'{"subject":{"type":"person","id":"a"},"action":{"name":"x"},"resource":{"type":"case","id":7}}',
        b'{"subject":{"type":"person","id":"a"},"action":{"name":"x"}}',
        (b'{"subject":{"type":"person","id":"a"},"action":{"name":"x"},"resource":{"type":"case","id":"1",'
         b'"properties":{"closed":"no"}}}'),
        b'{"evaluations":{"0":{}}}',
        b'{"evaluations":[{}],"options":{"evaluations_semantic":"some"}}',
        b'{"subject":' * 10_000 + b"1" + b"}" * 10_000, b'{"evaluations":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b"{}", b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b'{"subject":NaN}', b'{"a":1' + b"0" * 5000 + b"}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_400_and_leaves_no_entry(sqlite_desk: CaseSystem, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {sqlite_desk.token}"}
    before = sqlite_desk.asks()["context"]["receipt"]["entry"]

    for path in (ONE, MANY):
        reply = sqlite_desk.app.test_client().post(path, data=body, content_type=JSON, headers=headers)
        assert reply.status_code == 400, path
        assert reply.headers["Content-Type"] == "application/problem+json"

    assert sqlite_desk.asks()["context"]["receipt"]["entry"] == before + 1


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_a_400(sqlite_desk: CaseSystem, content_type: str) -> None:
    reply = sqlite_desk.app.test_client().post(
        ONE, data=b"{}", content_type=content_type, headers={"Authorization": f"Bearer {sqlite_desk.token}"}
    )

    assert reply.status_code == 400


@pytest.mark.rule("DEC-3")
def test_only_a_live_client_with_the_scope_may_ask(sqlite_app: Flask) -> None:
    stranger, other = the_case_system(sqlite_app), the_case_system(sqlite_app, "registers:read")
    nobody = sqlite_app.test_client().post(ONE, json=a_question())
    forged = CaseSystem(sqlite_app, "x", stranger.token[:-6] + "AAAAAA").post(ONE, a_question())

    assert (nobody.status_code, nobody.headers["WWW-Authenticate"]) == (401, 'Bearer realm="marac"')
    assert (forged.status_code, 'error="invalid_token"' in forged.headers["WWW-Authenticate"]) == (401, True)
    refused = other.post(ONE, a_question())
    assert refused.status_code == 403
    assert 'error="insufficient_scope", scope="decisions"' in refused.headers["WWW-Authenticate"]


@pytest.mark.rule("DEC-4", "AUD-1")
def test_a_client_that_was_ended_is_turned_away_at_once_though_its_token_lives(desk: CaseSystem) -> None:
    assert desk.asks()["decision"] is True

    with house_of(desk.app).work(operator("test")) as ctx:
        client = next(row for row in clients.clients(ctx) if row.client_id == desk.client_id)
        identity.end_client(ctx, client.id)

    assert desk.post(ONE, a_question()).status_code == 401
    with house_of(desk.app).reading(operator("test")) as ctx:
        last = ctx.session.query(AuditEntry).order_by(AuditEntry.number.desc()).first()
    assert last is not None
    assert (last.event, last.outcome) == ("client.turned_away", "refused")


@pytest.mark.rule("DEC-2", "DEC-7")
def test_a_batch_takes_defaults_whole_answers_in_order_and_leaves_one_entry(sqlite_desk: CaseSystem) -> None:
    body = a_question() | {
        "evaluations": [
            {},
            {"action": {"name": "research.view"}, "resource": {"type": "research", "id": "R-1"}},
            {"resource": {"type": "case", "id": "C-2", "properties": {"area": "mid-kent"}}},
            {"subject": {"type": "person", "id": 7}},
            "nonsense",
        ]
    }
    before = sqlite_desk.asks()["context"]["receipt"]["entry"]

    answers = sqlite_desk.post(MANY, body).get_json()["evaluations"]

    assert [answer["decision"] for answer in answers] == [True, False, True, False, False]
    assert answers[1]["context"]["first_failing"] == "DEC-3"
    assert answers[3]["context"]["error"]["status"] == 400
    assert {answer["context"]["receipt"]["entry"] for answer in answers} == {before + 1}
    assert entry(house_of(sqlite_desk.app), before + 1).outcome == "mixed"


@pytest.mark.parametrize(
    ("semantic", "decisions"),
    [
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_a_batch_ends_where_its_semantic_says(sqlite_desk: CaseSystem, semantic: str, decisions: list[bool]) -> None:
    items = [{}, {"action": {"name": "case.burn"}}, {}]
    body = a_question() | {"evaluations": items, "options": {"evaluations_semantic": semantic}}

    answers = sqlite_desk.post(MANY, body).get_json()["evaluations"]

    assert [answer["decision"] for answer in answers] == decisions


@pytest.mark.parametrize("more", [{}, {"evaluations": []}])
def test_a_batch_without_items_is_a_single_question(sqlite_desk: CaseSystem, more: dict[str, Any]) -> None:
    assert sqlite_desk.post(MANY, a_question() | more).get_json()["decision"] is True


def test_a_batch_is_bounded(sqlite_desk: CaseSystem) -> None:
    assert sqlite_desk.post(MANY, a_question() | {"evaluations": [{}] * 1000}).status_code == 200
    assert sqlite_desk.post(MANY, a_question() | {"evaluations": [{}] * 1001}).status_code == 400
    huge = b'{"x":"' + b"a" * (1 << 20) + b'"}'
    headers = {"Authorization": f"Bearer {sqlite_desk.token}"}
    assert sqlite_desk.app.test_client().post(ONE, data=huge, content_type=JSON, headers=headers).status_code == 413
    assert sqlite_desk.app.test_client().get(ONE, headers=headers).status_code == 405


@pytest.mark.rule("AUD-1")
def test_what_was_asked_in_a_batch_is_found_by_case_and_by_person(desk: CaseSystem) -> None:
    house = house_of(desk.app)
    with house.reading(operator("test")) as ctx:
        alex = queries.person_by_email(ctx, "alex@swale.gov.uk")
    assert alex is not None
    items = [{"resource": {"type": "case", "id": case, "properties": {"area": "mid-kent"}}} for case in ("C-7", "C-8")]
    desk.post(MANY, a_question("nobody@swale.gov.uk", reference="C-9") | {"evaluations": [{}]})
    answers = desk.post(MANY, a_question() | {"evaluations": items}).get_json()["evaluations"]
    number = answers[0]["context"]["receipt"]["entry"]

    def found(**asked: Any) -> list[int]:
        with house.work(operator("test")) as ctx:
            return [each.number for each in log.search(ctx, log.Asked(event="decisions.answered", **asked)).entries]

    assert found(reference="C-8") == found(actor=(str(alex.id),)) == [number]
    assert found(reference="C-6") == []

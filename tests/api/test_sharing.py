"""The case system records decisions to share, asks for re-use and reads the answer: on behalf of somebody, or not at all (SHA-1, SHA-2)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from compliance.kernel.context import operator
from compliance.sharing.models import SharingDecision
from compliance.sharing.reuse.models import ReuseRequest
from compliance.sharing.statement import use_cases as statement
from tests.builders.api import Caller, Calls, is_problem, log_size
from tests.builders.identity import at_work, every
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.sharing import answer

DECISIONS = "/api/v1/sharing-decisions"
REQUESTS = "/api/v1/reuse-requests"
WHY = "They would be in danger otherwise."


class Partners:
    """Two partners: a licence holder of one, and a delegate of the other, who supplied what is asked for."""

    def __init__(self, calls: Calls) -> None:
        house = calls.house
        seats(house)
        self.calls = calls
        self.asking, self.supplying = an_organisation(house), an_organisation(house, "thanet")
        self.holder = a_licence(house, self.asking).person_id
        self.supplier = calls.someone("delegate", organisation_id=self.supplying)
        self.program = calls.a_program(["sharing"])

    def decision(self, **more: Any) -> dict[str, Any]:
        return {
            "reference": "KM-7", "decision": "share", "basis": "public_task", "words": WHY, "person": str(self.holder),
        } | more  # fmt: skip

    def request(self, **more: Any) -> dict[str, Any]:
        return {
            "reference": "KM-7", "supplier_id": str(self.supplying), "purpose": "family_court", "words": WHY,
            "person": str(self.holder),
        } | more  # fmt: skip


@pytest.fixture
def partners(sqlite_calls: Calls) -> Partners:
    return Partners(sqlite_calls)


@pytest.mark.rule("SHA-1")
def test_a_decision_is_recorded_on_behalf_of_a_licence_holder_once(partners: Partners) -> None:
    key = {"Idempotency-Key": '"one"'}

    first = partners.program.post(DECISIONS, partners.decision(), headers=key)
    again = partners.program.post(DECISIONS, partners.decision(), headers=key)

    assert first.status_code == 201, first.text
    assert again.get_data() == first.get_data()
    said = first.get_json()
    assert (said["person_id"], said["organisation_id"]) == (str(partners.holder), str(partners.asking))
    assert said["receipt"]["entry"] > 0
    assert WHY not in first.text
    assert len(every(partners.calls.house, SharingDecision)) == 1
    is_problem(partners.program.post(DECISIONS, partners.decision(reference="KM-8"), headers=key), 422)


WRONG: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"person": None}, 422, "#/person"),
    ({"person": "nobody@thanet.gov.uk"}, 422, "#/person"),
    ({"person": "not an address"}, 422, "#/person"),
    ({"person": str(uuid4())}, 422, "#/person"),
    ({"decision": "perhaps"}, 422, "#/decision"),
    ({"basis": "not_necessary"}, 422, "#/basis"),
    ({"reference": ""}, 422, "#/reference"),
    ({"reference": "KM\u202e7"}, 422, "#/reference"),
    ({"words": "x" * 1001}, 422, "#/words"),
    ({"decided_at": "2026-11-22T10:00:00Z"}, 422, "#/decided_at"),
    ({"decided_at": "2026-11-20T10:00:00"}, 422, "#/decided_at"),
    ({"with_organisation_id": str(uuid4())}, 422, "#/with_organisation_id"),
    ({"victim": "x"}, 422, "#/victim"),
)


@pytest.mark.rule("SHA-1")
def test_a_bad_decision_is_refused_at_its_member_and_changes_nothing(partners: Partners) -> None:
    size = log_size(partners.calls)

    for more, status, pointer in WRONG:
        reply = partners.program.post(DECISIONS, partners.decision(**more))
        said = is_problem(reply, status)
        assert [error["pointer"] for error in said["errors"]] == [pointer], more
    for raw in (b"", b"[]", b'"x"', b'{"reference": "\\ud800"}', b'{"a":' * 10_000):
        reply = partners.program.client.post(
            DECISIONS, data=raw, headers=partners.program.headers(), content_type="application/json"
        )
        assert reply.status_code in (400, 422), raw[:20]

    assert every(partners.calls.house, SharingDecision) == []
    assert log_size(partners.calls) == size


@pytest.mark.rule("SHA-1", "SHA-2")
def test_nobody_is_acted_for_who_may_not_do_it_themselves(partners: Partners) -> None:
    steering = partners.calls.someone("steering_member").account
    assert steering is not None

    for path, body in ((DECISIONS, partners.decision), (REQUESTS, partners.request)):
        reply = partners.program.post(path, body(person=steering.email))
        is_problem(reply, 403, "sharing-not-on-behalf")
        other = partners.calls.a_program(["decisions", "facts:write"])
        assert other.post(path, body()).status_code == 403
        is_problem(partners.calls.nobody().post(path, body()), 401)
        is_problem(partners.supplier.post(path, body()), 422)  # a person acts for themselves, and names nobody


@pytest.mark.rule("SHA-2")
def test_a_request_is_asked_answered_and_read(partners: Partners) -> None:
    asked = partners.program.post(REQUESTS, partners.request(person="alex@swale.gov.uk"))
    assert asked.status_code == 201, asked.text
    made = asked.get_json()
    assert (made["state"], made["usable"], made["answer_by"]) == ("open", False, "2026-11-27")

    path = f"{REQUESTS}/{made['id']}"
    assert partners.program.get(path).get_json()["state"] == "open"
    house = partners.calls.house
    account = partners.supplier.account
    assert account is not None
    with house.work(*at_work(house, account.person)) as ctx:
        answer(ctx, every(house, ReuseRequest)[0].id, "permit")

    reply = partners.program.get(path)
    said = reply.get_json()
    assert (said["state"], said["usable"], said["override"]) == ("permitted", True, None)
    assert said["answer"]
    assert reply.headers["ETag"]
    is_problem(partners.program.get(f"{REQUESTS}/{uuid4()}"), 404)
    stranger = partners.calls.someone("delegate")
    is_problem(stranger.get(path), 404)


@pytest.mark.rule("SHA-2")
@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"supplier_id": "x"}, "#/supplier_id"),
        ({"supplier_id": str(uuid4())}, "#/supplier_id"),
        ({"purpose": "gossip"}, "#/purpose"),
        ({"words": ""}, "#/words"),
        ({"answer_by": "2027-01-01"}, "#/answer_by"),
    ],
)
def test_a_bad_request_is_refused_at_its_member(partners: Partners, more: dict[str, Any], pointer: str) -> None:
    said = is_problem(partners.program.post(REQUESTS, partners.request(**more)), 422)

    assert [error["pointer"] for error in said["errors"]] == [pointer]
    assert every(partners.calls.house, ReuseRequest) == []


@pytest.mark.rule("SHA-2")
def test_what_an_organisation_supplied_itself_needs_no_permission(partners: Partners) -> None:
    said = is_problem(partners.program.post(REQUESTS, partners.request(supplier_id=str(partners.asking))), 422)

    assert [error["pointer"] for error in said["errors"]] == ["#/supplier_id"]


@pytest.mark.rule("SHA-4")
def test_the_statement_is_read_by_program_and_person_and_acknowledged_by_people(sqlite_calls: Calls) -> None:
    reader, program = sqlite_calls.someone("hub_coordinator"), sqlite_calls.a_program(["sharing"])
    is_problem(reader.get("/api/v1/confidentiality-statement"), 404, "statement-none")
    with sqlite_calls.house.work(operator("db seed")) as ctx:
        statement.begin(ctx)

    def version(who: Caller) -> dict[str, Any]:
        said: dict[str, Any] = who.get("/api/v1/confidentiality-statement").get_json()
        return said

    assert version(program)["version"] == 1
    assert "acknowledged_at" not in version(program)
    assert version(reader)["acknowledged_at"] is None
    path = "/api/v1/confidentiality-statement/acknowledgements"
    is_problem(reader.post(path, {"version": 2}), 409, "statement-newer")
    assert reader.post(path, {"version": 1}).status_code == 201
    assert version(reader)["acknowledged_at"]
    assert program.post(path, {"version": 1}).status_code == 403
    is_problem(sqlite_calls.someone("steering_member").post(path, {"version": 1}), 403)
    is_problem(reader.post(path, {"version": "1"}), 422)

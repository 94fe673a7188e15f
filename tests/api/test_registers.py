"""The registers by the API: read as at any date, in pages, changed with a receipt, and every look recorded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from compliance.licences.rules import Status
from tests.builders.api import Calls, is_problem
from tests.builders.identity import logged
from tests.builders.licences import a_licence, again, seats
from tests.builders.licences import an_organisation as a_licensed_organisation
from tests.builders.reading import says_why
from tests.builders.signatories import an_organisation, signs, the_instruments, withdraws


def test_pages_follow_one_another_without_a_gap_or_a_repeat(calls: Calls) -> None:
    for number in range(7):
        an_organisation(calls.house, f"org-{number}", name="The same" if number < 3 else None)
    program = calls.a_program(["registers:read"])

    seen: list[str] = []
    after: dict[str, Any] = {}
    page: dict[str, Any] = {}
    for _ in range(4):
        page = program.get("/api/v1/organisations", limit=2, **after).get_json()
        seen += [row["code"] for row in page["items"]]
        after = {"after": page["next"]}
    assert page["next"] is None
    assert len(seen) == 7
    assert len(set(seen)) == 7


def test_licences_come_in_pages_the_newest_request_first(calls: Calls) -> None:
    seats(calls.house)
    swale = a_licensed_organisation(calls.house, "swale")
    made = []
    for number in range(3):
        calls.clock.move(timedelta(seconds=1))
        made.append(str(a_licence(calls.house, swale, f"p{number}@swale.gov.uk", status=Status.REQUESTED).id))
    hub = calls.someone("hub_coordinator")

    first = hub.get("/api/v1/licences", limit=2, status="requested").get_json()
    second = hub.get("/api/v1/licences", limit=2, status="requested", after=first["next"]).get_json()

    assert [row["id"] for row in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None


@pytest.mark.rule("SIG-1")
def test_the_register_is_read_as_at_any_past_date(calls: Calls) -> None:
    swale = an_organisation(calls.house, "swale")
    the_instruments(calls.house)
    calls.clock.move(timedelta(days=2))
    signs(calls.house, swale)
    calls.clock.move(timedelta(days=2))
    withdraws(calls.house, swale)
    program = calls.a_program(["registers:read"])

    def state(**query: str) -> list[str]:
        return [row["state"] for row in program.get("/api/v1/organisations", **query).get_json()["items"]]

    assert state(as_at="2026-11-20") == []
    assert state(as_at="2026-11-22") == ["unsigned"]
    assert state(as_at="2026-11-23") == ["signed"]
    assert state(as_at="2026-11-24T12:00:00Z") == ["signed"]
    assert state() == ["withdrawn"]
    for day, codes in (("2026-11-22", []), ("2026-11-24", ["swale"])):
        rows = program.get("/api/v1/signatories", as_at=day, instrument="op").get_json()["items"]
        assert [row["code"] for row in rows] == codes
    is_problem(program.get("/api/v1/signatories", instrument="treaty"), 404)
    is_problem(program.get("/api/v1/signatories", as_at="2027-01-01"), 422)


@pytest.mark.rule("LIC-1")
def test_standing_answers_each_item_with_its_rule_and_a_persons_only_to_whom_it_concerns(sqlite_calls: Calls) -> None:
    seats(sqlite_calls.house)
    swale = a_licensed_organisation(sqlite_calls.house, "swale", policies=["safeguarding"])
    path = f"/api/v1/organisations/{swale}/standing"
    program, hub = sqlite_calls.a_program(), sqlite_calls.someone("hub_coordinator")

    said = program.get(path).get_json()

    assert said["signatory"] is True
    assert said["complete"] is False
    missing = [item for item in said["items"] if not item["met"]]
    assert [(item["code"], item["rule"]) for item in missing] == [("policy.data_protection", "SIG-11")]
    person = sqlite_calls.someone("delegate", organisation_id=swale)
    assert person.account
    asked = {"person": str(person.account.person.id)}
    assert "vetting" in {item["code"] for item in hub.get(path, **asked).get_json()["items"]}
    is_problem(program.get(path, **asked), 403, "forbidden")


def test_a_change_of_what_somebody_else_changed_meanwhile_is_refused(calls: Calls) -> None:
    seats(calls.house)
    swale = a_licensed_organisation(calls.house, "swale")
    licence = a_licence(calls.house, swale, status=Status.ACTIVE)
    hub = calls.someone("hub_supervisor")
    path = f"/api/v1/licences/{licence.id}"
    tag = hub.get(path).headers["ETag"]
    resting = hub.post(f"{path}/suspension", {"reason": "leave"}, headers={"If-Match": tag})
    assert resting.status_code == 200
    assert resting.headers["ETag"] != tag

    is_problem(hub.post(f"{path}/resumption", headers={"If-Match": tag}), 412, "precondition-failed")
    assert again(calls.house, licence.id).status == Status.SUSPENDED
    assert hub.post(f"{path}/resumption", headers={"If-Match": resting.headers["ETag"]}).status_code == 200
    assert hub.post(f"{path}/suspension", {"reason": "rota"}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.rule("DEC-7", "AUD-1")
def test_a_change_answers_with_a_receipt_that_the_log_bears_out(sqlite_calls: Calls) -> None:
    swale = an_organisation(sqlite_calls.house, "swale")
    hub = sqlite_calls.someone("hub_supervisor")
    officer = says_why(sqlite_calls.someone("ig_officer"))
    hub.said = {"X-Request-ID": "request-41"}

    said = hub.post(f"/api/v1/organisations/{swale}/domains", {"domain": "swale.gov.uk"}).get_json()

    entry = officer.get(f"/api/v1/audit/entries/{said['receipt']['entry']}").get_json()
    assert entry["hash"] == said["receipt"]["hash"]
    assert entry["event"] == "organisation.domain_added"
    assert (entry["request_id"], entry["address"]) == ("request-41", "127.0.0.1")
    assert entry["actor"]["roles"] == ["hub_supervisor"]
    assert (entry["policy_version"], entry["state_version"]) == (said["policy_version"], said["state_version"])
    assert said["receipts"][0] == said["receipt"]


@pytest.mark.rule("AUD-1")
def test_every_look_at_a_register_is_recorded_with_who_looked(sqlite_calls: Calls) -> None:
    seats(sqlite_calls.house)
    swale = a_licensed_organisation(sqlite_calls.house, "swale")
    licence = a_licence(sqlite_calls.house, swale, status=Status.ACTIVE)
    program, hub = sqlite_calls.a_program(), sqlite_calls.someone("hub_manager")
    officer = says_why(sqlite_calls.someone("ig_officer"))

    for caller, path, event in (
        (program, "/api/v1/organisations", "register.viewed"),
        (program, f"/api/v1/organisations/{swale}", "register.viewed"),
        (program, f"/api/v1/organisations/{swale}/standing", "register.viewed"),
        (program, "/api/v1/signatories", "register.viewed"),
        (program, "/api/v1/areas/medway/members", "area_members.given"),
        (hub, "/api/v1/licences", "licences.viewed"),
        (hub, f"/api/v1/licences/{licence.id}", "licence.viewed"),
        (hub, f"/api/v1/licences/{licence.id}/checklist", "licence_checklist.viewed"),
        (hub, "/api/v1/withdrawals", "withdrawals.viewed"),
        (officer, "/api/v1/audit/entries", "audit.read"),
    ):
        before = len(logged(sqlite_calls.house, event))
        assert caller.get(path).status_code == 200
        entries = logged(sqlite_calls.house, event)
        assert len(entries) == before + 1, path
        assert entries[-1].actor_kind == ("client" if caller is program else "person")


@pytest.mark.rule("LIC-7", "DEC-1")
def test_the_case_system_invites_to_a_closed_case_with_the_scope_for_facts(calls: Calls) -> None:
    seats(calls.house)
    swale = a_licensed_organisation(calls.house, "swale")
    licence = a_licence(calls.house, swale, status=Status.ACTIVE)
    program = calls.a_program(["facts:write"])
    body = {"reference": "C-77", "person_id": str(licence.person_id), "closed": True, "until": "2026-12-01T10:00:00Z"}
    is_problem(calls.a_program(["decisions", "registers:read"]).post("/api/v1/invitations", body), 403)
    is_problem(program.post("/api/v1/invitations", body | {"until": "2026-12-01T10:00:00"}), 422)
    is_problem(program.post("/api/v1/invitations", body | {"until": "2020-12-01T10:00:00Z"}), 422)

    made = program.post("/api/v1/invitations", body)

    assert made.status_code == 201
    assert made.get_json()["receipt"]["hash"]
    assert logged(calls.house, "case_invitation.made")[0].actor_kind == "client"
    is_problem(program.post("/api/v1/invitations", body), 409, "case-invitation-already")
    ended = program.delete(f"/api/v1/invitations/{made.get_json()['id']}")
    assert ended.get_json()["ended_at"]
    is_problem(program.delete(f"/api/v1/invitations/{uuid4()}"), 404)


@pytest.mark.rule("AUD-1")
def test_the_log_is_searched_a_page_at_a_time(calls: Calls) -> None:
    for number in range(5):
        an_organisation(calls.house, f"org-{number}")
    officer = says_why(calls.someone("ig_officer"))

    first = officer.get("/api/v1/audit/entries", event="organisation.registered", limit=3).get_json()
    second = officer.get(
        "/api/v1/audit/entries", event="organisation.registered", limit=3, after=first["next"]
    ).get_json()

    numbers = [entry["entry"] for entry in first["items"] + second["items"]]
    assert len(numbers) == 5
    assert numbers == sorted(numbers, reverse=True)
    assert second["next"] is None
    today = officer.get("/api/v1/audit/entries", since="2026-11-21", until="2026-11-21", outcome="done").get_json()
    assert today["items"]
    assert officer.get("/api/v1/audit/entries", until="2026-11-20").get_json()["items"] == []
    is_problem(officer.get("/api/v1/audit/entries", since="2026-11-21", until="2026-11-20"), 422)

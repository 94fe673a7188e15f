"""Roles and proposals by the programs' door, for people's own sign-ins (ROL-1, ROL-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity.models import Person
from tests.builders.api import Calls, is_problem
from tests.builders.identity import a_person, an_employer, logged
from tests.builders.roles import held_by

WHY = "Casey is on leave from March."


@pytest.fixture
def member(calls: Calls) -> Person:
    """A member of the hub team without a role."""
    return a_person(calls.house, hub_team=True)


@pytest.mark.rule("ROL-1", "ROL-4")
def test_a_partners_role_is_given_listed_and_taken_back(calls: Calls) -> None:
    manager = calls.someone("hub_manager")
    person = a_person(calls.house, organisation_id=an_employer(calls.house))
    roles = f"/api/v1/people/{person.id}/roles"

    given = manager.post(roles, {"role": "delegate", "reason": WHY, "ends_on": "2027-03-31"})
    assert given.status_code == 201, given.text
    assert given.json["ends_at"] == "2027-03-31T23:00:00.000000Z"  # type: ignore[index]
    assert given.json["receipt"]["entry"] == logged(calls.house, "role.granted")[-1].number  # type: ignore[index]
    held = given.json["id"]  # type: ignore[index]
    assert [each["id"] for each in manager.get(roles).json["items"]] == [held]  # type: ignore[index]

    is_problem(manager.post(f"{roles}/{held}/end", {}), 422)
    other = a_person(calls.house, "ig_officer")
    is_problem(manager.post(f"/api/v1/people/{other.id}/roles/{held}/end", {"reason": "x"}), 404)
    assert manager.post(f"{roles}/{held}/end", {"reason": "Has left."}).status_code == 200
    assert manager.get(roles).json["items"] == []  # type: ignore[index]


@pytest.mark.rule("ROL-1")
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"role": "delegate"}, "/reason"),
        ({"role": "delegate", "reason": WHY, "ends_on": "2026-11-20"}, "/ends_on"),
        ({"role": "delegate", "reason": WHY, "ends_on": "soon"}, "/ends_on"),
        ({"role": "root", "reason": WHY}, "/role"),
        ({"role": "delegate", "reason": WHY, "granted_by": "me"}, "/granted_by"),
    ],
)
def test_what_is_wrong_with_a_role_is_said_where_it_is(calls: Calls, body: dict[str, str], pointer: str) -> None:
    person = a_person(calls.house, organisation_id=an_employer(calls.house))

    refused = is_problem(calls.someone("hub_manager").post(f"/api/v1/people/{person.id}/roles", body), 422)

    assert [error["pointer"].removeprefix("#") for error in refused["errors"]] == [pointer]


@pytest.mark.rule("ROL-3")
def test_a_hub_role_waits_for_a_second_person_who_names_what_they_agree_to(calls: Calls, member: Person) -> None:
    manager, supervisor = calls.someone("hub_manager"), calls.someone("hub_supervisor")
    asked = manager.post(f"/api/v1/people/{member.id}/roles", {"role": "hub_coordinator", "reason": WHY})
    assert asked.status_code == 202, asked.text
    page = f"/api/v1/proposals/{asked.json['proposal']}"  # type: ignore[index]

    own = manager.get(page).json
    assert own is not None
    assert (own["cannot_approve"], own["asked"]["role"], own["reason"]) == ("proposal-own", "hub_coordinator", WHY)
    shown = supervisor.get(page).json
    assert shown is not None
    assert shown["cannot_approve"] is None
    waiting = supervisor.get("/api/v1/proposals").json
    assert waiting is not None
    assert [each["id"] for each in waiting["to_decide"]] == [shown["id"]]

    is_problem(supervisor.post(f"{page}/approval", {"digest": "0" * 64}), 409, "proposal-not-what-was-asked")
    is_problem(supervisor.post(f"{page}/approval", {}), 422)
    is_problem(manager.post(f"{page}/approval", {"digest": shown["digest"]}), 403, "proposal-own")
    is_problem(calls.someone("delegate").post(f"{page}/approval", {"digest": shown["digest"]}), 404)
    done = supervisor.post(f"{page}/approval", {"digest": shown["digest"]})
    assert done.status_code == 200, done.text
    assert done.json["state"] == "approved"  # type: ignore[index]
    assert [held.role for held in held_by(calls.house, member.id)] == ["hub_coordinator"]
    is_problem(supervisor.post(f"{page}/refusal", {"reason": "x"}), 409, "proposal-over")


@pytest.mark.rule("ROL-3")
def test_a_proposal_is_refused_with_a_reason_or_taken_back(calls: Calls, member: Person) -> None:
    manager, supervisor = calls.someone("hub_manager"), calls.someone("hub_supervisor")

    def asks() -> str:
        asked = manager.post(f"/api/v1/people/{member.id}/roles", {"role": "hub_coordinator", "reason": WHY})
        return f"/api/v1/proposals/{asked.json['proposal']}"  # type: ignore[index]

    page = asks()
    is_problem(supervisor.post(f"{page}/refusal", {"reason": " "}), 422)
    refused = supervisor.post(f"{page}/refusal", {"reason": "We wait for spring."})
    assert refused.json["decision_reason"] == "We wait for spring."  # type: ignore[index]
    page = asks()
    is_problem(supervisor.delete(page), 403, "proposal-not-yours")
    assert manager.delete(page).json["state"] == "taken_back"  # type: ignore[index]
    is_problem(manager.delete(page), 409, "proposal-over")
    listed = manager.get("/api/v1/proposals").json
    assert listed is not None
    assert sorted(each["state"] for each in listed["decided"]) == ["refused", "taken_back"]


@pytest.mark.rule("ROL-3", "IDN-6")
def test_a_fresh_code_is_asked_for_by_both(calls: Calls, member: Person) -> None:
    manager, supervisor = calls.someone("hub_manager"), calls.someone("hub_supervisor")
    asked = manager.post(f"/api/v1/people/{member.id}/roles", {"role": "hub_coordinator", "reason": WHY})
    page = f"/api/v1/proposals/{asked.json['proposal']}"  # type: ignore[index]
    digest = supervisor.get(page).json["digest"]  # type: ignore[index]
    calls.clock.move(timedelta(minutes=5))

    is_problem(supervisor.post(f"{page}/approval", {"digest": digest}), 403, "fresh-code-needed")
    body = {"role": "hub_supervisor", "reason": WHY}
    is_problem(manager.post(f"/api/v1/people/{member.id}/roles", body), 403, "fresh-code-needed")


@pytest.mark.rule("ROL-3")
def test_a_program_has_no_part_in_it(calls: Calls) -> None:
    is_problem(calls.a_program().get("/api/v1/proposals"), 403)
    is_problem(calls.nobody().get("/api/v1/proposals"), 401)

"""A record's whole way by API: registered, told of, reviewed, disposed of by two people, confirmed, certified and proved (RET-1…8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from audit import sealing
from compliance.kernel.jobs import run_now
from retention.disposals.jobs import JOBS as DISPOSAL_JOBS
from retention.models import RetentionRecord
from retention.reviews.jobs import MAKE
from tests.builders.api import Caller, Calls, is_problem
from tests.builders.identity import every
from tests.builders.retention import a_record, an_event, finding

AT = "/api/v1/retention"
PERSONAL = ("born", "2001", "person-1")


def answered(decision: str, answer: str = "no", **said: Any) -> dict[str, Any]:
    """A review's decision as it is sent."""
    found = finding(decision, answer=answer)
    return {"answers": dict(found.answers), "decision": decision, "reason": found.reason} | said


def fallen_due(calls: Calls, officer: Caller, reference: str) -> dict[str, Any]:
    """The review of this record that waits, once the job made what fell due."""
    run_now(calls.house, MAKE)
    [found] = officer.get(f"{AT}/reviews", search=reference).json["items"]  # type: ignore[index]
    whole: dict[str, Any] = found
    return whole


@pytest.mark.rule("RET-1", "RET-3", "RET-4", "RET-5", "RET-8", "RET-11")
def test_a_record_goes_its_whole_way_by_api(calls: Calls) -> None:
    case_system = calls.a_program(["retention"])
    officer, supervisor = calls.someone("ig_officer"), calls.someone("hub_supervisor")
    sent = a_record(3, opened_on="2021-01-10", subject="person-1", born_on="2001-02-03")
    assert case_system.put(f"{AT}/records/R-1", sent).status_code == 201
    assert case_system.post(f"{AT}/records/R-1/events", an_event(happened_on="2021-03-01")).status_code == 201
    told: Any = case_system.get(f"{AT}/records/R-1").json
    assert (told["next_review_on"], told["minimum_ends_on"]) == ("2026-01-10", "2027-03-01")
    assert {each["rule"] for each in told["why"]} == {"RET-1", "RET-3", "RET-11"}

    review = fallen_due(calls, officer, "R-1")
    too_early = officer.post(f"{AT}/reviews/{review['id']}/decision", answered("dispose"))
    is_problem(too_early, 409, "retention-group-3-too-early")
    soon = answered("retain", next_on="2027-03-02", revision=review["record_revision"])
    key = {"headers": {"Idempotency-Key": '"one"'}}
    first = officer.post(f"{AT}/reviews/{review['id']}/decision", soon, **key)
    assert first.status_code == 200, first.text
    again = officer.post(f"{AT}/reviews/{review['id']}/decision", soon, **key)
    assert again.get_data() == first.get_data(), "sent twice, done once"
    is_problem(supervisor.post(f"{AT}/reviews/{review['id']}/decision", soon), 409, "retention-review-decided")

    calls.clock.move(timedelta(days=110))
    officer, supervisor = calls.someone("ig_officer"), calls.someone("hub_supervisor")
    review = fallen_due(calls, officer, "R-1")
    assert officer.post(f"{AT}/reviews/{review['id']}/decision", answered("dispose")).status_code == 200
    [ready] = officer.get(f"{AT}/candidates").json["items"]  # type: ignore[index]
    made = officer.post(f"{AT}/manifests", {"records": [ready["id"]], "reason": "Its time is over."})
    assert made.status_code == 201, made.text
    manifest: Any = made.json
    proposal: Any = supervisor.get(f"/api/v1/proposals/{manifest['proposal_id']}").json
    agreed = supervisor.post(f"/api/v1/proposals/{proposal['id']}/approval", {"digest": proposal["digest"]})
    assert agreed.status_code == 200, agreed.text

    run_now(calls.house, DISPOSAL_JOBS[0])
    case_system = calls.a_program(["retention"])
    assert case_system.get(f"{AT}/instructions").json["items"] == [], "the waiting period"  # type: ignore[index]
    calls.clock.move(timedelta(days=14))
    run_now(calls.house, DISPOSAL_JOBS[0])
    case_system, officer = calls.a_program(["retention"]), calls.again(_of(officer))
    [instruction] = case_system.get(f"{AT}/instructions").json["items"]  # type: ignore[index]
    done = {"method": "erased", "disposed_on": str(calls.clock.now().date())}
    assert case_system.post(f"{AT}/instructions/{instruction['id']}/confirmation", done).status_code == 201
    assert case_system.post(f"{AT}/instructions/{instruction['id']}/confirmation", done).status_code == 200
    otherwise = done | {"method": "destroyed"}
    refused = case_system.post(f"{AT}/instructions/{instruction['id']}/confirmation", otherwise)
    is_problem(refused, 409)

    sealing.seal_all(calls.house)
    [listed] = officer.get(f"{AT}/certificates").json["items"]  # type: ignore[index]
    reply = officer.get(f"{AT}/certificates/{listed['id']}")
    certificate: Any = reply.json
    assert certificate["certificate"] == listed["certificate"] == 1
    assert {certificate["proposed_by"], certificate["approved_by"]} == {_id(officer), _id(supervisor)}
    assert not [word for word in PERSONAL if word in reply.text.lower().replace(certificate["proof"].lower(), "")]
    [record] = every(calls.house, RetentionRecord)
    assert (record.status, record.born_on, record.subject) == ("disposed", None, None)
    is_problem(case_system.put(f"{AT}/records/R-1", sent), 409, "retention-disposed")
    gone: Any = case_system.get(f"{AT}/records/R-1").json
    assert (gone["status"], gone["minimum_ends_on"], gone["why"]) == ("disposed", None, [])


@pytest.mark.rule("RET-1")
def test_the_end_of_group_1_is_told_to_those_alone_who_may_know_a_birth(calls: Calls) -> None:
    case_system = calls.a_program(["retention"])
    case_system.put(f"{AT}/records/R-1", a_record(1, born_on="2001-02-03"))
    ends = {
        who: calls.someone(who).get(f"{AT}/records/R-1").json["minimum_ends_on"]  # type: ignore[index]
        for who in ("hub_coordinator", "steering_member", "hub_supervisor", "ig_officer")
    }
    assert ends == {
        "hub_coordinator": None, "steering_member": None, "hub_supervisor": "2101-02-03", "ig_officer": "2101-02-03",
    }  # fmt: skip
    assert case_system.get(f"{AT}/records/R-1").json["minimum_ends_on"] == "2101-02-03"  # type: ignore[index]


@pytest.mark.rule("RET-6")
def test_a_hold_placed_by_api_stops_a_manifest_until_it_is_lifted(calls: Calls) -> None:
    case_system, manager, officer = (
        calls.a_program(["retention"]),
        calls.someone("hub_manager"),
        calls.someone("ig_officer"),
    )
    case_system.put(f"{AT}/records/R-1", a_record(3, opened_on="2019-01-10"))
    asked = officer.post(f"{AT}/reviews", {"reference": "R-1", "trigger": "new_information"})
    review: Any = asked.json
    assert asked.status_code == 201
    is_problem(officer.post(f"{AT}/reviews", {"reference": "R-1", "trigger": "regroup"}), 409, "retention-review-open")
    assert officer.post(f"{AT}/reviews/{review['id']}/decision", answered("dispose")).status_code == 200

    hold = {"ground": "litigation", "reach": "record", "value": "R-1", "reason": "A claim.", "review_on": "2027-03-01"}
    placed = officer.post(f"{AT}/holds", hold)
    assert (placed.status_code, placed.json["records"]) == (201, 1)  # type: ignore[index]
    wanted = {"records": [review["record_id"]], "reason": "Its time is over."}
    assert "held" in is_problem(officer.post(f"{AT}/manifests", wanted), 409)["errors"][0]["detail"]
    lifted = manager.post(f"{AT}/holds/{placed.json['id']}/lifting", {"reason": "It is settled."})  # type: ignore[index]
    assert lifted.status_code == 200, lifted.text
    made = officer.post(f"{AT}/manifests", wanted)
    assert made.status_code == 201, made.text
    called_off = officer.delete(f"{AT}/manifests/{made.json['id']}")  # type: ignore[index]
    assert called_off.json["status"] == "called_off"  # type: ignore[index]


def _of(caller: Caller) -> Any:
    return caller.account


def _id(caller: Caller) -> str:
    return str(_of(caller).person.id)

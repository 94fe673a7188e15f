"""The demonstration: what a program that reads only `var/demo.json` can do with it, and how it is stopped and begun."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from compliance.licences.rules import Status
from tests.cli.conftest import Demo
from tests.support.programs import CaseSystem, Phone, a_question, rules_of

ROLES = {
    "hub_manager", "hub_supervisor", "hub_coordinator", "licence_holder", "authorised_signatory", "delegate",
    "escalation_contact", "ig_officer", "steering_member", "executive_chair",
}  # fmt: skip
AREAS = {"north-kent", "east-kent", "west-kent", "south-east-kent", "mid-kent", "medway"}
TOLD = {"email", "password", "totp_secret", "role", "organisation", "areas", "licence"}


@pytest.fixture(scope="module")
def case_system(demo: Demo) -> CaseSystem:
    return demo.case_system()


def signs_in(demo: Demo, person: dict[str, Any]) -> str:
    """Signs in as the file says; how far that leads."""
    base = f"{demo.told['base_url']}/api/v1/sessions"
    opened = httpx.post(base, timeout=30, json={"email": person["email"], "password": person["password"]})
    if opened.status_code != 201:
        return "refused"
    stage = str(opened.json()["stage"])
    if stage != "code":
        return stage
    code = {"code": Phone(person["totp_secret"]).code()}
    token = {"Authorization": f"Bearer {opened.json()['token']}"}
    whole = httpx.post(f"{base}/current/code", json=code, headers=token)
    assert whole.status_code == 200, whole.text
    return str(whole.json()["stage"])


def test_it_answers_and_says_what_a_program_needs(demo: Demo) -> None:
    assert httpx.get(f"{demo.told['base_url']}/ready").json()["status"] == "ready"
    assert demo.told["base_url"] == demo.installation.base_url
    assert stat.S_IMODE((demo.installation.var / "demo.json").stat().st_mode) == 0o600
    assert {"base_url", "people", "client"} <= set(demo.told)
    assert {"id", "secret"} <= set(demo.told["client"])
    for person in demo.people:
        assert set(person) >= TOLD
        assert set(person["areas"]) <= AREAS
    assert {person["role"] for person in demo.people} >= ROLES
    assert {person["licence"] for person in demo.people} == {None, *(status.value for status in Status)}


def test_the_example_case_system_stands_beside_it_and_leads_to_our_own_sign_in(demo: Demo) -> None:
    address = demo.told["client"]["base_url"]
    assert httpx.get(f"{address}/live").text == "ok"
    led = httpx.get(address, follow_redirects=True)
    assert str(led.url).startswith(f"{demo.told['base_url']}/sign-in")
    assert led.status_code == 200


@pytest.mark.rule("SIG-1", "SIG-5", "SIG-6")
def test_every_state_of_an_organisation_can_be_seen(demo: Demo) -> None:
    client = demo.told["client"]
    token = httpx.post(
        f"{demo.told['base_url']}/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(client["id"], client["secret"]),
    ).json()["access_token"]
    listed = httpx.get(
        f"{demo.told['base_url']}/api/v1/organisations",
        headers={"Authorization": f"Bearer {token}"},
        params={"limit": 100},
    ).json()["items"]

    states = [row["state"] for row in listed]
    assert len(states) == 44
    assert set(states) == {"signed", "unsigned", "refused", "withdrawn"}
    assert states.count("signed") > 30


@pytest.mark.rule("IDN-2", "IDN-3", "IDN-4")
def test_every_person_can_sign_in_as_far_as_it_says(demo: Demo) -> None:
    for person in demo.people:
        if person["totp_secret"] is None:
            assert person["licence"] == "approved"
            assert signs_in(demo, person) == "enrol"
        else:
            assert signs_in(demo, person) == "whole", person["email"]

    led_to = {person["refused_by"]: signs_in(demo, person) for person in demo.told["refused"]}
    assert led_to == {"IDN-2": "renew", "IDN-4": "refused"}


@pytest.mark.rule("DEC-1", "DEC-2", "DEC-7")
def test_a_licence_holder_is_permitted_in_their_area_on_a_receipt(demo: Demo, case_system: CaseSystem) -> None:
    holders = [person for person in demo.people if person["licence"] == "active"]
    assert len(holders) > 5
    for holder in holders:
        case = (holder.get("cases") or ["KM-2026-0001"])[0]
        permit = case_system.asks(holder["email"], "case.view", area=holder["areas"][0], case=case)
        assert permit["decision"] is True, holder["email"]
        assert permit["context"]["receipt"]["entry"] >= 0
        assert len(permit["context"]["receipt"]["hash"]) == 64


def the_first_in(case_system: CaseSystem, question: dict[str, Any]) -> str:
    """The first rule that stands in the way, which has to be the same asked alone and in a batch."""
    (answer,) = case_system.asks_all([question])
    assert answer["decision"] is False
    assert answer["context"]["first_failing"] == rules_of(answer)[0]
    return rules_of(answer)[0]


@pytest.mark.rule("DEC-1", "DEC-3", "ROL-2", "LIC-7")
@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ({"action": "case.view", "elsewhere": True}, "ROL-2"),
        ({"action": "research.write", "owner_organisation": "dover"}, "ROL-2"),
        ({"action": "research.write"}, "ROL-2"),
        ({"action": "case.view", "closed": True}, "DEC-1"),
        ({"action": "case.export"}, "DEC-1"),
        ({"action": "case.frobnicate"}, "DEC-3"),
        ({"action": "case.view", "kind": "report"}, "DEC-3"),
        ({"action": "case.view", "area": "essex"}, "DEC-3"),
        ({"action": "case.view", "area": None}, "DEC-3"),
    ],
)
def test_a_holder_is_denied_by_the_rule_of_what_they_ask(
    demo: Demo, case_system: CaseSystem, question: dict[str, Any], rule: str
) -> None:
    holder = demo.someone(role="licence_holder", licence="active", kind="standing")
    asked = dict(question)
    if asked.pop("elsewhere", False):
        asked["area"] = sorted(AREAS - set(holder["areas"]))[0]
    asked.setdefault("area", holder["areas"][0])

    assert the_first_in(case_system, a_question(holder["email"], **asked)) == rule


@pytest.mark.rule("DEC-1", "LIC-3", "LIC-7", "SIG-6", "IDN-3", "DEC-3")
def test_a_person_is_denied_by_the_rule_they_fail(demo: Demo, case_system: CaseSystem) -> None:
    def first(person: dict[str, Any], **asked: Any) -> str:
        area = (person["areas"] or ["mid-kent"])[0]
        return the_first_in(case_system, a_question(person["email"], "case.view", area=area, **asked))

    assert the_first_in(case_system, a_question("nobody@swale-council.example", "case.view")) == "DEC-3"

    swale = {"organisation": "Swale"}
    assert first(demo.someone(licence="suspended", **swale)) == "LIC-3"
    assert first(demo.someone(licence="deactivated", **swale)) == "LIC-3"
    assert first(demo.someone(licence=None, role="delegate")) == "LIC-3"
    assert first(demo.someone(licence="approved")) == "IDN-3"
    assert first(demo.someone(licence="requested")) == "LIC-3"
    assert first(demo.someone(licence="refused")) == "LIC-3"

    guest = demo.someone(licence="active", kind="by_invite")
    assert first(guest, case="KM-2026-9999") == "LIC-7"

    left = demo.someone(role="licence_holder", organisation="Southern Housing")
    (answer,) = case_system.asks_all([a_question(left["email"], "case.view", area=left["areas"][0])])
    assert "SIG-6" in rules_of(answer)
    signatory = demo.someone(role="authorised_signatory", organisation="MOAT")
    (answer,) = case_system.asks_all([a_question(signatory["email"], "case.view")])
    assert "SIG-1" in rules_of(answer)

    for person in demo.told["refused"]:
        assert person["licence"] in {None, "active"}
        assert first(person) == person["refused_by"]


@pytest.mark.rule("IDN-4", "DEC-4")
def test_ten_bad_sign_ins_end_what_a_holder_may_do(demo: Demo, case_system: CaseSystem) -> None:
    holder = demo.someone(role="licence_holder", licence="active", kind="standing", organisation="KMPT")
    question = a_question(holder["email"], "case.view", area=holder["areas"][0])
    assert case_system.asks_all([question])[0]["decision"] is True

    wrong = holder | {"password": "Not-The-Pass-word-1"}
    with ThreadPoolExecutor(10) as ten:
        assert set(ten.map(lambda _: signs_in(demo, wrong), range(10))) == {"refused"}

    assert the_first_in(case_system, question) == "IDN-4"
    assert signs_in(demo, holder) == "refused"

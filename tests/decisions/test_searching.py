"""AuthZEN's three searches: each finds what an evaluation of the same would permit, a page at a time, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from audit.models import AuditEntry
from compliance.app import house_of
from compliance.identity.models import Person
from compliance.kernel.context import House
from compliance.licences import use_cases as licences
from compliance.licences.rules import Kind, Status
from tests.builders.decisions import ONE, CaseSystem, a_question, the_case_system
from tests.builders.exceptions import kept, opened
from tests.builders.identity import every, someone
from tests.builders.licences import a_licence, an_organisation, seats

SEARCH = "/access/v1/search"
WHO, WHICH, WHAT = f"{SEARCH}/subject", f"{SEARCH}/resource", f"{SEARCH}/action"


def five_people(app: Flask) -> House:
    """Of two areas, one of them at rest."""
    house = house_of(app)
    seats(house)
    swale, dover = an_organisation(house), an_organisation(house, "dover", areas=["east-kent"])
    for name in ("alex", "blake", "casey"):
        a_licence(house, swale, f"{name}@swale.gov.uk")
    a_licence(house, swale, "rests@swale.gov.uk", status=Status.SUSPENDED)
    a_licence(house, dover, "dee@dover.gov.uk", areas=["east-kent"])
    return house


@pytest.fixture
def hub(sqlite_app: Flask) -> House:
    return five_people(sqlite_app)


@pytest.fixture
def desk(hub: House, sqlite_app: Flask) -> CaseSystem:
    return the_case_system(sqlite_app)


def who_may(action: str = "case.view", area: str = "mid-kent", **more: Any) -> dict[str, Any]:
    whole = a_question(action=action, area=area)
    return whole | {"subject": {"type": "person"}} | more


def ids(reply: Any) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [each["id"] for each in reply.get_json()["results"]]


@pytest.mark.rule("DEC-1")
def test_whoever_is_found_is_permitted_and_whoever_is_not_is_denied(app: Flask) -> None:
    hub, desk = five_people(app), the_case_system(app)

    found = ids(desk.post(WHO, who_may()))

    permitted = [str(person.id) for person in every(hub, Person) if desk.asks(str(person.id))["decision"]]
    assert len(found) == 3
    assert found == sorted(permitted)


@pytest.mark.rule("DEC-1", "AUD-1", "DEC-7")
def test_a_search_is_written_down_and_comes_with_its_receipt(hub: House, desk: CaseSystem) -> None:
    reply = desk.post(WHO, who_may(), **{"X-Request-ID": "r-9"}).get_json()

    entry = next(each for each in every(hub, AuditEntry) if each.number == reply["context"]["receipt"]["entry"])
    assert list(reply) == ["page", "context", "results"]
    assert reply["page"] == {"next_token": "", "count": 3}
    assert (entry.event, entry.reference, entry.request_id) == ("decisions.searched", "C-1", "r-9")
    assert '"found":3' in entry.detail


def test_pages_join_into_the_whole_and_the_last_has_no_token(desk: CaseSystem) -> None:
    whole, token, found = ids(desk.post(WHO, who_may())), None, []
    for _ in range(3):
        page = {"limit": 1} | ({"token": token} if token else {})
        reply = desk.post(WHO, who_may(page=page))
        found += ids(reply)
        token = reply.get_json()["page"]["next_token"]

    assert found == whole
    assert token == ""


def test_a_token_goes_with_its_request_and_its_program(desk: CaseSystem, sqlite_app: Flask) -> None:
    token = desk.post(WHO, who_may(page={"limit": 1})).get_json()["page"]["next_token"]
    page = {"limit": 1, "token": token}

    assert desk.post(WHO, who_may(action="case.list", page=page)).status_code == 400
    assert desk.post(WHO, who_may(page=page | {"token": token[:-4] + "AAAA"})).status_code == 400
    assert desk.post(WHO, who_may(page=page | {"token": 7})).status_code == 400
    assert the_case_system(sqlite_app).post(WHO, who_may(page=page)).status_code == 400
    assert desk.post(WHO, who_may(page=page)).status_code == 200


@pytest.mark.rule("LIC-7", "DEC-5")
def test_the_cases_somebody_may_open_are_those_they_were_let_near_by_name(hub: House, desk: CaseSystem) -> None:
    organisation = an_organisation(hub, "refuge")
    guest = a_licence(hub, organisation, "guest@refuge.gov.uk", kind=Kind.BY_INVITE, cases=("C-1", "C-2"))
    with hub.work(*someone(hub, "hub_manager")) as ctx:
        licences.invite_to_case(ctx, reference="C-9", person_id=guest.person_id, closed=True, until=None)
    opened(hub, guest.person_id, "E-1", area="east-kent")
    asked = {"subject": {"type": "person", "id": "guest@refuge.gov.uk"}, "action": {"name": "case.view"}}

    found = ids(desk.post(WHICH, asked | {"resource": {"type": "case"}}))
    in_east_kent = ids(desk.post(WHICH, asked | {"resource": {"type": "case", "properties": {"area": "east-kent"}}}))

    assert found == ["C-1", "C-2", "C-9", "E-1"]
    assert in_east_kent == ["E-1"]


@pytest.mark.rule("DEC-6")
def test_nobody_who_is_kept_from_a_case_is_found_for_it_and_it_is_not_found_for_them(
    hub: House, desk: CaseSystem
) -> None:
    guest = a_licence(
        hub, an_organisation(hub, "refuge"), "guest@refuge.gov.uk", kind=Kind.BY_INVITE, cases=("C-1", "C-2")
    )
    kept(hub, guest.person_id, "C-1")
    asked = {"subject": {"type": "person", "id": "guest@refuge.gov.uk"}, "action": {"name": "case.view"}}

    assert str(guest.person_id) not in ids(desk.post(WHO, who_may()))
    assert ids(desk.post(WHICH, asked | {"resource": {"type": "case"}})) == ["C-2"]


def test_what_may_be_done_is_every_action_that_an_evaluation_permits(desk: CaseSystem) -> None:
    asked = a_question(kind="research", owner_organisation="swale")
    del asked["action"]

    found = [each["name"] for each in desk.post(WHAT, asked).get_json()["results"]]

    assert found == ["research.view", "research.write"]
    assert all(desk.post(ONE, asked | {"action": {"name": name}}).get_json()["decision"] for name in found)


@pytest.mark.rule("DEC-3")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        (WHO, who_may(action="case.burn")),
        (WHO, who_may() | {"subject": {"type": "user"}}),
        (WHO, who_may() | {"resource": {"type": "kitchen", "id": "K-1"}}),
        (WHO, who_may(area="surrey")),
        (WHICH, a_question("nobody@swale.gov.uk") | {"resource": {"type": "case"}}),
        (WHICH, a_question(action="case.burn") | {"resource": {"type": "case"}}),
        (WHAT, a_question("nobody@swale.gov.uk")),
        (WHAT, a_question(kind="kitchen")),
    ],
)
def test_what_is_unknown_finds_nothing_and_is_no_error(desk: CaseSystem, path: str, body: dict[str, Any]) -> None:
    assert desk.post(path, body).get_json()["results"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (WHO, {}),
        (WHO, {"subject": {"type": "person"}, "action": {"name": "case.view"}}),
        (WHO, who_may() | {"subject": {}}),
        (WHO, who_may(page=[])),
        (WHO, who_may(page={"limit": 0})),
        (WHO, who_may(page={"limit": True})),
        (WHICH, a_question() | {"resource": "C-1"}),
        (WHAT, {"resource": {"type": "case", "id": "C-1"}}),
    ],
)
def test_what_lacks_a_member_is_refused(desk: CaseSystem, path: str, body: dict[str, Any]) -> None:
    reply = desk.post(path, body)

    assert reply.status_code == 400
    assert reply.content_type == "application/problem+json"


def test_the_searches_are_told_of_where_the_standard_looks(desk: CaseSystem, sqlite_app: Flask) -> None:
    told = sqlite_app.test_client().get("/.well-known/authzen-configuration").get_json()

    for kind in ("subject", "resource", "action"):
        assert told[f"search_{kind}_endpoint"] == f"{told['policy_decision_point']}/access/v1/search/{kind}"

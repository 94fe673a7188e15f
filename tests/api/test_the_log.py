"""The log by API: a purpose first, one's own organisation's where that is all, and the searches that pages have."""

from __future__ import annotations

import pytest

from tests.builders.accesses import answered, reported
from tests.builders.api import Calls, is_problem
from tests.builders.identity import a_person, logged
from tests.builders.licences import an_organisation
from tests.builders.reading import says_why

ENTRIES = "/api/v1/audit/entries"


@pytest.mark.rule("AUD-1")
def test_nothing_is_read_before_a_purpose_is_said_with_the_request_or_for_the_sign_in(sqlite_calls: Calls) -> None:
    officer = sqlite_calls.someone("ig_officer")

    needed = is_problem(officer.get(ENTRIES), 422, "purpose-needed")
    is_problem(officer.get(f"{ENTRIES}/0"), 422, "purpose-needed")
    is_problem(officer.get(ENTRIES, purpose="curiosity"), 422, "purpose-needed")
    is_problem(officer.put("/api/v1/audit/purpose", {"purpose": "curiosity"}), 422, "purpose-needed")
    is_problem(officer.get(ENTRIES, purpose="complaint", matter="Wren Alder’s"), 422, "matter-unclear")
    assert "quarterly_audit" in needed["errors"][0]["detail"]
    assert logged(sqlite_calls.house, "audit.read") == []

    assert officer.get(ENTRIES, purpose="complaint", matter="CMP-1").status_code == 200
    is_problem(officer.get(ENTRIES), 422, "purpose-needed")
    says_why(officer, "breach")
    assert officer.get(ENTRIES).status_code == 200
    assert officer.get(f"{ENTRIES}/0", purpose="request").status_code == 200
    assert [entry.purpose for entry in logged(sqlite_calls.house, "audit.read")] == ["complaint", "breach"]
    assert logged(sqlite_calls.house, "audit.entry_read")[0].purpose == "request"


@pytest.mark.rule("ROL-4")
def test_an_escalation_contact_gets_their_own_organisations_entries_and_no_others(sqlite_calls: Calls) -> None:
    house = sqlite_calls.house
    swale, thanet = (an_organisation(house, code) for code in ("swale", "thanet"))
    contact = says_why(sqlite_calls.someone("escalation_contact", organisation_id=swale), "oversight")
    theirs = a_person(house, "delegate", organisation_id=thanet)
    number = reported(house, theirs.id, house.clock.now(), reference="C-7")
    answered(house, theirs.id, house.clock.now(), reference="C-7")

    own = contact.get(ENTRIES, limit=200).get_json()["items"]

    assert own
    assert all(str(swale) in (each["organisation"], each["actor"]["organisation"]) for each in own)
    for query in ({"reference": "C-7"}, {"actor": str(theirs.id)}, {"address": "198.51.100.7"}):
        assert contact.get(ENTRIES, **query).get_json()["items"] == [], query
    is_problem(contact.get(ENTRIES, organisation=str(thanet)), 404, "not-found")
    is_problem(contact.get(f"{ENTRIES}/{number}"), 404, "not-found")
    is_problem(contact.get(f"{ENTRIES}/{number}/proof"), 403, "forbidden")


@pytest.mark.rule("AUD-1")
def test_the_log_is_searched_by_address(sqlite_calls: Calls) -> None:
    officer = says_why(sqlite_calls.someone("ig_officer"))

    officer.get(ENTRIES)
    found = officer.get(ENTRIES, address="127.0.0.1").get_json()["items"]

    assert found
    assert {each["address"] for each in found} == {"127.0.0.1"}
    assert officer.get(ENTRIES, address="203.0.113.77").get_json()["items"] == []

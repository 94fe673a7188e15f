"""The quarterly access audits, as a program reads them (AUD-5)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.builders.accesses import Q2, Q3, an_audit, reported
from tests.builders.api import Calls
from tests.builders.identity import a_person
from tests.builders.licences import an_organisation

V1 = "/api/v1"


@pytest.mark.rule("AUD-5", "ROL-4")
def test_audits_are_listed_and_read_within_the_callers_reach(sqlite_calls: Calls) -> None:
    house = sqlite_calls.house
    swale, thanet = an_organisation(house), an_organisation(house, "thanet")
    person = a_person(house, organisation_id=swale, full_name="Hollis Made-Up").id
    first, second = (str(an_audit(house, swale, person, quarter=quarter)) for quarter in (Q2, Q3))
    other = str(an_audit(house, thanet, quarter=Q3))
    reported(house, person, datetime(2026, 8, 3, 12, tzinfo=UTC), "download")
    officer = sqlite_calls.someone("ig_officer")
    own = sqlite_calls.someone("escalation_contact", organisation_id=swale)

    page = officer.get(f"{V1}/access-audits", limit=2, sort="quarter").get_json()
    more = officer.get(f"{V1}/access-audits", limit=2, sort="quarter", after=page["next"]).get_json()
    assert {each["id"] for each in page["items"] + more["items"]} == {first, second, other}
    assert page["items"][0]["id"] == first
    for asked, found in (
        ({"quarter": "2026-Q2"}, {first}),
        ({"organisation": str(thanet)}, {other}),
        ({"search": "SWA", "state": "open"}, {first, second}),
        ({"state": "signed_off"}, set()),
    ):
        assert {each["id"] for each in officer.get(f"{V1}/access-audits", **asked).get_json()["items"]} == found
    for wrong in ({"state": "odd"}, {"quarter": "2026"}, {"sort": "odd"}, {"after": "odd"}, {"limit": 501}):
        assert officer.get(f"{V1}/access-audits", **wrong).status_code == 422, wrong
    assert {each["id"] for each in own.get(f"{V1}/access-audits").get_json()["items"]} == {first, second}

    read = own.get(f"{V1}/access-audits/{second}").get_json()
    assert (read["quarter"], read["state"], read["people"], read["flags"]) == ("2026-Q3", "open", 1, None)
    assert (read["figures"]["downloads"], read["late"]["downloads"]) == (0, 1)
    [line] = read["by_person"]
    assert (line["name"], line["late"]["cases_opened"]) == ("Hollis Made-Up", 1)
    assert [each["id"] for each in read["quarters"]] == [first, second]
    assert officer.get(f"{V1}/access-audits/{second}").get_json()["flags"] == []
    assert own.get(f"{V1}/access-audits/{other}").status_code == 404
    assert sqlite_calls.someone("hub_coordinator").get(f"{V1}/access-audits").status_code == 403

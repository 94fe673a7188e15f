"""The audit of use, as a program reads it, and exemptions from it (LIC-8)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.builders.api import Calls
from tests.builders.licences import an_organisation, seats
from tests.builders.use import licences_in_use, used

V1 = "/api/v1"


@pytest.mark.rule("LIC-8")
def test_a_program_reads_what_a_quarter_has_come_to_and_exempts(sqlite_calls: Calls) -> None:
    house = sqlite_calls.house
    seats(house)
    first, second = licences_in_use(house, an_organisation(house), 2, since=datetime(2026, 9, 1, tzinfo=UTC))
    used(house, second)
    hub = sqlite_calls.someone("hub_supervisor")

    assert hub.get(f"{V1}/use-audits").get_json()["to_come"][0]["verdicts"]["unused"] == 1
    to_exempt = f"{V1}/licences/{first}/use-exemptions"
    assert hub.post(to_exempt, {"reason": "Leave", "ends_on": "2028-01-01"}).status_code == 422
    given = hub.post(to_exempt, {"reason": "Leave", "ends_on": "2027-01-01"})
    assert given.status_code == 201
    assert given.get_json()["receipt"]["entry"]
    again = hub.post(to_exempt, {"reason": "Leave", "ends_on": "2027-01-01"})
    assert (again.status_code, again.get_json()["code"]) == (409, "use-exempt-already")

    page = hub.get(f"{V1}/use-audits/2026-Q4", limit=1).get_json()
    assert (page["due_on"], page["judged"], page["verdicts"]["exempt"]) == ("2027-01-04", 0, 1)
    assert [(line["licence_id"], line["verdict"]) for line in page["items"]] == [(str(first), "exempt")]
    more = hub.get(f"{V1}/use-audits/2026-Q4", limit=1, after=page["next"]).get_json()
    assert ([line["licence_id"] for line in more["items"]], more["next"]) == ([str(second)], None)
    assert hub.get(f"{V1}/use-audits/2026-Q4", sort="nothing").status_code == 422
    assert hub.get(f"{V1}/use-audits/2027-Q1").status_code == 404

    exemption = given.get_json()["id"]
    assert [each["id"] for each in hub.get(f"{V1}/use-exemptions").get_json()["items"]] == [exemption]
    assert hub.delete(f"{V1}/use-exemptions/{exemption}").get_json()["ended_at"]
    assert hub.delete(f"{V1}/use-exemptions/{exemption}").status_code == 409
    assert hub.get(f"{V1}/use-exemptions").get_json()["items"] == []

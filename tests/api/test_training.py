"""Recording training from a list by API (GOV-7)."""

from __future__ import annotations

import pytest

from compliance.licences.models import Training
from tests.builders.api import Calls
from tests.builders.identity import an_employer, every
from tests.builders.licences import a_licence, an_organisation, seats

PATH = "/api/v1/training"
GOOD = {"email": "kim@swale.gov.uk", "module": "dash", "version": "2026.1", "done_on": "2026-11-02"}
WRONG = {"email": "nobody@swale.gov.uk", "module": "DASH and safe enquiry", "done_on": "2026-11-02"}


@pytest.mark.rule("GOV-7")
def test_a_list_is_recorded_whole_or_as_far_as_its_rows_are_good(sqlite_calls: Calls) -> None:
    house = sqlite_calls.house
    seats(house)
    place = an_organisation(house, review_in_days=2000)
    kim = a_licence(house, place, "kim@swale.gov.uk").person_id
    hub, delegate = sqlite_calls.someone("hub_coordinator"), sqlite_calls.someone("delegate", organisation_id=place)

    def dash() -> list[Training]:
        return [row for row in every(house, Training) if row.module == "dash"]

    refused = hub.post(PATH, {"rows": [GOOD, WRONG]})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["#/rows/1/email"]
    assert dash() == []

    taken = hub.post(PATH, {"rows": [GOOD, WRONG], "good_rows": True})
    assert taken.status_code == 201
    said = taken.get_json()
    assert said["taken"] == 1
    assert [(each["row"], each["taken"], each["field"], each["person_id"]) for each in said["items"]] == [
        (1, True, None, str(kim)), (2, False, "email", None),
    ]  # fmt: skip
    assert [row.person_id for row in dash()] == [kim]
    assert hub.post(PATH, {"rows": []}).status_code == 422
    assert delegate.post(PATH, {"rows": [GOOD]}).status_code == 403


@pytest.mark.rule("GOV-7")
def test_a_delegate_confirms_the_pack_of_their_own_organisation(sqlite_calls: Calls) -> None:
    house = sqlite_calls.house
    place, other = an_employer(house, "Ash"), an_employer(house, "Birch")
    hub, delegate = sqlite_calls.someone("hub_coordinator"), sqlite_calls.someone("delegate", organisation_id=place)
    for each in (place, other):
        hub.post(f"/api/v1/organisations/{each}/welcome-packs", {"items": ["protocol"], "given_on": "2026-11-02"})

    path = f"/api/v1/organisations/{place}/welcome-packs/receipt"
    assert delegate.post(path, {"given_on": "2026-11-03"}).status_code == 404
    done = delegate.post(path, {"given_on": "2026-11-02"})
    assert done.status_code == 201
    assert delegate.post(path, {"given_on": "2026-11-02"}).get_json()["code"] == "welcome-already-received"
    [row] = delegate.get("/api/v1/welcome-packs?which=all").get_json()["items"]
    assert row["received_at"] == done.get_json()["received_at"]
    assert delegate.post(path.replace(str(place), str(other)), {"given_on": "2026-11-02"}).status_code == 404
    waits = hub.get("/api/v1/welcome-packs?which=unconfirmed").get_json()["items"]
    assert [each["organisation_id"] for each in waits] == [str(other)]

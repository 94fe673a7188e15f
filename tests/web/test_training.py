"""Training and welcome packs at the people's and the programs' doors (GOV-7)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.licences.models import Training
from signatories.welcome.models import WelcomePack
from tests.builders.identity import an_employer, every, logged
from tests.builders.licences import a_licence, an_organisation, seats
from tests.web.conftest import Comes


@pytest.mark.rule("GOV-7")
def test_the_hub_records_a_module_and_sees_who_is_due(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    seats(house)
    place = an_organisation(house, review_in_days=2000)
    person = a_licence(house, place).person_id
    hub, delegate = comes("hub_coordinator"), comes("delegate", organisation_id=place)

    assert "0 people are due now" in hub.get("/training").text
    assert "Nobody fits" in hub.get("/training?which=due").text
    here = f"/training/{person}"
    done = {"module": "dash", "done_on-day": "5", "done_on-month": "1", "done_on-year": "2024"}
    assert hub.send(here, done).status_code == 303
    [row] = [row for row in every(house, Training) if row.module == "dash"]
    assert (row.version, row.valid_until) == ("2026.1", date(2026, 1, 4))

    page = hub.get("/training?which=due").text
    assert "1 person is due now" in page
    assert "DASH and safe enquiry" in page
    assert "No longer counts" in hub.get(here).text
    assert hub.send(here, done | {"version": "1066"}).status_code == 422
    assert "No longer counts" in hub.get("/training/export.csv").text
    assert "Record a module" not in delegate.get(here).text
    assert {json.loads(entry.detail or "{}")["what"] for entry in logged(house, "list.viewed")} >= {"training"}


@pytest.mark.rule("GOV-7")
def test_the_hub_records_a_welcome_pack(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    place = an_employer(house, "Harbour Refuge")
    hub = comes("hub_coordinator")

    assert "Not yet" in hub.get("/welcome?which=without").text
    here = f"/welcome/{place}"
    given = {"items": ["protocol"], "given_on-day": "2", "given_on-month": "11", "given_on-year": "2026"}
    assert hub.send(here, given).status_code == 303
    again = hub.send(here, given)
    assert again.status_code == 409
    assert "Rule GOV-7" in again.text
    assert hub.send(here, given | {"items": []}).status_code == 422
    assert [pack.items for pack in every(house, WelcomePack)] == ["protocol"]
    assert "Training videos of the case system" in hub.get("/welcome?which=incomplete").text
    assert "Harbour Refuge" in hub.get("/welcome/export.csv").text


@pytest.mark.rule("GOV-7")
def test_a_delegate_confirms_that_the_pack_has_arrived(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    place, other = an_employer(house, "Harbour Refuge"), an_employer(house, "Ash")
    hub, delegate = comes("hub_coordinator"), comes("delegate", organisation_id=place)
    here = f"/welcome/{place}/receipt"
    assert "Not given yet" in delegate.get("/welcome").text
    assert delegate.get(here).status_code == 404
    given = {"items": ["protocol"], "given_on-day": "2", "given_on-month": "11", "given_on-year": "2026"}
    assert hub.send(f"/welcome/{place}", given).status_code == 303

    assert "Not confirmed" in hub.get("/welcome?which=unconfirmed").text
    page = delegate.get("/welcome").text
    assert here in page
    assert "Record a pack" not in page
    assert "on 2 November 2026" in delegate.get(here).text
    assert delegate.send(here, {"given_on": "2026-02-31"}).status_code == 422
    assert delegate.send(here).status_code == 303
    assert here not in delegate.get("/welcome").text
    again = delegate.send(here)
    assert (again.status_code, "Rule GOV-7" in again.text) == (409, True)
    assert "No organisation fits" in hub.get("/welcome?which=unconfirmed").text
    assert [pack.received_by for pack in every(house, WelcomePack)] == [str(delegate.account.person.id)]  # type: ignore[union-attr]
    assert delegate.get(f"/welcome/{other}/receipt").status_code == 404
    assert hub.get(here).status_code == 403

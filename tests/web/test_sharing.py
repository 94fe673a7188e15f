"""Sharing by page, without JavaScript: decisions, requests for re-use, disclosures, the statement, and facts (SHA-1 to SHA-4, GOV-2)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.context import operator
from compliance.sharing.disclosures.models import Disclosure
from compliance.sharing.models import SharingDecision
from compliance.sharing.reuse.models import ReuseRequest
from compliance.sharing.statement import use_cases as statement
from compliance.sharing.statement.models import StatementAcknowledgement
from tests.builders.identity import an_employer, every
from tests.governance.test_facts import Counting
from tests.web.conftest import Comes, hidden_fields

DECISION = {"reference": "MC-7", "decision": "share", "basis": "public_task", "words": "They <b>asked</b>."}


@pytest.mark.rule("SHA-1")
def test_a_decision_is_recorded_and_found_again(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    who, officer, stranger = comes("delegate"), comes("ig_officer"), comes("delegate")

    refused = who.send("/sharing/new", DECISION | {"basis": "no_basis"})
    assert refused.status_code == 422
    assert "Use one that goes with the decision" in refused.text
    assert "They &lt;b&gt;asked&lt;/b&gt;." in refused.text, "what was typed is kept"
    assert who.client.post("/sharing/new", data=DECISION).status_code == 403, "forged"
    done = who.send("/sharing/new", DECISION)
    [made] = every(house, SharingDecision)
    assert done.headers["Location"] == f"/sharing/{made.id}"

    for reader in (who, officer):
        assert "They &lt;b&gt;asked&lt;/b&gt;." in reader.get(f"/sharing/{made.id}").text
        assert "SH-2026-1" in reader.get("/sharing?search=mc-7&choice=share&basis=public_task").text
        assert "No decision fits" in reader.get("/sharing?choice=not_share").text
    assert stranger.get(f"/sharing/{made.id}").status_code == 404
    assert "SH-2026-1" not in stranger.get("/sharing").text
    assert officer.get("/sharing/new").status_code == 403
    for form in ("csv", "json", "xlsx"):
        file = who.get(f"/sharing/export.{form}")
        assert file.status_code == 200
        assert b"asked" not in file.data
    assert "Choose from what is on offer" in who.get("/sharing?basis=x").text


@pytest.mark.rule("SHA-2")
def test_a_request_is_asked_refused_and_overridden(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    refuge, landlord = an_employer(house, "Harbour Refuge"), an_employer(house, "Ferry Lane Housing")
    supplier, asker = comes("delegate", organisation_id=refuge), comes("delegate", organisation_id=landlord)
    manager = comes("hub_manager")
    asked = {"reference": "MC-7", "supplier_id": str(refuge), "purpose": "family_court", "words": "The dates."}

    assert asker.send("/sharing/reuse/new", asked | {"supplier_id": str(landlord)}).status_code == 422
    assert asker.send("/sharing/reuse/new", asked).status_code == 303
    [it] = every(house, ReuseRequest)
    page = f"/sharing/reuse/{it.id}"
    assert "to use your organisation’s information again" in supplier.get("/").text
    assert "RU-2026-1" in supplier.get("/sharing/reuse?which=my_turn").text
    assert "is to answer by the end of 27 November 2026" in supplier.get(page).text
    assert asker.get(f"{page}/steps/permit").status_code == 303, "not theirs to answer"
    assert asker.get(f"{page}/steps/nothing").status_code == 404
    stale = manager.get(f"{page}/steps/rely").text

    assert supplier.send(f"{page}/steps/refuse", {"words": "It would harm them."}).status_code == 303
    assert "It would harm them." in asker.get(page).text
    assert supplier.get(f"{page}/steps/permit").status_code == 303
    over = {"reason": "child_protection", "words": "A child is at risk."}
    late = manager.client.post(f"{page}/steps/rely", data=hidden_fields(stale) | over)
    assert late.status_code == 409
    assert "Somebody answered while you were writing" in late.text
    assert manager.send(f"{page}/steps/rely", over | {"reason": ""}).status_code == 422
    assert manager.send(f"{page}/steps/rely", over).status_code == 303
    shown = supplier.get(page).text
    assert "Overriding child protection concerns" in shown
    assert "It would harm them." in shown
    assert manager.get("/sharing/reuse/export.csv?which=all").status_code == 200
    assert comes("delegate").get(page).status_code == 404


@pytest.mark.rule("SHA-3")
def test_a_disclosure_waits_for_a_manager_who_did_not_ask(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    asker, manager = comes("delegate"), comes("hub_manager")
    wanted = {
        "reference": "MC-7", "body": "parole_board", "recipient": "Panel 7", "material": "minutes", "words": "It asked.",
    }  # fmt: skip

    form = asker.get("/sharing/disclosures/new").text.lower()
    assert 'value="victim"' not in form
    assert 'value="perpetrator"' not in form
    assert asker.send("/sharing/disclosures/new", wanted | {"body": "victim"}).status_code == 422
    assert asker.send("/sharing/disclosures/new", wanted).status_code == 303
    [it] = every(house, Disclosure)
    page = f"/sharing/disclosures/{it.id}"
    assert "waits for your authority" in manager.get("/").text
    assert asker.get(f"{page}/steps/authorise").status_code == 303, "not theirs"
    assert manager.send(f"{page}/steps/authorise", {"words": "By the policy."}).status_code == 303
    day = {"made_on-day": "22", "made_on-month": "11", "made_on-year": "2026"}
    assert asker.send(f"{page}/steps/make", day).status_code == 422, "still to come"
    assert asker.send(f"{page}/steps/make", day | {"made_on-day": "21"}).status_code == 303
    assert "Disclosed" in asker.get("/sharing/disclosures?which=made").text
    assert manager.get(f"{page}/steps/refuse").status_code == 303, "it is made"
    assert b"Panel 7" not in manager.get("/sharing/disclosures/export.csv").data


@pytest.mark.rule("SHA-4")
def test_the_statement_is_acknowledged_and_asked_for_again_when_it_is_new(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    reader, manager = comes("hub_coordinator"), comes("hub_manager")
    assert "There is none yet" in reader.get("/confidentiality").text
    with house.work(operator("db seed")) as ctx:
        statement.begin(ctx)
    assert "The confidentiality statement" in reader.get("/").text

    done = reader.send("/confidentiality", to="/confidentiality/acknowledged")

    assert done.status_code == 303
    assert "You acknowledged this version" in reader.get("/confidentiality").text
    assert len(every(house, StatementAcknowledgement)) == 1
    stale = {"version": "1"}
    assert manager.send("/confidentiality/new", {"words": ""}).status_code == 422
    assert manager.send("/confidentiality/new", {"words": "What is said here stays here."}).status_code == 303
    assert reader.send("/confidentiality", stale, to="/confidentiality/acknowledged").status_code == 409
    assert "Read and acknowledge it" in reader.get("/").text
    assert reader.get("/confidentiality/new").status_code == 403
    assert manager.get("/confidentiality/acknowledgements?which=missing").status_code == 200
    assert manager.get("/confidentiality/acknowledgements/export.csv").status_code == 200


@pytest.mark.rule("GOV-2")
def test_facts_are_listed_for_those_who_may_read_them(sqlite_app: Flask, comes: Comes) -> None:
    counting = Counting(house_of(sqlite_app))
    counting.reports(counting.told("research_due", 7), counting.told("research_sent", 5))
    own, other, chair = comes("delegate", organisation_id=counting.place), comes("delegate"), comes("executive_chair")

    assert "Research sent in time" in own.get("/facts?counter=research_sent&area=mid-kent").text
    assert "No fact fits" in own.get("/facts?area=medway").text
    assert "Harbour Refuge" not in other.get("/facts").text
    assert "November 2026" in chair.get("/facts?search=harbour").text
    assert chair.get("/facts/export.json").status_code == 200
    assert comes("authorised_signatory").get("/facts").status_code == 403

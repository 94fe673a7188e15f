"""The register of complaints about data at the people's door, without JavaScript (COM-9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.complaints.data_protection.models import DataProtectionComplaint
from compliance.kernel.clock import FixedClock
from tests.builders.data_complaints import a_data_complaint, acknowledged
from tests.builders.identity import an_employer, every
from tests.web.conftest import Comes

CAME = {
    "received_on-day": "20", "received_on-month": "11", "received_on-year": "2026", "channel": "letter",
    "organisation_id": "", "who": "The writer of letter 12.", "words": "Nobody said <b>who</b> read it.",
}  # fmt: skip
TODAY = {"-day": "21", "-month": "11", "-year": "2026"}


def on(name: str) -> dict[str, str]:
    """Today, as it is typed into this field."""
    return {f"{name}{part}": value for part, value in TODAY.items()}


@pytest.mark.rule("COM-9")
def test_a_complaint_is_recorded_acknowledged_worked_on_and_answered(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    officer, hub = comes("ig_officer"), comes("hub_coordinator")
    assert 'href="/data-complaints"' in officer.get("/complaints/themes").text, "it stands beside the other complaints"
    refused = officer.send("/data-complaints/new", CAME | {"received_on-day": "22", "who": " "})
    assert refused.status_code == 422
    assert "Say who complained" in refused.text
    assert "Nobody said &lt;b&gt;who&lt;/b&gt; read it." in refused.text, "what was typed is kept"
    late = officer.send("/data-complaints/new", CAME | {"received_on-day": "22"})
    assert "Enter a day that has come" in late.text
    assert every(house, DataProtectionComplaint) == []

    done = officer.send("/data-complaints/new", CAME)
    assert done.status_code == 303, done.text
    here = done.headers["Location"]
    page = hub.get(here).text
    assert "DP-2026-1" in page
    assert "21 December 2026" in page, "the thirtieth day is Sunday 20 December"
    assert "Nobody said &lt;b&gt;who&lt;/b&gt; read it." in page
    assert hub.get(f"{here}/answer").status_code == 303, "first it is acknowledged"
    assert 'value="21"' in hub.get(f"{here}/acknowledgement").text
    assert hub.send(f"{here}/acknowledgement", on("acknowledged_on")).status_code == 303
    assert hub.get(f"{here}/acknowledgement").status_code == 303
    said = {"kind": "enquiry", "words": "The log shows three readers."}
    assert hub.send(f"{here}/progress", said).status_code == 303
    assert hub.send(f"{here}/progress", {"kind": "enquiry", "words": ""}).status_code == 422
    told = on("answered_on") | {"outcome": "upheld", "words": "They were told the three names."}
    assert officer.send(f"{here}/answer", told).status_code == 303
    page = officer.get(here).text
    assert "They were told the three names." in page
    assert "Upheld: they were right" in page
    assert "The log shows three readers." in page
    again = hub.get(f"{here}/progress")
    assert again.status_code == 303
    assert again.headers["Location"] == here


@pytest.mark.rule("COM-9", "IDN-6")
def test_an_answer_takes_a_fresh_code_and_goes_on_with_what_was_typed(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    complaint = acknowledged(house, a_data_complaint(house))
    officer = comes("ig_officer", fresh=False)
    told = on("answered_on") | {"outcome": "not_upheld", "words": "It was right."}

    asked = officer.send(f"/data-complaints/{complaint.id}/answer", told)

    assert asked.status_code == 403
    assert "It was right." in asked.text
    assert every(house, DataProtectionComplaint)[0].status == "acknowledged"


@pytest.mark.rule("COM-9")
def test_the_register_is_searched_sorted_and_taken_away_without_who_complained_or_what_they_wrote(
    sqlite_app: Flask, comes: Comes, clock: FixedClock
) -> None:
    house = house_of(sqlite_app)
    refuge = an_employer(house, "Harbour Refuge")
    a_data_complaint(house, organisation_id=refuge)
    acknowledged(house, a_data_complaint(house))
    clock.move(timedelta(days=33))
    officer = comes("ig_officer")

    shown = officer.get("/data-complaints").text
    assert "1 complaint was not acknowledged in time." in shown
    for asked, fits in (("search=harbour", (1,)), ("which=overdue", (1,)), ("which=acknowledged&sort=-number", (2,)),
                        ("search=DP-2026-2", (2,)), ("search=2", (2,)), (f"organisation={refuge}", (1,)),
                        ("which=rubbish&sort=moon", (1, 2)), ("search=nobody", ())):  # fmt: skip
        page = officer.get(f"/data-complaints?{asked}").text
        assert [number for number in (1, 2) if f"DP-2026-{number}<" in page] == list(fits), asked
    for form in ("csv", "xlsx", "json"):
        assert officer.get(f"/data-complaints/export.{form}").status_code == 200
    file = officer.get("/data-complaints/export.csv?search=harbour").text
    assert "DP-2026-1" in file
    assert "DP-2026-2" not in file
    assert "letter 12" not in file
    assert "who read" not in file


@pytest.mark.rule("COM-9")
def test_nobody_but_the_hub_and_information_governance_sees_the_register(sqlite_app: Flask, comes: Comes) -> None:
    complaint = a_data_complaint(house_of(sqlite_app))
    for role in ("delegate", "escalation_contact", "steering_member", "executive_chair", "authorised_signatory"):
        somebody = comes(role)
        for address in ("/data-complaints", f"/data-complaints/{complaint.id}", "/data-complaints/new"):
            assert somebody.get(address).status_code == 403, (role, address)
        assert "/data-complaints" not in somebody.get("/").text

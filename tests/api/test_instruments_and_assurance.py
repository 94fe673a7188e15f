"""Instruments, their reviews, and the assurance of partners by the API."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from tests.builders.api import Calls, is_problem
from tests.builders.identity import logged
from tests.builders.licences import an_organisation
from tests.builders.signatories import a_pdf, the_instruments

REVIEW = {
    "due_on": "2026-04-01", "held_on": "2026-04-02", "useful": True, "fit_for_purpose": False, "issues": "Two forms.",
    "decision": "extend", "reasons": "It works.",
}  # fmt: skip


@pytest.mark.rule("SIG-11")
def test_a_program_asks_before_sharing_whether_a_partner_is_in_order(sqlite_calls: Calls) -> None:
    swale = an_organisation(sqlite_calls.house, "swale", review_in_days=-1)
    an_organisation(sqlite_calls.house, "dover", policies=("safeguarding",))
    program = sqlite_calls.a_program(["registers:read"])

    one = program.get(f"/api/v1/organisations/{swale}/assurance").get_json()
    listed = program.get("/api/v1/assurance", state="missing").get_json()["items"]

    assert (one["state"], one["until"], one["signatory"]) == ("in_grace", "2026-12-18", True)
    assert one["policies"][0] == {
        "kind": "safeguarding", "state": "in_grace", "next_review_on": "2026-11-20", "until": "2026-12-18",
    }  # fmt: skip
    assert [(row["code"], row["until"]) for row in listed] == [("dover", None)]
    is_problem(program.get("/api/v1/assurance", state="splendid"), 422)
    assert len(logged(sqlite_calls.house, "organisation.assurance_viewed")) == 1


@pytest.mark.rule("SIG-10")
def test_a_review_is_recorded_once_and_read_by_every_partner(sqlite_calls: Calls) -> None:
    the_instruments(sqlite_calls.house)
    manager = sqlite_calls.someone("hub_manager")

    made = manager.post("/api/v1/instruments/op/reviews", json=REVIEW)
    is_problem(manager.post("/api/v1/instruments/op/reviews", json=REVIEW), 409)
    is_problem(manager.post("/api/v1/instruments/op/reviews", json=REVIEW | {"due_on": "2028-04-01"}), 409)
    is_problem(manager.post("/api/v1/instruments/mou/reviews", json=REVIEW), 404)

    assert made.status_code == 201
    items = sqlite_calls.someone("executive_chair").get("/api/v1/instruments/reviews").get_json()["items"]
    [held] = [row for row in items if row["state"] == "held"]
    assert {name: held[name] for name in REVIEW} == REVIEW
    assert [row["due_on"] for row in items if row["state"] == "coming"] == ["2028-04-01"] * 2


@pytest.mark.rule("SIG-4", "IDN-6")
def test_a_version_is_published_by_a_form_after_a_fresh_code(sqlite_calls: Calls) -> None:
    the_instruments(sqlite_calls.house)
    manager = sqlite_calls.someone("hub_manager")

    def form(label: str) -> dict[str, object]:
        return {
            "label": label, "effective_on": "2026-12-01", "resign_by": "2027-01-31",
            "file": (io.BytesIO(a_pdf("op 2")), "op.pdf"),
        }  # fmt: skip

    address = "/api/v1/instruments/op/versions"
    made = manager.post(address, data=form("2"), content_type="multipart/form-data")
    sqlite_calls.clock.move(timedelta(minutes=6))
    stale = manager.post(address, data=form("3"), content_type="multipart/form-data")

    assert (made.status_code, made.get_json()["resign_by"]) == (201, "2027-01-31")
    is_problem(stale, 403)
    [op] = [row for row in manager.get("/api/v1/instruments").get_json()["items"] if row["code"] == "op"]
    assert [(row["label"], row["in_force"]) for row in op["versions"]] == [("1", True), ("2", False)]


@pytest.mark.rule("SIG-11", "LIC-10")
def test_a_policy_is_sent_as_a_link_or_a_file_and_a_contact_is_ended(sqlite_calls: Calls) -> None:
    swale, dover = (an_organisation(sqlite_calls.house, code) for code in ("swale", "dover"))
    hub = sqlite_calls.someone("hub_coordinator")
    address = f"/api/v1/organisations/{swale}"
    said = {
        "kind": "safeguarding",
        "title": "P",
        "owner": "Head",
        "dated_on": "2026-01-05",
        "next_review_on": "2027-01-05",
    }

    linked = hub.post(f"{address}/policies", json=said | {"link": "https://swale.example/p"})
    filed = hub.post(
        f"{address}/policies", data=said | {"file": (io.BytesIO(a_pdf()), "p.pdf")}, content_type="multipart/form-data"
    )
    is_problem(hub.post(f"{address}/policies", json=said | {"link": "http://swale.example/p"}), 422)
    contact = hub.post(
        f"{address}/contacts", json={"kind": "primary", "name": "Sam", "email": "s@swale.gov.uk"}
    ).get_json()

    assert (linked.status_code, linked.get_json()["link"], filed.status_code) == (201, "https://swale.example/p", 201)
    is_problem(hub.post(f"/api/v1/organisations/{dover}/contacts/{contact['id']}/end"), 404)
    assert hub.post(f"{address}/contacts/{contact['id']}/end").status_code == 200
    is_problem(hub.post(f"{address}/contacts/{contact['id']}/end"), 409)

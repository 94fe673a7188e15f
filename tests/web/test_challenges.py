"""Challenging an entry from an organisation's page, and deciding; the register as it was, by page and by program."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from signatories.models import Signature
from tests.builders.api import Calls, is_problem
from tests.builders.challenges import corrected
from tests.builders.identity import someone
from tests.builders.signatories import an_organisation, records_paper, the_instruments
from tests.web.conftest import Comes


@pytest.fixture
def paper(sqlite_app: Flask) -> tuple[UUID, Signature]:
    """An organisation, and its signature of the protocol on paper."""
    house = house_of(sqlite_app)
    versions = the_instruments(house)
    swale = an_organisation(house)
    return swale, records_paper(house, someone(house, "hub_supervisor"), swale, versions["op"])


@pytest.mark.rule("SIG-3")
def test_an_entry_is_challenged_decided_and_shown_struck_through(comes: Comes, paper: tuple[UUID, Signature]) -> None:
    swale, entry = paper
    signatory, manager = comes("authorised_signatory", organisation_id=swale), comes("hub_manager", fresh=False)
    doubt = f"/register/entries/signature/{entry.id}/challenge"
    assert doubt in signatory.get(f"/organisations/{swale}").text
    assert signatory.send(doubt, {"grounds": " "}).status_code == 422

    raised = signatory.send(doubt, {"grounds": "It was Robyn."})
    page = raised.headers["Location"]
    assert "It waits for a hub supervisor or the hub manager" in signatory.get(page).text
    assert "Challenged: see why" in signatory.get(f"/organisations/{swale}").text
    assert signatory.get(f"{page}/upheld").status_code == 403

    asked = manager.send(f"{page}/upheld", {"remedy": "correct", "name": "Robyn Vale", "reasons": "The paper says so."})
    assert "Enter a new code to go on" in asked.text
    done = manager.again(asked, f"{page}/upheld", {"fresh_code": manager.code()})
    assert done.status_code == 303, done.text
    assert "Robyn Vale" in signatory.get(page).text
    told = signatory.get(f"/organisations/{swale}").text
    assert "<s>Version 1, by Robin Vale, Head, on paper</s>" in told
    assert "Corrected on" in told
    assert "Version 1, by Robyn Vale, Head, on paper" in told
    assert manager.get(f"{page}/upheld").status_code == 303


@pytest.mark.rule("SIG-3", "ROL-4")
def test_anothers_entry_cannot_be_challenged_and_the_list_is_searched_and_taken_away(
    comes: Comes, paper: tuple[UUID, Signature]
) -> None:
    _, entry = paper
    stranger, manager = comes("authorised_signatory"), comes("hub_manager")
    assert stranger.get(f"/register/entries/signature/{entry.id}/challenge").status_code == 404
    assert stranger.get(f"/register/entries/anything/{entry.id}/challenge").status_code == 404
    officer = comes("ig_officer")
    page = officer.send(f"/register/entries/signature/{entry.id}/challenge", {"grounds": "Wrong."}).headers["Location"]
    assert stranger.get(page).status_code == 404
    assert "Nothing has been challenged" in stranger.get("/register/challenges").text

    assert "Swale" in officer.get("/register/challenges?search=wrong&state=open&sort=organisation").text
    assert "No challenge fits" in officer.get("/register/challenges?state=upheld").text
    assert "Wrong." in manager.get("/register/challenges/export.csv").text
    assert "entry of the register is doubted" in manager.get("/").text
    assert manager.send(f"{page}/dismissed", {"reasons": "It is right."}).status_code == 303
    assert "is doubted" not in manager.get("/").text
    assert "It is right." in officer.get(page).text


@pytest.mark.rule("SIG-1", "SIG-3")
def test_the_page_says_how_a_time_that_clocks_skip_or_show_twice_is_taken(
    comes: Comes, paper: tuple[UUID, Signature]
) -> None:
    reader = comes("hub_coordinator")
    march, october = "as_at-day=30&as_at-month=3&as_at-year=2025", "as_at-day=25&as_at-month=10&as_at-year=2026"

    skipped = reader.get(f"/register?{march}&as_at_time=01:30").text
    assert "As at 30 March 2025 at 2:30am" in skipped
    assert "left this time out. It is taken as 2:30am" in skipped
    twice = reader.get(f"/register?{october}&as_at_time=1:30am").text
    assert "This is the first, before clocks went back" in twice
    assert "Show the second" in twice
    assert "This is the second, after" in reader.get(f"/register?{october}&as_at_time=1:30am&which=second").text
    assert "The register knew of no organisation then" in twice
    assert reader.get("/register?as_at_time=09:00").status_code == 422
    assert reader.get(f"/register?{march}&as_at_time=25:00").status_code == 422
    assert reader.get("/register?as_at-day=1&as_at-month=1&as_at-year=2090").status_code == 422
    late = "as_at-day=20&as_at-month=11&as_at-year=2026"
    assert "Swale" not in reader.get(f"/register?{late}").text.split("hub-head")[-1]
    hindsight = reader.get(f"/register?{late}&known=now").text
    assert "as it is known today" in hindsight
    assert "Robin Vale" in hindsight


@pytest.mark.rule("SIG-3")
def test_programs_and_people_challenge_decide_and_ask_with_hindsight_by_the_api(
    sqlite_app: Flask, clock: FixedClock, paper: tuple[UUID, Signature]
) -> None:
    calls = Calls(sqlite_app, clock)
    swale, entry = paper
    officer, manager = calls.someone("ig_officer"), calls.someone("hub_manager")
    said = {"kind": "signature", "entry_id": str(entry.id), "grounds": "It was Robyn."}
    is_problem(officer.post("/api/v1/challenges", said | {"kind": "rumour"}), 422)
    is_problem(officer.post("/api/v1/challenges", said | {"entry_id": str(swale)}), 404)
    made = officer.post("/api/v1/challenges", said)
    assert made.status_code == 201, made.text
    is_problem(manager.post("/api/v1/challenges", said), 409, "entry-already-challenged")
    address = f"/api/v1/challenges/{made.get_json()['id']}"
    assert officer.get(address).get_json()["cannot_decide"] == "forbidden"
    assert manager.get(address).get_json()["cannot_decide"] is None
    (row,) = manager.get("/api/v1/challenges", status="open").get_json()["items"]
    assert (row["organisation"], row["grounds"]) == ("Swale", "It was Robyn.")
    before = clock.now()
    clock.move(timedelta(minutes=1))

    decision = {"outcome": "upheld", "reasons": "The paper says so."}
    is_problem(manager.post(f"{address}/decision", decision), 422)
    is_problem(manager.post(f"{address}/decision", decision | {"outcome": "open"}), 422)
    right = decision | {"remedy": "correct", "correction": {"name": "Robyn Vale", "signed_on": "2026-11-19"}}
    done = manager.post(f"{address}/decision", right)
    assert (done.status_code, done.get_json()["status"]) == (200, "upheld"), done.text
    is_problem(manager.post(f"{address}/decision", right), 409, "challenge-decided")

    program = calls.a_program(["registers:read"])

    def signer(**asked: str) -> object:
        (one,) = program.get("/api/v1/organisations", **asked).get_json()["items"]
        return one["instruments"]["op"]["signed_name"]

    then = before.isoformat()
    assert (signer(), signer(as_at=then)) == ("Robyn Vale", "Robin Vale")
    assert signer(as_at=then, known_at=clock.now().isoformat()) == "Robyn Vale"
    is_problem(program.get("/api/v1/signatories", as_at=then, known_at="2025-01-01"), 422)
    standing = program.get(f"/api/v1/organisations/{swale}/standing", as_at=then).get_json()
    assert (standing["known_at"], standing["instruments"]["op"]["signed_name"]) == (standing["as_at"], "Robin Vale")


@pytest.mark.rule("SIG-3")
def test_who_may_not_challenge_sees_what_was_corrected(
    comes: Comes, sqlite_app: Flask, paper: tuple[UUID, Signature]
) -> None:
    house, (swale, entry) = house_of(sqlite_app), paper
    corrected(house, entry.id, signed_on=date(2026, 11, 10))

    told = comes("delegate", organisation_id=swale).get(f"/organisations/{swale}").text

    assert "Corrected on" in told
    assert "Challenge this entry" not in told

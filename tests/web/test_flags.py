"""Flags and concerns at the two doors: by page without JavaScript, and by the case system (AUD-6, AUD-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from tests.builders.api import Calls, is_problem
from tests.builders.flags import a_concern, flags, looked, opens
from tests.builders.identity import a_person, an_employer, logged, someone
from tests.web.conftest import Comes


@pytest.mark.rule("AUD-6", "AUD-7")
def test_a_concern_is_reported_handed_over_reviewed_and_its_reporter_sees_that_it_was(
    sqlite_app: Flask, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    reporter, officer = comes("delegate"), comes("ig_officer", full_name="Io Gov")
    assert "/concerns/new" in reporter.get("/").text
    refused = reporter.send("/concerns/new", {"person": "ash@kent.example.org", "words": " ", "when": "On Monday"})
    assert refused.status_code == 422
    assert "Say what worries you." in refused.text
    assert 'value="ash@kent.example.org"' in refused.text, "what was typed is kept"
    assert reporter.client.post("/concerns/new", data={"words": "x", "reference": "C-7"}).status_code == 403, "forged"
    assert flags(house) == []

    done = reporter.send("/concerns/new", {"reference": "C-7", "words": "She <b>knew</b> too much."})
    assert done.headers["Location"] == "/concerns"
    [flag] = flags(house)
    assert "With a named reviewer" in reporter.get("/concerns").text
    assert "Nothing fits" in reporter.get("/concerns?state=looked_at").text
    assert reporter.get(f"/flags/{flag.id}").status_code == 403

    assert "flag waits for your review" in officer.get("/").text
    page = officer.get(f"/flags/{flag.id}").text
    assert "She &lt;b&gt;knew&lt;/b&gt; too much." in page
    assert "It waits for you" in page
    other = comes("hub_manager", full_name="Mo Hub")
    assert other.get(f"/flags/{flag.id}/review").status_code == 303
    assert "Me: Mo Hub (0 open)" in other.get(f"/flags/{flag.id}/reviewer").text
    assert other.send(f"/flags/{flag.id}/reviewer", {"reviewer": "nonsense"}).status_code == 422
    assert other.account is not None
    assert other.send(f"/flags/{flag.id}/reviewer", {"reviewer": str(other.account.person.id)}).status_code == 303

    late = officer.client.post(f"/flags/{flag.id}/review", data={})
    assert late.status_code == 403
    found = {"step": "explain", "reason": "no_need", "words": "I asked."}
    wrong = other.send(f"/flags/{flag.id}/review", found)
    assert wrong.status_code == 422
    assert "Choose a reason that goes with what you found." in wrong.text
    assert "I asked." in wrong.text
    assert other.send(f"/flags/{flag.id}/review", found | {"reason": "nothing_seen"}).status_code == 303
    assert "Nothing was seen" in other.get(f"/flags/{flag.id}").text
    assert other.get(f"/flags/{flag.id}/review").status_code == 303
    told = reporter.get("/concerns").text
    assert "Looked at" in told
    assert "Nothing was seen" not in told


@pytest.mark.rule("AUD-6")
def test_flags_are_searched_sorted_shown_with_their_entries_and_taken_away(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    refuge = an_employer(house, "Harbour Refuge")
    person = a_person(house, full_name="Ash Birch", organisation_id=refuge)
    [first, _] = opens(house, person.id, "MC-1", "MC-2", involved=False)
    looked(house)
    warned = comes("hub_coordinator").get("/flags").text
    assert "No flag is open" in warned, "whoever set no conflict sees none"
    manager = comes("hub_manager")
    assert "2 flags have no reviewer" in manager.get("/flags").text
    officer = comes("ig_officer")
    for asked, fits in (("search=harbour&sort=-raised", True), ("rule=no_involvement&which=unassigned", True),
                        ("which=mine", False), ("search=nobody", False), ("sort=accesses&which=rubbish", True)):  # fmt: skip
        assert ("Ash Birch" in officer.get(f"/flags?{asked}").text) is fits, asked
    assert officer.get("/flags?sort=moon").status_code == 200
    assert "MC-1" in officer.get("/flags/export.csv?rule=no_involvement").text
    flag = next(each for each in flags(house) if each.reference == "MC-1")
    page = officer.get(f"/flags/{flag.id}").text
    assert f"/audit/{first}" in page
    assert "ccess" in page
    assert "OP 1.5" in page
    assert "/audit/" not in manager.get(f"/flags/{flag.id}").text
    tuned = officer.get("/flags/rules?rule=no_involvement").text
    assert "More than 40 within 60 minutes" in tuned
    assert "<svg" in tuned
    assert "no_involvement" in officer.get("/flags/rules/export.json").text
    assert {entry.purpose for entry in logged(house, "flag.viewed")} == {"concern"}


@pytest.mark.rule("AUD-7")
def test_the_case_system_reports_a_concern_once_and_other_kinds_are_not_taken_yet(
    sqlite_app: Flask, clock: FixedClock
) -> None:
    calls = Calls(sqlite_app, clock)
    officer = someone(calls.house, "ig_officer")
    program, stranger = calls.a_program(["incidents:write"]), calls.a_program(["decisions"])
    said = {"kind": "access_concern", "words": "A record was opened 40 times.", "reference": "C-7"}

    made = program.post("/api/v1/incidents", said, headers={"Idempotency-Key": '"one"'})
    assert made.status_code == 201, made.text
    assert set(made.get_json()) >= {"id", "kind", "state", "due_on"}
    assert "opened 40 times" not in made.text
    assert program.post("/api/v1/incidents", said, headers={"Idempotency-Key": '"one"'}).get_json() == made.get_json()
    [flag] = flags(calls.house)
    assert (flag.rule, flag.reference, flag.reviewer_id) == ("concern", "C-7", officer.actor.person_id)
    assert (
        is_problem(program.post("/api/v1/incidents", said | {"kind": "breach"}), 422)["errors"][0]["pointer"]
        == "#/kind"
    )
    assert is_problem(program.post("/api/v1/incidents", {"kind": "access_concern", "words": "x"}), 422)
    assert is_problem(program.post("/api/v1/incidents", said | {"more": 1}), 422)
    is_problem(stranger.post("/api/v1/incidents", said), 403)
    assert len(flags(calls.house)) == 1


@pytest.mark.rule("AUD-6")
def test_overdue_is_shown(sqlite_app: Flask, comes: Comes, clock: FixedClock) -> None:
    house = house_of(sqlite_app)
    a_person(house, "ig_officer")
    a_concern(house)
    clock.move(timedelta(days=30))

    shown = comes("hub_manager").get("/flags?which=overdue").text

    assert "Overdue</strong>" in shown

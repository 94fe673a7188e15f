"""The register of personal-data breaches and each of its pages, without JavaScript and in a real browser (BRE-3, BRE-6)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from compliance.app import house_of
from compliance.breaches.notifying.models import DataBreach
from compliance.breaches.notifying.rules import Decision, Risk
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from tests.builders.identity import every, logged
from tests.builders.incidents import HOUR, a_data_breach, an_incident, as_it_is, assessed
from tests.builders.licences import an_organisation
from tests.web.conftest import Comes, Visitor

FACTS = {
    "facts": "A list was sent to a wrong address.", "effects": "One person read it.", "remedy": "It was deleted.",
    "risk": "high", "categories": ["contact", "location"], "people": "12", "records": "",
}  # fmt: skip


@pytest.fixture
def house(sqlite_app: Flask) -> House:
    return house_of(sqlite_app)


def at(name: str, instant: datetime) -> dict[str, str]:
    """This instant as it is typed in London, in winter."""
    return {f"{name}-day": str(instant.day), f"{name}-month": str(instant.month), f"{name}-year": str(instant.year)}


def now_typed(clock: FixedClock) -> dict[str, str]:
    return at("on", clock.now()) | {"at": f"{clock.now():%H:%M}"}


@pytest.mark.rule("BRE-3", "BRE-6")
def test_the_whole_of_a_notifiable_breach_by_page(house: House, clock: FixedClock, comes: Comes) -> None:
    breach = a_data_breach(house, organisation_id=an_organisation(house, "swale"), reference="MC-7")
    where = f"/data-breaches/{breach.id}"
    officer = comes("ig_officer")
    page = officer.get(where).text
    assert "2 days, 23 hours and" in page
    assert "It ends on Tuesday 24 November 2026 at 10:00am GMT" in page
    assert "Write down what is known, and how likely harm is" in page
    assert "Decide whether the ICO is told" not in page, "first it is assessed"

    nothing = officer.send(f"{where}/assessment", {"facts": " ", "people": "many"})
    assert nothing.status_code == 422
    assert "Choose how likely harm is." in nothing.text
    assert officer.send(f"{where}/assessment", FACTS | {"people": "-1"}).status_code == 422
    assert officer.send(f"{where}/assessment", FACTS).status_code == 303
    again = officer.get(f"{where}/assessment").text
    assert "A list was sent to a wrong address." in again, "what was written last is filled in"
    page = officer.get(where).text
    assert "The people concerned, without undue delay" in page
    assert officer.get(f"{where}/decision").status_code == 403

    manager = comes("hub_manager")
    assert manager.get(f"{where}/notification").status_code == 303, "first it is decided"
    refused = manager.send(f"{where}/decision", {"decision": "not_notify", "reasons": "Small."})
    assert refused.status_code == 409
    assert "Rule BRE-3" in refused.text
    assert (
        manager.send(f"{where}/decision", {"decision": "notify", "reasons": "They could be found."}).status_code == 303
    )

    clock.move(80 * HOUR)
    manager = comes("hub_manager")
    page = manager.get(where).text
    assert "The time has been over for" in page
    said = {"more": "yes", "words": "By telephone.", "reference": "IC-1"} | now_typed(clock)
    late = manager.send(f"{where}/notification", said)
    assert late.status_code == 409
    assert "Rule BRE-6" in late.text
    assert 'href="#late_reason"' in late.text
    assert "By telephone." in late.text, "what was typed is kept"
    assert manager.send(f"{where}/notification", said | {"late_reason": "Found on a Sunday."}).status_code == 303
    assert manager.send(f"{where}/people", {"decision": "tell", "reasons": "They are at risk."}).status_code == 303
    assert manager.send(f"{where}/people/told", {"words": "Visited."} | now_typed(clock)).status_code == 303
    assert manager.send(f"{where}/partners/told", {"words": "The council."} | now_typed(clock)).status_code == 303
    assert manager.send(f"{where}/notification", {"more": "no"} | now_typed(clock)).status_code == 303

    page = comes("ig_officer").get(where).text
    for shown in ("Found on a Sunday.", "They could be found.", "Visited.", "The council.", "IC-1", "Stage 2"):
        assert shown in page, shown
    assert "What is to be done" not in page
    assert len(logged(house, "data_breach.viewed")) > 3


@pytest.mark.rule("BRE-3")
def test_the_register_is_searched_filtered_sorted_and_taken_away_with_what_article_33_asks(
    house: House, clock: FixedClock, comes: Comes
) -> None:
    breach = a_data_breach(house, organisation_id=an_organisation(house, "swale"), reference="MC-7")
    assessed(house, breach, Risk.HIGH, facts="=SUM(1)")
    officer = comes("ig_officer")
    number = f"BR-{breach_number(house, breach)}"

    for fits in ("", "search=swa", "search=mc-7", f"search={number}", "which=clock_runs", "which=people_wait", "sort=tell_by",
                 "sort=-organisation", "sort=notified&which=rubbish", "sort=moon"):  # fmt: skip
        assert str(breach.id) in officer.get(f"/data-breaches?{fits}").text, fits
    for misses in ("search=thanet", "which=clock_over", "which=notified", "which=not_notified", "which=more_to_follow"):
        assert "Nothing fits" in officer.get(f"/data-breaches?{misses}").text, misses
    clock.move(73 * HOUR)
    officer = comes("ig_officer")
    assert "The time of 1 breach is over" in officer.get("/data-breaches?which=clock_over").text

    [row] = json.loads(officer.get("/data-breaches/export.json").data)["rows"]
    assert (row["Breach"], row["Facts"], row["Risk"]) == (
        number, "=SUM(1)", "High: likely to harm somebody seriously",
    )  # fmt: skip
    assert {"Effects", "Remedial action", "Reasons", "Told late because"} <= set(row)
    assert "'=SUM(1)" in officer.get("/data-breaches/export.csv").text
    assert officer.get("/data-breaches/export.xlsx").data[:2] == b"PK"
    assert comes("delegate").get("/data-breaches").status_code == 403


@pytest.mark.rule("BRE-3", "BRE-6")
def test_the_draft_says_what_is_known_and_what_is_to_follow_and_is_tagged(house: House, comes: Comes) -> None:
    breach = a_data_breach(house)
    officer = comes("ig_officer")

    first = pdf(officer, breach)
    assert "Not known yet: it is to follow." in first
    assert "first notification" in first
    assert "how many people, about" in first
    assessed(house, breach, Risk.LIKELY, records=40)
    second = pdf(officer, breach)
    assert "A list was sent to a wrong address." in second
    assert "how many people, about" not in second
    assert "when it happened" in second
    assert [json.loads(entry.detail)["assessment"] for entry in logged(house, "data_breach.exported")] == [0, 1]
    assert comes("ig_officer", fresh=False).get(f"/data-breaches/{breach.id}/draft.pdf").status_code == 200


@pytest.mark.rule("BRE-3")
def test_an_incident_of_another_kind_becomes_one_and_its_clock_is_set_back_only(
    house: House, clock: FixedClock, comes: Comes
) -> None:
    incident = an_incident(
        house, kind="failure_to_share", aware_at=clock.now() - HOUR, happened_at=clock.now() - 9 * HOUR
    )
    officer = comes("ig_officer")
    where = f"/data-breaches/of/{incident.id}"
    assert where in officer.get(f"/breaches/{incident.id}").text
    assert 'value="09:00"' in officer.get(where).text, "what its reporter said is filled in"
    wrong: dict[str, tuple[datetime, str]] = {
        "after the report": (clock.now() + HOUR, "when it was reported, at the latest"),
        "before the event": (clock.now() - 10 * HOUR, "before it happened"),
    }
    for what, (instant, says) in wrong.items():
        refused = officer.send(where, at("aware_on", instant) | {"aware_at": f"{instant:%H:%M}"})
        assert refused.status_code == 422, what
        assert says in refused.text
    nonsense = officer.send(where, at("aware_on", clock.now()) | {"aware_at": "25:99"})
    assert "Enter a time of day" in nonsense.text
    gap = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert "Clocks went forward" in officer.send(where, at("aware_on", gap) | {"aware_at": "1:30am"}).text

    assert officer.send(where).status_code == 422
    made = officer.send(where, at("aware_on", clock.now()) | {"aware_at": "09:00"})
    assert made.status_code == 303
    [breach] = every(house, DataBreach)
    assert officer.get(where).headers["Location"] == f"/data-breaches/{breach.id}"
    page = officer.get(f"/breaches/{incident.id}").text
    assert f"/data-breaches/{breach.id}" in page
    assert "2 days, 22 hours and" in page
    back = f"/data-breaches/{breach.id}/awareness"
    later = officer.send(back, at("aware_on", clock.now()) | {"aware_at": "09:30"})
    assert later.status_code == 422
    assert officer.send(back, at("aware_on", clock.now()) | {"aware_at": "08:15"}).status_code == 303
    assert as_it_is(house, breach).breach.aware_at == datetime(2026, 11, 21, 8, 15, tzinfo=UTC)


@pytest.mark.rule("BRE-3")
def test_a_form_that_was_read_before_somebody_assessed_anew_changes_nothing(house: House, comes: Comes) -> None:
    breach = a_data_breach(house)
    assessed(house, breach, Risk.UNLIKELY)
    manager = comes("hub_manager")
    page = manager.get(f"/data-breaches/{breach.id}/decision")
    assessed(house, breach, Risk.HIGH)

    said = {"decision": Decision.NOT_NOTIFY.value, "reasons": "Small."}
    stale = manager.again(page, f"/data-breaches/{breach.id}/decision", said)

    assert stale.status_code == 409
    assert "assessed the breach again" in stale.text
    assert as_it_is(house, breach).breach.decision is None
    assert "High: likely to harm somebody seriously" in stale.text
    again = manager.again(stale, f"/data-breaches/{breach.id}/decision", said | {"decision": "notify"})
    assert again.status_code == 303, "having seen it, they can send theirs"


@pytest.mark.rule("BRE-3")
def test_the_first_page_says_what_ends_next_and_what_is_over(house: House, clock: FixedClock, comes: Comes) -> None:
    assert "personal-data breach" not in comes("hub_manager").get("/").text
    first = a_data_breach(house)
    clock.move(73 * HOUR)
    page = comes("hub_manager").get("/").text
    assert "The time of 1 breach is over." in page
    assert "The next clock ends" not in page
    a_data_breach(house)
    assessed(house, first, Risk.HIGH)

    page = comes("ig_officer").get("/").text

    assert "The next clock ends on Friday 27 November 2026" in page
    assert "The time of 1 breach is over." in page
    assert "of which people wait to be told" in page
    assert "personal-data breach" not in comes("delegate").get("/").text


def breach_number(house: House, breach: DataBreach) -> str:
    incident = as_it_is(house, breach).incident
    return f"{incident.year}-{incident.number}"


def pdf(officer: Visitor, breach: DataBreach) -> str:
    """The words of the draft, which is a tagged PDF."""
    answer = officer.get(f"/data-breaches/{breach.id}/draft.pdf")
    assert answer.mimetype == "application/pdf"
    reader = PdfReader(BytesIO(answer.data))
    catalogue: Any = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalogue
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))

"""Breaches by page, without JavaScript: reported in five minutes, half now and the rest later, and taken to their end (BRE-1, BRE-2)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.breaches.models import Incident, IncidentDraft
from compliance.kernel.clock import FixedClock
from tests.builders.flags import a_concern, flags, reviewed
from tests.builders.identity import Acting, an_employer, at_work, every
from tests.builders.licences import a_licence, an_organisation, seats
from tests.web.conftest import Comes, Visitor

WORDS = {"kind": "failure_to_share", "words": "The <b>list</b> never came."}


def acting_of(visitor: Visitor) -> Acting:
    assert visitor.account is not None
    return at_work(visitor.house, visitor.account.person)


@pytest.mark.rule("BRE-1", "BRE-2", "BRE-4")
def test_a_breach_goes_from_its_report_to_the_steering_group_and_says_whose_move_it_is(
    sqlite_app: Flask, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    refuge, other = an_organisation(house), an_employer(house, "Orchard House")
    seats(house)
    licence = a_licence(house, refuge)
    reporter, partner = comes("authorised_signatory", organisation_id=other), comes("delegate", organisation_id=refuge)
    manager, steering = comes("hub_manager"), comes("steering_member")
    assert reporter.send("/breaches/new", {"kind": "moon", "words": " "}).status_code == 422
    assert reporter.client.post("/breaches/new", data=WORDS).status_code == 403, "forged"
    done = reporter.send("/breaches/new", WORDS | {"organisation": str(refuge), "reference": "MC-7"})
    assert done.headers["Location"] == "/breaches?which=reported_by_me"
    [it] = every(house, Incident)
    page = f"/breaches/{it.id}"
    assert f"BR-{it.year}-1" in reporter.get("/breaches").text
    own = reporter.get(page).text
    assert "The &lt;b&gt;list&lt;/b&gt; never came." in own
    assert "Its path" not in own
    assert partner.get(page).status_code == 404, "not raised with it yet"

    assert "breach waits" in manager.get("/").text
    shown = manager.get(page).text
    assert "It waits for the MARAC Hub Team" in shown
    assert "by the end of 24 November 2026" in shown
    assert "nothing happens by itself" in shown
    assert manager.get(f"{page}/steps/close").status_code == 303, "no such step from here"
    assert manager.get(f"{page}/steps/report").status_code == 404
    assert manager.send(f"{page}/steps/raise", {"words": "Tell us why."}).status_code == 303
    shown = partner.get(page).text
    assert "Tell us why." in shown
    assert "never came" not in shown
    assert "That is you or a colleague." in shown
    assert reporter.get(f"{page}/steps/answer").status_code == 403
    assert partner.send(f"{page}/steps/answer", {"words": "It was mislaid."}).status_code == 303
    late = partner.client.post(f"{page}/steps/answer", data={"words": "x"})
    assert late.status_code == 403, "forged"
    assert manager.send(f"{page}/steps/escalate_to_manager", {"words": "Again."}).status_code == 303
    assert manager.send(f"{page}/steps/escalate_to_steering", {"words": "And again."}).status_code == 303

    assert steering.get(f"{page}/suspension").status_code == 403
    assert manager.send(f"{page}/suspension", {"licence": str(licence.id)}).status_code == 303
    assert "until this breach is resolved or closed" in partner.get(page).text
    refused = manager.send(f"/licences/{licence.id}/resumption")
    assert refused.status_code == 409
    assert "BRE-4" in refused.text
    refused = steering.send(f"{page}/steps/close", {"words": "Talked over."})
    assert refused.status_code == 409
    assert "BRE-4" in refused.text
    assert "Talked over." in refused.text
    assert steering.send(f"{page}/steps/close", {"words": "Talked over.", "lift": "y"}).status_code == 303
    assert "It came to its end" in steering.get(page).text
    assert "Let a licence rest" not in manager.get(page).text
    assert manager.get(f"{page}/suspension").status_code == 409


@pytest.mark.rule("BRE-1")
def test_a_report_is_kept_half_written_for_its_writer_alone(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    writer, other = comes("delegate"), comes("delegate")
    half = {"words": "So far", "happened_on-day": "40", "act": "keep"}
    assert writer.send("/breaches/new", half).status_code == 303
    [draft] = every(house, IncidentDraft)
    assert b"So far" not in draft.content
    assert f"draft={draft.id}" in writer.get("/breaches").text
    assert f"draft={draft.id}" not in other.get("/breaches").text
    address = f"/breaches/new?draft={draft.id}"
    assert other.get(address).status_code == 404
    page = writer.get(address).text
    assert "So far" in page
    assert 'value="40"' in page, "kept as it was typed"
    assert other.send("/breaches/new", half | {"draft": str(draft.id)}).status_code == 404

    assert writer.send(address, half | {"words": "Further"}).status_code == 303
    assert len(every(house, IncidentDraft)) == 1
    assert writer.send(address, WORDS).status_code == 303
    assert every(house, IncidentDraft) == [], "sent, and so not kept any more"
    writer.send("/breaches/new", half)
    [draft] = every(house, IncidentDraft)
    gone = f"/breaches/drafts/{draft.id}/thrown-away"
    other.send("/breaches/new", {}, to=gone)
    assert len(every(house, IncidentDraft)) == 1
    writer.send("/breaches/new", {}, to=gone)
    assert every(house, IncidentDraft) == []


@pytest.mark.rule("BRE-1")
def test_days_and_times_that_cannot_be_are_said_beside_their_fields(
    sqlite_app: Flask, comes: Comes, clock: FixedClock
) -> None:
    writer = comes("delegate")

    def sent(**typed: str) -> str:
        fields = dict(WORDS)
        for name, value in typed.items():
            parts = zip(("day", "month", "year"), value.split(), strict=True) if name.endswith("_on") else ()
            fields |= {f"{name}-{part}": each for part, each in parts} or {name: value}
        answer = writer.send("/breaches/new", fields)
        return answer.text if answer.status_code == 422 else f"sent {answer.status_code}"

    assert "This is still to come" in sent(aware_on="22 11 2026", aware_at="9am")
    assert "after you became aware" in sent(aware_on="20 11 2026", happened_on="21 11 2026")
    assert "Enter the day, too." in sent(happened_at="9am")
    assert "leave this time out" in sent(aware_on="29 3 2026", aware_at="01:30")
    assert "Enter a real date" in sent(aware_on="31 2 2026")
    assert sent(aware_on="20 11 2026", happened_on="20 11 2026", happened_at="3pm") == "sent 303", "known the same day"
    made = every(writer.house, Incident)[-1]
    assert made.aware_at == made.happened_at
    assert sent(aware_on="25 10 2026", aware_at="1:30") == "sent 303", "of an hour that comes twice, the first"
    twice = max(every(writer.house, Incident), key=lambda each: each.number)
    assert twice.aware_at.isoformat() == "2026-10-25T00:30:00+00:00"


@pytest.mark.rule("BRE-2", "BRE-5")
def test_breaches_are_searched_sorted_taken_away_and_what_is_learned_is_kept(
    sqlite_app: Flask, comes: Comes, clock: FixedClock
) -> None:
    house = house_of(sqlite_app)
    refuge = an_employer(house, "Harbour Refuge")
    partner, hub = comes("delegate", organisation_id=refuge, full_name="Ash Birch"), comes("hub_coordinator")
    hub.send("/breaches/new", WORDS | {"organisation": str(refuge), "reference": "MC-7"})
    [it] = every(house, Incident)
    page = f"/breaches/{it.id}"
    hub.send(f"{page}/steps/raise", {"words": "Tell us why."})
    for asked, fits in (
        ("search=harbour&sort=due", True), ("search=mc-7", True), (f"search=br-{it.year}-1", True),
        ("search=9999-1", False), ("kind=data_breach", False), ("which=ended", False), ("which=rubbish&sort=moon", True),
        ("which=my_turn", False), ("which=overdue", False), ("which=reported_by_me", True), ("sort=-organisation", True),
    ):  # fmt: skip
        assert (str(it.id) in hub.get(f"/breaches?{asked}").text) is fits, asked
    assert str(it.id) in partner.get("/breaches?which=my_turn").text
    clock.move(timedelta(days=10))
    hub, partner = comes("hub_coordinator"), comes("delegate", organisation_id=refuge, full_name="Bay Cole")
    assert str(it.id) in hub.get("/breaches?which=overdue").text
    assert "It was due by the end of" in hub.get(page).text
    assert "MC-7" in hub.get("/breaches/export.csv?kind=failure_to_share").text
    assert "never came" not in hub.get("/breaches/export.json").text

    assert hub.send(f"{page}/lessons", {"kind": "action", "words": "Ring them."}).status_code == 422
    assert partner.account is not None
    given = {
        "kind": "action", "words": "Train everybody.", "owner": str(partner.account.person.id), "due_on-day": "9",
        "due_on-month": "12", "due_on-year": "2026",
    }  # fmt: skip
    assert hub.send(f"{page}/lessons", given).status_code == 303
    assert hub.send(f"{page}/lessons", {"kind": "lesson", "words": "Ask twice."}).status_code == 303
    assert "with something for you to do" in partner.get("/").text
    assert str(it.id) in partner.get("/breaches?which=my_actions").text
    shown = partner.get(page).text
    assert "Ask twice." in shown
    [done] = re.findall(rf"{page}/actions/[0-9a-f-]+/done", shown)
    assert partner.send(f"{page}/lessons", {}, to=done).status_code == 303
    assert "Done on" in partner.get(page).text
    assert partner.send(f"{page}/lessons", {}, to=done).status_code == 409
    assert partner.send(f"{page}/conduct", {"organisation": str(refuge), "reference": "HR-114"}).status_code == 303
    assert "HR-114" in hub.get(page).text
    assert hub.get(f"{page}/conduct").status_code == 200


@pytest.mark.rule("AUD-6", "BRE-1")
def test_a_flag_found_to_be_a_breach_is_raised_as_one_once_and_waits_no_more(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    officer = comes("ig_officer")
    flag = a_concern(house)
    assert officer.send(f"/breaches/new?flag={flag.id}", WORDS).status_code == 409, "not reviewed yet"
    reviewed(house, flag, acting_of(officer), step="find_breach", reason="no_need")  # type: ignore[arg-type]
    assert str(flag.id) in officer.get("/flags?which=breach").text
    assert f"/breaches/new?flag={flag.id}" in officer.get(f"/flags/{flag.id}").text
    assert "C-7" in officer.get(f"/breaches/new?flag={flag.id}").text
    assert comes("delegate").get(f"/breaches/new?flag={flag.id}").status_code == 403

    assert officer.send(f"/breaches/new?flag={flag.id}", WORDS).status_code == 303
    [it] = every(house, Incident)
    assert (it.flag_id, it.reference) == (flag.id, "C-7")
    assert f"/breaches/{it.id}" in officer.get(f"/flags/{flag.id}").text
    assert f"/flags/{flag.id}" in officer.get(f"/breaches/{it.id}").text
    assert str(flag.id) not in officer.get("/flags?which=breach").text
    assert str(flag.id) in officer.get("/flags?which=raised").text
    assert [each.status for each in flags(house)] == ["raised"]
    assert officer.send("/breaches/new", WORDS | {"flag": str(flag.id)}).status_code == 409, "once"
    assert len(every(house, Incident)) == 1

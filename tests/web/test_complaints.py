"""Complaints by page, without JavaScript: the whole story of one from each person's seat, and who sees nothing of it (COM-1 to COM-7)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.complaints.models import Complaint
from compliance.kernel.clock import FixedClock
from tests.builders.complaints import Partners, a_complaint, again, at_stage, partners, records
from tests.builders.identity import every, logged
from tests.builders.signatories import a_pdf
from tests.web.conftest import Comes

TALKED = {"held_on-day": "21", "held_on-month": "11", "held_on-year": "2026", "words": "We <b>talked</b>."}


def sides(of: str, other: str, stage: int = 1) -> dict[str, str]:
    """Both sides as they are typed."""
    return {
        "our_name": f"{of.title()} {stage}", "our_post": "Manager", "our_email": f"l{stage}@{of}-council.example",
        "their_name": f"{other.title()} {stage}", "their_post": "Manager", "their_email": "",
    }  # fmt: skip


def a_matter(it: Partners, **more: Any) -> dict[str, Any]:
    return {
        "from_id": str(it.swale), "about": str(it.refuge), "theme": "research", "immediate_risk": "no",
        "reference": "MC-7", "words": "Research came late.", **sides("swale", "refuge"), **more,
    }  # fmt: skip


@pytest.mark.rule("COM-1", "COM-2", "COM-3", "COM-4", "COM-7")
def test_the_whole_story_of_a_stage_four_complaint_from_each_persons_seat(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    it = partners(house)
    ours, theirs = comes("delegate", organisation_id=it.swale), comes("escalation_contact", organisation_id=it.refuge)
    assert "/complaints/new" in ours.get("/complaints/turns").text
    wrong = ours.send("/complaints/new", a_matter(it, about=str(it.swale), words="x" * 2001))
    assert wrong.status_code == 422
    assert "An organisation cannot complain about itself." in wrong.text
    assert "Rule" not in wrong.text or "COM-1" in wrong.text
    stranger = ours.send("/complaints/new", a_matter(it, from_id=str(it.refuge)))
    assert stranger.status_code == 422, "only one's own organisation is on offer"
    raised = ours.send("/complaints/new", a_matter(it))
    here = raised.headers["Location"]
    [complaint] = every(house, Complaint)
    assert here == f"/complaints/{complaint.id}"

    assert "It is your turn." in theirs.get(here).text
    assert "1 complaint waits for you" in theirs.get("/").text.replace("</span>", "").replace(
        '<span class="hub-card__number">', ""
    )
    assert theirs.get(f"{here}/resolution").status_code == 303, "not theirs to resolve"
    early = ours.send(f"{here}/escalation", sides("swale", "refuge", 2))
    assert early.status_code == 409
    assert "COM-2" in early.text
    for who in (ours, theirs):
        assert who.send(f"{here}/discussions", TALKED).status_code == 303
    assert "We &lt;b&gt;talked&lt;/b&gt;." in ours.get(here).text
    assert ours.send(f"{here}/escalation", sides("swale", "refuge", 2)).status_code == 303
    assert theirs.send(f"{here}/discussions", TALKED).status_code == 303
    assert ours.send(f"{here}/discussions", TALKED).status_code == 303
    assert ours.get(f"{here}/escalation").status_code == 200
    refused = ours.send(f"{here}/escalation", sides("swale", "refuge", 3))
    assert (refused.status_code, "COM-3" in refused.text) == (409, True)
    told = {"to_name": "Dee Rector", "to_post": "Assistant director", "answer_by-day": ""}
    empty = ours.send(f"{here}/report", told | {"report": (io.BytesIO(b""), "report.pdf")})
    assert (empty.status_code, "Choose a file that is not empty." in empty.text) == (422, True)
    assert ours.send(f"{here}/report", told | {"report": (io.BytesIO(a_pdf()), "r.pdf")}).status_code == 303
    page = theirs.get(here).text
    link = next(part.partition('"')[0] for part in page.split('href="') if "/reports/" in part)
    assert theirs.get(link).data == a_pdf()
    assert len(logged(house, "complaint.report_read")) == 1
    assert 'value="Dee Rector"' in ours.get(f"{here}/escalation").text
    assert ours.send(f"{here}/escalation", sides("swale", "refuge", 3)).status_code == 303
    assert ours.send(f"{here}/discussions", TALKED).status_code == 303
    chair = comes("executive_chair")
    assert chair.get(here).status_code == 404, "not before stage 4"
    assert ours.send(f"{here}/report", told | {"words": "All of it."}).status_code == 303
    assert ours.send(f"{here}/escalation", sides("swale", "refuge", 4)).status_code == 303

    assert "complaint waits for you" in chair.get("/").text
    assert "Give your final resolution" in chair.get(here).text
    assert "The Refuge recorded" not in chair.get(here).text
    assert "Refuge recorded nothing at stage 3" in chair.get(here).text
    assert ours.get(f"{here}/final").status_code == 403
    assert chair.send(f"{here}/final", {"resolution": " "}).status_code == 422
    assert chair.send(f"{here}/final", {"resolution": "Both change."}).status_code == 303
    for who in (ours, theirs, chair, comes("hub_coordinator")):
        text = who.get(here).text
        assert "Both change." in text
        assert "Resolved by the chair: final" in text
        assert who.get(f"{here}/discussions").status_code in (303, 404)
    assert again(it, complaint).status == "final"


@pytest.mark.rule("COM-7", "ROL-4")
def test_whoever_is_not_in_it_is_told_that_there_is_no_such_complaint(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    it = partners(house)
    complaint = at_stage(it, 4, reference="MC-7")
    here = f"/complaints/{complaint.id}"
    for roles in (("steering_member",), ("ig_officer",), ("delegate",), ("steering_member", "ig_officer")):
        who = comes(*roles)
        for address in (here, f"{here}/discussions", f"{here}/escalation", f"{here}/resolution", f"{here}/again"):
            assert who.get(address).status_code == 404, (roles, address)
        assert "MC-7" not in who.get("/complaints?which=all").text
        assert who.get(f"{here}/report").status_code in (403, 404)
        assert who.get(f"{here}/final").status_code == 403
    assert "MC-7" in comes("hub_coordinator").get("/complaints").text
    assert "MC-7" in comes("executive_chair").get("/complaints").text


@pytest.mark.rule("COM-4")
def test_one_that_is_resolved_is_taken_up_again_and_a_side_is_named_anew(sqlite_app: Flask, comes: Comes) -> None:
    it = partners(house_of(sqlite_app))
    complaint = a_complaint(it)
    ours, hub = comes("delegate", organisation_id=it.swale), comes("hub_coordinator")
    here = f"/complaints/{complaint.id}"
    assert "Swale manager 1" in ours.get(f"{here}/side").text
    named = {"our_name": "Ida Nash", "our_post": "Team manager", "our_email": ""}
    assert ours.send(f"{here}/side", named).status_code == 303
    assert hub.send(f"{here}/side", named).status_code == 422, "the hub says for whom"
    assert hub.send(f"{here}/side", named | {"on_behalf": str(it.refuge)}).status_code == 422
    assert hub.send(f"{here}/discussions", TALKED | {"on_behalf": str(it.swale)}).status_code == 303
    assert "Ida Nash" in ours.get(here).text
    assert ours.send(f"{here}/resolution", {"outcome": " "}).status_code == 422
    assert ours.send(f"{here}/resolution", {"outcome": "Day three."}).status_code == 303
    assert ours.get(f"{here}/escalation").headers["Location"] == here
    more = {"immediate_risk": "yes", "words": "Again late.", **sides("swale", "refuge")}
    done = ours.send(f"{here}/again", more)
    assert done.status_code == 303
    assert done.headers["Location"] != here
    assert "takes up again" in ours.get(done.headers["Location"]).text.replace("It takes", "takes")
    assert ours.get(f"{here}/again").headers["Location"] == here
    # Saturday: the next working day.
    assert "23 November 2026" in ours.get(done.headers["Location"]).text


@pytest.mark.rule("COM-5")
def test_lists_are_searched_sorted_and_taken_away_and_turns_are_shown_to_each(
    sqlite_app: Flask, clock: FixedClock, comes: Comes
) -> None:
    it = partners(house_of(sqlite_app))
    first = a_complaint(it, reference="MC-1")
    a_complaint(it, reference="MC-2", theme="plan", immediate_risk=True)
    records(it, first, it.theirs)
    clock.move(timedelta(days=3))
    hub, theirs = comes("hub_coordinator"), comes("delegate", organisation_id=it.refuge)
    for asked, fits in (("search=mc-1", True), ("search=2026-1", True), ("search=2026-2", False), ("theme=plan", False),
                        ("stage=2", False), ("which=overdue", False), ("which=mine", False), ("sort=-raised", True),
                        ("sort=moon&which=rubbish&stage=9", True), ("search=swale&which=waiting", True)):  # fmt: skip
        assert ("Case MC-1" in hub.get(f"/complaints?{asked}").text) is fits, asked
    assert "MC-2" in hub.get("/complaints?which=overdue").text
    taken = hub.get("/complaints/export.csv?which=all").text
    assert "MC-1" in taken
    assert "late" not in taken.casefold().replace("research late or missing", "").replace("latest", ""), "no free text"
    turns = theirs.get("/complaints/turns").text
    mine, waiting = turns.index("My turn"), turns.index("Waiting for others")
    assert mine < turns.index("2026-2", mine) < waiting < turns.index("2026-1", waiting)
    assert "My turn (" not in hub.get("/complaints/turns").text

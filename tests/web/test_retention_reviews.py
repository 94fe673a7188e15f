"""Reviews of records by page, without JavaScript: the queue, a decision, several at once, two reviewers (RET-3, 4, 7)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from compliance.app import house_of
from tests.builders.identity import logged
from tests.builders.retention import as_sent, fallen_due, finding, kept, records, reviews
from tests.support.browser import axe, shuts_nobody_out
from tests.web.conftest import Comes, Seat

HERE = "/retention/reviews"


@pytest.mark.rule("RET-3", "RET-4")
def test_a_record_falls_due_is_found_in_the_queue_and_decided(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    officer = comes("ig_officer", full_name="Io Gov")
    kept(house)
    it = fallen_due(house)["R-1"]
    assert "/retention/reviews" in officer.get("/").text
    queue = officer.get(HERE).text
    assert "1 review waits" in queue
    assert f"{HERE}/{it.id}" in queue
    assert "No review fits" in officer.get(f"{HERE}?search=nothing").text
    page = officer.get(f"{HERE}/{it.id}").text
    assert "It waits for Io Gov, by the end of 18 December 2026" in page
    assert "Group 2" in page
    assert "Decide with like records" not in page

    form = officer.get(f"{HERE}/{it.id}/decision").text
    assert form.count("To be confirmed by the information governance officer.") == 8
    assert "They are to be confirmed" in form
    refused = officer.send(f"{HERE}/{it.id}/decision", as_sent(finding()) | {"reason": " ", "answer_risk": ""})
    assert refused.status_code == 422
    assert "Answer this question." in refused.text
    assert "Say why." in refused.text
    assert reviews(house)["R-1"].status == "open"

    done = officer.send(f"{HERE}/{it.id}/decision", as_sent(finding(next_on=date(2030, 1, 2))))
    assert (done.status_code, done.headers["Location"]) == (303, f"{HERE}/{it.id}")
    page = officer.get(f"{HERE}/{it.id}").text
    assert "It is still needed." in page
    assert "The next review was set for 2 January 2030" in page
    assert officer.get(f"{HERE}/{it.id}/decision").status_code == 303
    assert records(house)["R-1"].next_review_on == date(2030, 1, 2)
    assert "R-1" in officer.get(f"{HERE}?which=retained").text


@pytest.mark.rule("RET-4", "RET-11")
def test_the_second_of_two_reviewers_is_told_and_keeps_what_they_typed(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    first, second = comes("ig_officer"), comes("hub_supervisor")
    kept(house, group=3, opened_on=date(2021, 11, 20))
    it = fallen_due(house)["R-1"]
    address = f"{HERE}/{it.id}/decision"
    read = second.get(address)
    early = first.send(address, as_sent(finding("dispose", answer="no")))
    assert early.status_code == 409
    assert "Rule RET-11" in early.text
    assert first.send(address, as_sent(finding())).status_code == 303

    late = second.again(read, address, as_sent(finding("regroup", group=2)))

    assert late.status_code == 409
    assert "Somebody has already decided this review" in late.text
    assert "It is still needed." in late.text
    assert records(house)["R-1"].groups == "3"


@pytest.mark.rule("RET-4")
def test_like_reviews_are_decided_together_each_with_its_own_record(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    officer = comes("ig_officer")
    for number in range(4):
        kept(house, f"R-{number}")
    kept(house, "R-other", kind="referral")
    kept(house, "R-first", group=3, opened_on=date(2020, 1, 1))
    made = fallen_due(house)
    address = f"{HERE}/{made['R-0'].id}/together"
    assert "Decide with like records" in officer.get(f"{HERE}/{made['R-0'].id}").text
    offered = officer.get(address).text
    assert "R-other" not in offered
    assert "R-first" not in offered
    values = {name: f"{made[name].id}.{records(house)[name].revision}" for name in made}
    kept(house, "R-1", subject="S-1")
    chosen = [values[name] for name in ("R-0", "R-1", "R-2", "R-other")]
    nothing = officer.send(address, as_sent(finding()))
    assert nothing.status_code == 422
    assert "Choose at least one review." in nothing.text

    done = officer.send(address, as_sent(finding()) | {"reviews": chosen})

    assert "2 reviews are decided" in done.text
    assert ">R-2</a>: decided" in done.text
    assert "Something was told of this record while you read it" in done.text
    assert "Only reviews of like records are decided together" in done.text
    left = {name: each.status for name, each in reviews(house).items()}
    assert left == dict.fromkeys(made, "open") | {"R-0": "decided", "R-2": "decided"}
    assert [entry.event for entry in logged(house, "retention_review.retained")] == ["retention_review.retained"] * 2


@pytest.mark.rule("RET-7")
def test_a_review_is_asked_for_handed_over_and_exported(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    officer, hub = comes("ig_officer", full_name="Io Gov"), comes("hub_coordinator")
    kept(house, opened_on=date(2026, 1, 2))
    wrong = hub.send(f"{HERE}/new", {"reference": "R-9", "trigger": "regroup"})
    assert wrong.status_code == 422
    assert "There is no record of this reference" in wrong.text
    assert hub.send(f"{HERE}/new", {"reference": "R-1", "trigger": "subject_request"}).status_code == 303
    it = reviews(house)["R-1"]
    assert hub.get(f"{HERE}/{it.id}").status_code == 200
    assert hub.get(f"{HERE}/{it.id}/decision").status_code == 403
    again = hub.send(f"{HERE}/new", {"reference": "R-1", "trigger": "regroup"})
    assert again.status_code == 409

    other = comes("hub_supervisor", full_name="Sol Pine")
    assert other.account is not None
    taken = other.send(f"{HERE}/{it.id}/reviewer", {"reviewer": str(other.account.person.id)})
    assert taken.status_code == 303
    assert "It waits for Sol Pine" in officer.get(f"{HERE}/{it.id}").text
    file = other.get(f"{HERE}/export.csv?which=open").text
    assert "R-1" in file
    assert "subject_request" in file
    assert officer.get(f"{HERE}/export.exe").status_code == 404


@pytest.mark.rule("RET-1", "RET-4")
def test_whoever_may_not_review_learns_neither_reasons_nor_what_tells_a_birth(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    officer, steering = comes("ig_officer"), comes("hub_coordinator")
    kept(house, group=1, born_on=date(1984, 2, 28))
    it = fallen_due(house)["R-1"]
    assert "2084" in officer.get(f"{HERE}/{it.id}").text
    assert officer.send(f"{HERE}/{it.id}/decision", as_sent(finding())).status_code == 303

    page = steering.get(f"{HERE}/{it.id}").text

    assert "2084" not in page
    assert "still needed" not in page


@pytest.mark.rule("RET-3", "RET-4")
def test_nobody_is_shut_out_of_the_pages(sqlite_app: Flask, comes: Comes, seat: Seat) -> None:
    house, officer = house_of(sqlite_app), comes("ig_officer", full_name="Io Gov")
    for number in range(3):
        kept(house, f"R-{number}", kind="referral")
    kept(house, "R-young", group=3, opened_on=date(2021, 1, 5))
    made = fallen_due(house)
    here, done = f"{HERE}/{made['R-0'].id}", f"{HERE}/{made['R-2'].id}"
    assert officer.send(f"{done}/decision", as_sent(finding())).status_code == 303
    page = seat(officer)
    steps = (f"{here}/{step}" for step in ("decision", "together", "reviewer"))
    shuts_nobody_out(page, HERE, f"{HERE}/new", here, done, *steps)
    page.goto(f"{here}/together")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Decide these").click()
    assert page.get_by_text("There is a problem").is_visible()
    axe(page)

"""Records and holds by page, without JavaScript: figures that lead to their rows, a record's line, a hold from end to end (RET-1, 6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from compliance.app import house_of
from retention.holds.models import RetentionHold
from retention.reviews import deciding
from tests.builders import exceptions
from tests.builders.identity import every, logged, someone
from tests.builders.licences import an_organisation
from tests.builders.retention import RECORDS, a_keeper, an_event, fallen_due, finding, kept, records, reviews
from tests.support.browser import axe, shuts_nobody_out
from tests.web.conftest import Comes, Seat

HERE = "/retention"


def a_hold(**said: Any) -> dict[str, str]:
    """A hold on one record as the form sends it, unless told otherwise."""
    review = {"review_on-day": "21", "review_on-month": "5", "review_on-year": "2027"}
    return (
        {"ground": "inquiry", "reach": "record", "value": "R-1", "organisation": "", "reason": "Asked for."}
        | review
        | said
    )


@pytest.mark.rule("RET-3")
def test_each_figure_leads_to_its_records(sqlite_app: Flask, comes: Comes) -> None:
    house, officer = house_of(sqlite_app), comes("ig_officer")
    assert officer.get(HERE).status_code == 200
    kept(house, "R-late")
    kept(house, "R-soon", opened_on=date(2016, 12, 5))
    kept(house, "R-2029", opened_on=date(2019, 2, 5))
    kept(house, "R-young", group=1, opened_on=date(2020, 2, 5), born_on=date(1990, 1, 1))

    page = officer.get(HERE).text

    assert "1 record is overdue for review" in page
    assert 'href="/retention/records?which=overdue"' in page
    assert "not shown for 1 record" in page
    assert "R-late" in officer.get(f"{HERE}/records?which=overdue").text
    for question, there in (
        ("due=quarter", "R-soon"), ("due=over", "R-late"), ("due=2029", "R-2029"), ("due=2030", "R-young"),
        ("ends=2026", "R-soon"), ("ends=over", "R-late"), ("group=1", "R-young"), ("search=29", "R-2029"),
    ):  # fmt: skip
        shown = officer.get(f"{HERE}/records?{question}").text
        assert {each for each in ("R-late", "R-soon", "R-2029", "R-young") if f">{each}<" in shown} == {there}, question
    assert "R-young" in officer.get(f"{HERE}/records/export.csv?sort=-opened").text
    assert "2090" not in officer.get(f"{HERE}/records/export.csv").text
    assert officer.get(f"{HERE}/records?due=1066").status_code == 422


@pytest.mark.rule("RET-1", "RET-5")
def test_the_page_of_a_record_says_why_draws_its_time_and_what_stands_in_the_way(
    sqlite_app: Flask, comes: Comes
) -> None:
    house, officer = house_of(sqlite_app), comes("ig_officer")
    kept(house, "R-1", opened_on=date(2016, 11, 20))
    a_keeper(sqlite_app).post(f"{RECORDS}/R-1/events", an_event(happened_on="2018-06-01"))
    fallen_due(house)
    address = f"{HERE}/records/{records(house)['R-1'].id}"

    page = officer.get(address).text

    assert "the last was on 1 June 2018, so until 1 June 2028" in page
    assert (
        "From 20 November 2016: 1 relevant event. The first day on which it may be disposed of is 1 June 2028." in page
    )
    for each in (
        "its minimum period is not over",
        "a review of it is open",
        "New offence",
        "Fell due for review, still open",
    ):
        assert each in page
    assert page.count("hub-time__mark ") == page.count('data-label="What"') == 5
    assert [entry.reference for entry in logged(house, "retention_record.viewed")] == ["R-1"]


@pytest.mark.rule("RET-1", "DEC-6")
def test_the_end_of_group_1_is_shown_to_reviewers_alone_and_a_conflict_hides_the_record(
    sqlite_app: Flask, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    officer, hub, apart = comes("ig_officer"), comes("hub_coordinator"), comes("ig_officer")
    kept(house, "R-1", group=1, born_on=date(1990, 4, 7), opened_on=date(2020, 1, 2))
    record = records(house)["R-1"]
    address = f"{HERE}/records/{record.id}"

    assert "7 April 2090" in officer.get(address).text
    told = hub.get(address).text
    assert "2090" not in told
    assert "kept until its subject reaches 100 years of age" in told
    assert "No end can be shown" in told

    assert apart.account is not None
    exceptions.kept(house, apart.account.person.id, "R-1")
    assert apart.get(address).status_code == 404
    assert "R-1" not in apart.get(f"{HERE}/records?which=all").text


@pytest.mark.rule("RET-6")
def test_a_hold_is_counted_placed_kept_up_and_lifted(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    supervisor, officer = comes("hub_supervisor", full_name="Sol Pine"), comes("ig_officer", full_name="Io Gov")
    for reference in ("R-1", "R-2"):
        kept(house, reference, subject="S-1")
    new = f"{HERE}/holds/new"
    assert 'value="R-1"' in supervisor.get(f"{new}?reach=record&value=R-1").text
    wrong = supervisor.send(new, a_hold(reason=" ", value=""))
    assert wrong.status_code == 422
    assert "Enter what is held." in supervisor.send(new, a_hold(value="")).text
    assert "Choose the organisation." in supervisor.send(new, a_hold(reach="organisation")).text
    late = supervisor.send(new, a_hold(**{"review_on-year": "2029"}))
    assert "Choose a day after today, and within 366 days." in late.text

    check = supervisor.send(new, a_hold(reach="subject", value="S-1"))

    assert "<strong>2 records</strong> that are kept" in check.text
    assert every(house, RetentionHold) == []
    assert supervisor.again(check, new, {}).status_code == 303
    [hold] = every(house, RetentionHold)
    here = f"{HERE}/holds/{hold.id}"
    page = officer.get(here).text
    assert "Asked for." in page
    assert "Asked for." not in comes("hub_coordinator").get(here).text
    assert "S-1" in officer.get(f"{HERE}/holds?search=s-1&reach=subject&sort=-placed").text
    assert ">R-2<" in officer.get(f"{HERE}/records?hold={hold.id}").text
    assert "R-1" in officer.get(f"{HERE}/records?which=held").text
    again = supervisor.again(check, new, {})
    assert again.status_code == 409
    assert "held on the same ground already" in again.text
    kept_up = {"review_on-day": "1", "review_on-month": "11", "review_on-year": "2027"}
    assert supervisor.send(f"{here}/review", kept_up).status_code == 303
    assert supervisor.get(f"{here}/lift").status_code == 403
    assert "looked at again by the end of 1 November 2027" in officer.get(here).text
    assert "Say why." in officer.send(f"{here}/lift", {"reason": ""}).text

    assert officer.send(f"{here}/lift", {"reason": "It is over."}).status_code == 303

    assert "Io Gov lifted it" in officer.get(here).text
    assert officer.get(f"{here}/lift").status_code == 303
    assert "No hold is in force." in officer.get(f"{HERE}/holds").text
    assert "S-1" in officer.get(f"{HERE}/holds/export.csv?which=lifted").text
    assert officer.get(f"{HERE}/holds/export.exe").status_code == 404


@pytest.mark.rule("RET-6", "IDN-6")
def test_lifting_a_hold_takes_a_fresh_code(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    supervisor, stale = comes("hub_supervisor"), comes("ig_officer", fresh=False)
    check = supervisor.send(f"{HERE}/holds/new", a_hold())
    assert "no record" in check.text
    supervisor.again(check, f"{HERE}/holds/new", {})
    [hold] = every(house, RetentionHold)

    asked = stale.send(f"{HERE}/holds/{hold.id}/lift", {"reason": "It is over."})

    assert asked.status_code == 403
    assert every(house, RetentionHold)[0].lifted_at is None
    assert stale.again(asked, f"{HERE}/holds/{hold.id}/lift", {"fresh_code": stale.code()}).status_code == 303
    assert every(house, RetentionHold)[0].lifted_at is not None


@pytest.mark.rule("RET-6")
def test_the_first_page_says_that_a_hold_is_to_be_looked_at(sqlite_app: Flask, comes: Comes) -> None:
    house, supervisor = house_of(sqlite_app), comes("hub_supervisor")
    check = supervisor.send(
        f"{HERE}/holds/new", a_hold(**{"review_on-day": "22", "review_on-month": "11", "review_on-year": "2026"})
    )
    supervisor.again(check, f"{HERE}/holds/new", {})
    assert "look at again" not in comes("ig_officer").get("/").text

    house.clock.move(timedelta(days=2))  # type: ignore[attr-defined]

    assert "hold to look at again" in comes("ig_officer").get("/").text
    assert "1 hold was" in comes("ig_officer").get(HERE).text


@pytest.mark.rule("RET-1", "RET-6")
def test_nobody_is_shut_out_of_the_pages(sqlite_app: Flask, comes: Comes, seat: Seat) -> None:
    house, officer = house_of(sqlite_app), comes("ig_officer", full_name="Io Gov")
    place = an_organisation(house, "swale")
    for number in range(8):
        kept(house, f"R-{number}", organisation_id=place, opened_on=date(2014 + number, 12, 1))
    kept(house, "R-old", group=1, opened_on=date(2015, 1, 1))
    for number, day in enumerate(("2016-02-01", "2019-05-06", "2019-05-09", "2022-01-01")):
        a_keeper(sqlite_app).post(f"{RECORDS}/R-0/events", an_event(number, happened_on=day))
    made = fallen_due(house)
    with house.work(*someone(house, "ig_officer")) as ctx:
        deciding.decide(ctx, made["R-0"].id, finding())
    for said in (a_hold(value="R-0"), a_hold(reach="organisation", organisation=str(place), value="")):
        officer.again(officer.send(f"{HERE}/holds/new", said), f"{HERE}/holds/new", {})
    assert len(reviews(house)) > 1
    record, hold = records(house)["R-0"].id, every(house, RetentionHold)[0].id
    page = seat(officer)
    paths = (
        "", "/records", f"/records/{record}", f"/records/{records(house)['R-old'].id}", "/holds", "/holds/new",
        f"/holds/{hold}", f"/holds/{hold}/review", f"/holds/{hold}/lift",
    )  # fmt: skip
    shuts_nobody_out(page, *(HERE + path for path in paths))
    page.goto(f"{HERE}/holds/new")
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_text("There is a problem").is_visible()
    axe(page)

"""Disposals by page, without JavaScript: what may go, the manifest, the second person, calling off, certificates (RET-5, RET-8)."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from uuid import uuid4
from zipfile import ZipFile

import pytest
from flask import Flask

from audit.sealing import seal_all
from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.jobs import run_now
from retention.disposals import jobs
from retention.holds import use_cases as holds
from tests.builders.disposals import (
    agreed,
    certified,
    confirms,
    items,
    may_go,
    proposed,
    reviewed,
    the_manifest,
    waited,
)
from tests.builders.exceptions import kept as kept_from
from tests.builders.identity import logged, someone
from tests.builders.retention import records
from tests.web.conftest import Comes

HERE, REGISTER = "/retention/disposals", "/retention/certificates"


@pytest.mark.rule("RET-5", "RET-8", "ROL-3")
def test_records_are_ticked_proposed_agreed_to_and_called_off_by_page(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    first, _, held = may_go(sqlite_app, "R-1", "R-2", "R-3")
    may_go(sqlite_app, "R-4", decision="retain")
    with house.work(*someone(house, "ig_officer")) as ctx:
        holds.place(ctx, ground="inquiry", reach="record", value="R-3", reason="Asked for.", review_on=date(2027, 5, 1))
    supervisor, officer = comes("hub_supervisor", full_name="Sol Pine"), comes("ig_officer", full_name="Io Gov")
    ready = supervisor.get(f"{HERE}/ready").text
    assert ready.count('name="record"') == 2
    assert "R-3" not in ready
    assert "Not now: a hold is on it" in supervisor.get(f"{HERE}/ready?which=in_the_way").text
    assert "R-4" not in supervisor.get(f"{HERE}/ready?which=all").text
    assert "No record fits" in supervisor.get(f"{HERE}/ready?search=nothing").text
    nothing = supervisor.get(f"{HERE}/new", follow_redirects=True)
    assert nothing.status_code == 422
    assert "Choose at least one record." in nothing.text

    asked = f"{HERE}/new?record={first.id}&record={held.id}&record=nonsense&record={uuid4()}"
    shown = supervisor.get(asked).text
    assert "1 record is left out" in shown
    assert "R-3, since a hold is on it" in shown
    assert "10 January 2025" in shown
    empty = supervisor.send(asked, {"reason": " "}, to=f"{HERE}/new")
    assert empty.status_code == 422
    assert "Say why" in empty.text
    done = supervisor.again(empty, f"{HERE}/new", {"reason": "Their time is over."})
    assert done.status_code == 303
    it = the_manifest(house)
    assert done.headers["Location"] == f"{HERE}/{it.id}"
    page = supervisor.get(f"{HERE}/{it.id}").text
    assert "It waits for a <strong>second person</strong>" in page
    assert it.digest.hex() in page

    proposal = officer.get(f"/proposals/{it.proposal_id}").text
    assert f"{HERE}/{it.id}" in proposal
    assert "R-1" in proposal
    assert "minimum period over by 10 January 2025" in proposal
    assert officer.send(f"/proposals/{it.proposal_id}/approval").status_code == 303
    page = officer.get(f"{HERE}/{it.id}").text
    assert "Nobody has to do anything" in page
    assert "Io Gov" in page
    assert officer.send(f"{HERE}/{it.id}/call-off").status_code == 303
    assert "Called off" in officer.get(f"{HERE}/{it.id}").text
    assert officer.get(f"{HERE}/{it.id}/call-off").status_code == 303
    assert "DM-2026-1" not in officer.get(HERE).text
    assert "DM-2026-1" in officer.get(f"{HERE}?which=called_off&search=dm-2026-1").text
    assert "DM-2026-1" in officer.get(f"{HERE}?which=all&search=R-1").text
    assert "No manifest fits" in officer.get(f"{HERE}?which=all&search=R-2").text
    assert supervisor.get(f"{HERE}/ready").text.count('name="record"') == 2


@pytest.mark.rule("RET-8", "ROL-3")
def test_a_disposal_asks_for_a_fresh_code_and_carries_on_with_what_was_typed(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    [it] = may_go(sqlite_app, "R-1")
    supervisor = comes("hub_supervisor", fresh=False)
    asked = supervisor.send(f"{HERE}/new?record={it.id}", {"reason": "It is over."}, to=f"{HERE}/new")
    assert asked.status_code == 403
    assert items(house) == {}

    done = supervisor.again(asked, f"{HERE}/new", {"fresh_code": supervisor.code()})

    assert done.status_code == 303
    assert items(house)["R-1"].status == "frozen"


@pytest.mark.rule("RET-5")
def test_whatever_came_in_between_is_said_and_the_others_can_go_on(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    first, second = may_go(sqlite_app, "R-1", "R-2")
    supervisor = comes("hub_supervisor")
    page = supervisor.get(f"{HERE}/new?all=1&group=3")
    assert "2 records are frozen" in page.text
    reviewed(house, second, None)

    late = supervisor.again(page, f"{HERE}/new", {"reason": "They are over."})

    assert late.status_code == 409
    assert "R-2, since a review of it is open" in late.text
    assert "They are over." in late.text
    assert supervisor.again(late, f"{HERE}/new", {"reason": "They are over."}).status_code == 303
    assert set(items(house)) == {first.reference}


@pytest.mark.rule("RET-8")
def test_calling_off_what_waits_for_a_second_person_leaves_nothing_to_decide(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    it = proposed(house, *may_go(sqlite_app, "R-1"))
    officer, other = comes("ig_officer"), comes("hub_supervisor")
    assert f"/proposals/{it.proposal_id}" in officer.get("/proposals").text
    read = officer.get(f"/proposals/{it.proposal_id}/approval")

    assert other.send(f"{HERE}/{it.id}/call-off").status_code == 303

    assert "Nothing waits for you." in officer.get("/proposals").text
    assert officer.again(read, f"/proposals/{it.proposal_id}/approval", {}).status_code == 409
    assert items(house)["R-1"].status == "called_off"


@pytest.mark.rule("RET-8")
def test_what_is_not_confirmed_is_seen_on_the_first_page_and_on_the_manifest(
    sqlite_app: Flask, clock: FixedClock, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    it = proposed(house, *may_go(sqlite_app, "R-1", "R-2"))
    agreed(house, it)
    waited(house, clock)
    confirms(sqlite_app, items(house)["R-2"].id)
    officer = comes("ig_officer")
    assert "The case system</strong> has to confirm 1 of 2 records" in officer.get(f"{HERE}/{it.id}").text
    assert "not confirmed in time" not in officer.get("/").text

    clock.move(timedelta(days=21))
    run_now(house, jobs.CHASE)
    officer = comes("ig_officer")

    assert "disposal was not confirmed in time" in officer.get("/").text
    assert "DM-2026-1" in officer.get(f"{HERE}?which=late").text
    page = officer.get(f"{HERE}/{it.id}").text
    assert "1 record was not confirmed in 7 days" in page
    assert "The hub was told on 26 December 2026" in page


@pytest.mark.rule("RET-8")
def test_a_certificate_is_found_read_and_taken_away_and_each_time_the_log_says_so(
    sqlite_app: Flask, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    steering = comes("steering_member")
    assert "Nothing has been disposed of yet." in steering.get(REGISTER).text
    [first, _] = [certified(house, it) for it in may_go(sqlite_app, "R-1", "R-2")]
    seal_all(house)
    listed = steering.get(f"{REGISTER}?search=R-1&method=erased&group=3&sort=-disposed").text
    assert f"{REGISTER}/{first.id}" in listed
    assert "R-2" not in listed
    assert "R-2" in steering.get(f"{REGISTER}?search=2").text
    assert "No certificate fits" in steering.get(f"{REGISTER}?since-day=1&since-month=1&since-year=2030").text

    page = steering.get(f"{REGISTER}/{first.id}").text
    [entry, _] = logged(house, "disposal.confirmed")
    for said in ("10 January 2025", "RET-1/3", "Erased", "MARAC supervisor, account ", entry.hash.hex()):
        assert said in page
    paper = steering.get(f"{REGISTER}/{first.id}/certificate.pdf")
    assert paper.data.startswith(b"%PDF")
    bundle = steering.get(f"{REGISTER}/{first.id}/proof.zip")
    with ZipFile(io.BytesIO(bundle.data)) as held:
        events = [json.loads(line)["event"] for line in held.read("entries.ndjson").decode().splitlines()]
    steps = ("proposed", "approved", "instructed", "confirmed")
    assert events == [f"disposal.{step}" for step in steps]
    forms = [json.loads(each.detail)["form"] for each in logged(house, "disposal.certified")]
    assert forms == ["pdf", "zip"]
    assert len(logged(house, "disposal.certificate_viewed")) == 1
    for path in (f"{REGISTER}/export.csv", f"{HERE}/export.json?which=all", f"{HERE}/ready/export.xlsx"):
        assert steering.get(path).status_code == 200
    assert "R-1" in steering.get(f"{HERE}/{first.manifest_id}/export.csv").text
    assert steering.get(f"{REGISTER}/export.exe").status_code == 404
    taken = [json.loads(each.detail)["what"] for each in logged(house, "list.exported")]
    assert taken == ["certificates-of-disposal", "disposals", "records-to-dispose-of", "disposal"]


@pytest.mark.rule("RET-8")
def test_nothing_that_is_no_certificate_has_one_and_only_who_may_proposes(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    it = proposed(house, *may_go(sqlite_app, "R-1"))
    coordinator = comes("hub_coordinator")
    for end in ("", "/certificate.pdf", "/proof.zip"):
        assert coordinator.get(f"{REGISTER}/{items(house)['R-1'].id}{end}").status_code == 404
    assert coordinator.get(f"{HERE}/{it.id}").status_code == 200
    assert coordinator.get(f"{HERE}/new?record={records(house)['R-1'].id}").status_code == 403
    assert coordinator.get(f"{HERE}/{it.id}/call-off").status_code == 403
    assert comes("delegate").get(HERE).status_code == 403


@pytest.mark.rule("DEC-6", "RET-8")
def test_whoever_is_kept_from_a_case_learns_nothing_of_its_disposal(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    one, two, three = may_go(sqlite_app, "R-1", "R-2", "R-3")
    officer = comes("ig_officer")
    assert officer.account is not None
    kept_from(house, officer.account.person.id, "R-1")
    kept_from(house, officer.account.person.id, "R-3")
    assert "R-1" not in officer.get(f"{HERE}/ready?which=all").text
    assert "R-2" in officer.get(f"{HERE}/ready?which=all").text
    refused = officer.send(f"{HERE}/new?record={two.id}", {"records": str(one.id), "reason": "Over."}, to=f"{HERE}/new")
    assert refused.status_code == 404
    it, gone = proposed(house, one, two), certified(house, three)

    assert officer.get(f"{HERE}/{it.id}").status_code == 404
    assert officer.get(f"{HERE}/{it.id}/call-off").status_code == 404
    assert officer.get(f"/proposals/{it.proposal_id}").status_code == 404
    assert "DM-2026" not in officer.get(f"{HERE}?which=all").text
    assert officer.get(f"{REGISTER}/{gone.id}").status_code == 404
    assert "Nothing has been disposed of yet." in officer.get(REGISTER).text
    assert not [each for each in logged(house, "notice.written") if each.subject_id == str(officer.account.person.id)]

"""The schedule of our own records as a page: each kind, its rule, what is due and when it last ran (RET-9)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.jobs import Stopping, run_due
from policies.values import packaged
from tests.builders import own
from tests.builders.identity import logged
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat

HERE = "/retention/own-records"


@pytest.mark.rule("RET-9")
def test_each_kind_says_how_long_how_many_are_due_and_what_the_last_run_did(
    sqlite_app: Flask, comes: Comes, clock: FixedClock
) -> None:
    house = house_of(sqlite_app)
    own.a_replaced_contact(house)
    own.a_stray_file(house)
    clock.move(timedelta(days=366))
    officer = comes("ig_officer")

    page = officer.get(HERE).text
    assert page.count("<tr") == len(packaged().own_records) + 1
    assert "365 days after the contact ended" in page
    assert "1 day after the answer was given" in page
    assert "8 hours after the draft was made" in page
    assert "never shortened (AUD-4)" in page
    due = officer.get(f"{HERE}?which=due&sort=-due").text
    assert "Contacts of organisations that were replaced" in due
    assert "Files that nothing refers to any more" in due
    assert "Complaints between partners" not in due
    confirmed = officer.get(f"{HERE}?search=heartbeats").text
    assert "To be confirmed" not in confirmed[confirmed.index("<table") :]
    assert "To be confirmed" in due[due.index("<table") :]
    assert "No kind fits" in officer.get(f"{HERE}?search=zebra").text
    assert "Not yet" in officer.get(f"{HERE}?search=contacts").text

    run_due(house, own.job("contacts"), Stopping())

    ran = officer.get(f"{HERE}?search=contacts").text
    assert "1 of 1 done" in ran
    assert "Contacts of organisations" not in officer.get(f"{HERE}?which=due").text


@pytest.mark.rule("RET-9", "AUD-1")
def test_the_schedule_leaves_as_a_file_and_that_is_in_the_log(sqlite_app: Flask, comes: Comes) -> None:
    officer = comes("ig_officer")

    sent = officer.get(f"{HERE}/export.json?which=unconfirmed")

    rows = json.loads(sent.text)["rows"]
    assert {row["Confirmed by the officer"] for row in rows} == {"to be confirmed"}
    assert {row["Kind"] for row in rows} == {
        rule.name for rule in packaged().own_records.values() if not rule.confirmed
    }
    assert len(logged(house_of(sqlite_app), "list.exported")) == 1
    assert comes("delegate").get(HERE).status_code == 403


@pytest.mark.rule("RET-9")
def test_nobody_is_shut_out_of_the_page(sqlite_app: Flask, comes: Comes, seat: Seat) -> None:
    own.a_replaced_contact(house_of(sqlite_app))
    paths = (HERE, f"{HERE}?which=timed&sort=-kept", f"{HERE}?search=zebra")
    shuts_nobody_out(seat(comes("ig_officer")), *paths)

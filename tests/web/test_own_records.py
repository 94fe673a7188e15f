"""The schedule of our own records as a page: each kind, its rule, what is due and when it last ran (RET-9)."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.jobs import Stopping, run_due
from policies.values import packaged
from tests.builders import own
from tests.builders.identity import logged
from tests.support.browser import NewPage, axe
from tests.web.conftest import Comes

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
def test_nobody_is_shut_out_of_the_page(sqlite_app: Flask, comes: Comes, new_page: NewPage) -> None:
    own.a_replaced_contact(house_of(sqlite_app))
    officer = comes("ig_officer")
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        root = f"http://127.0.0.1:{server.port}"
        session = officer.client.get_cookie("session")
        assert session is not None
        for width in (1280, 320):
            page = new_page(viewport={"width": width, "height": 900})
            page.context.add_cookies([{"name": "session", "value": session.value, "url": root}])
            for address in (HERE, f"{HERE}?which=timed&sort=-kept", f"{HERE}?search=zebra"):
                page.goto(f"{root}{address}")
                axe(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    finally:
        server.shutdown()
        serving.join()

"""Reports at the people's door: counted, issued, read, compared, and taken away in each form (GOV-1, GOV-4)."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.governance.reports.models import IssuedReport
from tests.builders.facts import told
from tests.builders.identity import an_employer, every, logged
from tests.web.conftest import Comes

NOW = "/reports/now?kind=steering_pack&period=2026Q4"


@pytest.mark.rule("GOV-1")
def test_the_manager_counts_issues_and_takes_it_away_and_the_group_reads_it(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    place = an_employer(house, "Harbour Refuge")
    manager, member = comes("hub_manager"), comes("steering_member")

    page = manager.get(NOW).text
    assert "October to December 2026 is not over" in page
    assert "Issue it as it is" in page
    assert "Issue it as it is" not in member.get(NOW).text
    done = manager.send(NOW, {}, to="/reports/now/steering_pack/2026Q4")
    assert done.status_code == 303, done.text
    here = done.headers["Location"]
    [it] = every(house, IssuedReport)

    read = member.get(here)
    assert read.status_code == 200
    assert "What needs a decision from you" in read.text
    assert it.sha256 in read.text
    assert "Every figure is still what the registers have." in member.get(f"{here}/since").text

    again = manager.send(NOW, {}, to="/reports/now/steering_pack/2026Q4")
    assert again.status_code == 409
    assert "Rule GOV-1" in again.text

    told(house, place, date(2026, 10, 1), {"meetings_attended": 3, "meetings_missed": 1})
    since = member.get(f"{here}/since").text
    assert "75.0%" in since
    assert "Meetings attended" in since


@pytest.mark.rule("GOV-1", "AUD-1")
def test_each_form_is_handed_out_and_each_time_is_in_the_log(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    an_employer(house, "Harbour Refuge")
    manager = comes("hub_manager")
    here = manager.send(NOW, {}, to="/reports/now/steering_pack/2026Q4").headers["Location"]

    begins = {"pdf": b"%PDF", "xlsx": b"PK", "html": b"<!doctype html>", "json": b"{"}
    for form, begin in begins.items():
        for address in (f"{here}/file.{form}", f"/reports/now/steering_pack/2026Q4.{form}"):
            file = manager.get(address)
            assert file.status_code == 200, address
            assert file.data.startswith(begin)
            assert re.search(rf"steering-pack-2026q4(-1)?\.{form}", file.headers["Content-Disposition"])

    taken = [json.loads(entry.detail or "{}")["form"] for entry in logged(house, "report.exported")]
    assert taken == list(begins)
    counted = [json.loads(entry.detail or "{}")["forms"] for entry in logged(house, "report.counted")]
    assert [forms for forms in counted if forms] == [[form] for form in begins]
    assert manager.get(f"{here}/file.docx").status_code == 404


@pytest.mark.rule("GOV-1", "GOV-4")
@pytest.mark.parametrize(
    ("period", "says"),
    [
        ("2016Q1", "nothing is known of"),
        ("2027Q1", "has not begun"),
        ("spring", "Give a quarter such as 2026Q4"),
        ("2026H1", "Give a quarter such as 2026Q4"),
    ],
)
def test_a_period_that_cannot_be_is_said_beside_its_field(
    sqlite_app: Flask, comes: Comes, period: str, says: str
) -> None:
    an_employer(house_of(sqlite_app))

    page = comes("ig_officer").get(f"/reports/now?kind=steering_pack&period={period}")

    assert page.status_code == 422
    assert says in page.text
    assert f'value="{period}"' in page.text, "what was typed is kept"

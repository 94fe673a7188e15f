"""Themes of complaints as the steering group sees them: charts with their tables, no case and no name (COM-6, COM-7)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from tests.builders.complaints import a_complaint, partners
from tests.web.conftest import Comes


@pytest.mark.rule("COM-6", "COM-7")
def test_the_steering_group_sees_figures_and_takes_them_away(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    member = comes("steering_member")
    assert "Nothing was raised in these quarters." in member.get("/complaints/themes").text
    it = partners(house)
    complaint = a_complaint(it, reference="MC-1042")

    assert 'href="/complaints/themes"' in member.get("/").text, "the menu leads where they may go"
    page = member.get("/complaints/themes").text
    assert "1 complaint was raised from January 2026 on." in page
    assert page.count("<svg class") == 2, "nothing has ended, so there is no picture of how long it took"
    for asked, fits in (("theme=research", "<h2 class=\"govuk-heading-m\">Research late or missing"),
                        ("theme=plan", "Nothing was raised in these quarters."),
                        ("theme=moon&quarters=99&sort=moon", "All themes together"),
                        ("search=nobody", "No organisation fits."), ("quarters=8", "from January 2025 on")):  # fmt: skip
        assert fits in member.get(f"/complaints/themes?{asked}").text, asked
    for what in ("", "/organisations"):
        for form in ("csv", "xlsx", "json"):
            assert member.get(f"/complaints/themes{what}/export.{form}?quarters=8").status_code == 200
    files = [member.get(f"/complaints/themes{what}/export.csv").text for what in ("", "/organisations")]
    assert "Research late or missing" in files[0]
    for told in ("MC-1042", "Sol Reed", "week late", str(complaint.id)):
        assert not any(told in each for each in (page, *files)), told
    assert member.get("/complaints").status_code == 403
    assert member.get(f"/complaints/{complaint.id}").status_code in (403, 404)
    assert comes("delegate").get("/complaints/themes").status_code == 403

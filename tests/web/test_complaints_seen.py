"""Complaints in a real browser: a stage-four story clicked through from each person's seat, and every page wide and narrow, with axe (COM-1 to COM-7)."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from compliance.app import house_of
from tests.builders.complaints import (
    Partners,
    a_complaint,
    again,
    at_stage,
    partners,
    records,
    reports,
    resolves,
)
from tests.builders.signatories import a_pdf
from tests.support.browser import axe, shuts_nobody_out
from tests.web.conftest import Comes, Seat


@pytest.fixture
def it(sqlite_app: Flask) -> Partners:
    return partners(house_of(sqlite_app))


def fill(page: Page, **fields: str) -> None:
    """Type into these fields, as they are called in the form."""
    for name, typed in fields.items():
        page.fill(f"[name='{name}']", typed)


def both_sides(page: Page, stage: int) -> None:
    fill(page, our_name=f"Ash {stage}", our_post="Manager", their_name=f"Bay {stage}", their_post="Manager")


def press(page: Page, words: str) -> None:
    """Press this button or link, and look at what comes with axe."""
    page.click(f"main >> text='{words}'")
    page.wait_for_load_state("load")
    axe(page)


def talk(page: Page, here: str) -> None:
    page.goto(here)
    press(page, "Record a discussion")
    fill(page, **{"held_on-day": "21", "held_on-month": "11", "held_on-year": "2026", "words": "We talked."})
    press(page, "Record")


@pytest.mark.rule("COM-1", "COM-2", "COM-3", "COM-4")
def test_the_story_of_a_stage_four_complaint_clicked_through_by_everybody_in_it(
    it: Partners, comes: Comes, seat: Seat, tmp_path: Path
) -> None:
    ours, theirs = (
        seat(comes("delegate", organisation_id=it.swale)),
        seat(comes("delegate", organisation_id=it.refuge)),
    )
    hub, chair = seat(comes("hub_coordinator")), seat(comes("executive_chair"))
    ours.goto("/complaints/turns")
    press(ours, "Raise a complaint")
    ours.select_option("[name=about]", label="Refuge")
    ours.select_option("[name=theme]", label="Research late or missing")
    ours.check("[name=immediate_risk][value=no]")
    fill(ours, words="Research came late.")
    both_sides(ours, 1)
    press(ours, "Raise the complaint")
    here = ours.url
    theirs.goto("/")
    assert "complaint waits for you" in theirs.inner_text("main")

    talk(ours, here)
    talk(theirs, here)
    press(ours, "Record a discussion")
    ours.goto(here)
    press(ours, "Escalate to stage 2")
    both_sides(ours, 2)
    press(ours, "Escalate")
    for stage in (3, 4):
        talk(ours, here)
        assert not ours.locator(f"text='Escalate to stage {stage}'").count(), "not before its report"
        press(ours, f"Send the report for stage {stage}")
        fill(ours, to_name="Dee Rector", to_post="Director")
        file = tmp_path / f"report-{stage}.pdf"
        file.write_bytes(a_pdf())
        ours.set_input_files("[name=report]", file)
        press(ours, "Send the report")
        press(ours, f"Escalate to stage {stage}")
        both_sides(ours, stage)
        press(ours, "Escalate")

    chair.goto("/complaints/turns")
    chair.press("main table a", "Enter")
    chair.wait_for_url("**/complaints/*-*")
    chair.wait_for_load_state("load")
    axe(chair)
    press(chair, "Give your final resolution")
    fill(chair, resolution="Both change how they work.")
    press(chair, "End the complaint for good")
    for page in (ours, theirs, hub, chair):
        page.goto(here)
        axe(page)
        said = page.inner_text("main")
        assert "Both change how they work." in said
        assert said.count("opened:") == 4
        assert "Refuge recorded nothing at stage 2" in said
        assert page.locator(".moj-timeline__item").count() == 1 + 4 + 4 + 2 + 1


@pytest.mark.rule("COM-2")
def test_nobody_is_shut_out_of_a_page_wide_or_narrow(it: Partners, comes: Comes, seat: Seat) -> None:
    first, second, over = a_complaint(it, immediate_risk=True, reference="MC-7"), at_stage(it, 2), a_complaint(it)
    last = at_stage(it, 4)
    records(it, first, words="We talked. " * 60)
    records(it, second)
    records(it, over)
    resolves(it, over)
    hub, chair = seat(comes("hub_coordinator")), seat(comes("executive_chair"))
    assert reports(it, second).stage == 3
    third = at_stage(it, 3)
    records(it, third)
    pages = {
        hub: (
            "/complaints", "/complaints/turns", "/complaints/new", f"/complaints/{last.id}", f"/complaints/{over.id}",
            f"/complaints/{over.id}/again", f"/complaints/{third.id}/report", f"/complaints/{second.id}",
            *(f"/complaints/{first.id}{step}" for step in ("", "/discussions", "/resolution", "/side", "/escalation")),
        ),
        chair: ("/complaints/turns", f"/complaints/{last.id}", f"/complaints/{last.id}/final"),
    }  # fmt: skip
    for page, paths in pages.items():
        shuts_nobody_out(page, *paths)
    assert again(it, last).status == "open"

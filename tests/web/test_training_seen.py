"""The pages about training and welcome packs in a real Chromium: nothing shuts anybody out, wide or narrow (GOV-7)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.licences.models import Training
from compliance.licences.use_cases import record_training
from signatories.welcome import use_cases as welcoming
from tests.builders.identity import every, someone
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.sheets import an_xlsx
from tests.support.browser import NARROW, WIDE, axe, shuts_nobody_out
from tests.web.conftest import Comes, Seat

LONG = "a-name-without-a-place-to-break-it-" + "in-" * 5 + "two"
ROWS = (
    ("kim@swale.gov.uk", "dash", "", "2026-11-02"),
    (f"{LONG}@swale.gov.uk", "juggling-" * 12, "1066.1", "2026-11-02"),
)


@pytest.mark.rule("GOV-7")
def test_every_page_passes_axe_and_fits_a_narrow_screen(
    sqlite_app: Flask, comes: Comes, seat: Seat, tmp_path: Path
) -> None:
    house = house_of(sqlite_app)
    hub = comes("hub_coordinator")
    shuts_nobody_out(seat(hub), "/training", "/welcome")  # Nobody is there yet.
    seats(house)
    place = an_organisation(house, review_in_days=2000)
    kim = a_licence(house, place, "kim@swale.gov.uk").person_id
    delegate = comes("delegate", organisation_id=place)
    with house.work(*someone(house, "hub_coordinator")) as ctx:
        record_training(ctx, kim, module="dash", done_on=date(2024, 1, 5))
        welcoming.give(ctx, place, given_on=date(2026, 11, 2), items=["protocol"])

    shuts_nobody_out(
        seat(hub), "/training", "/training?which=due", f"/training/{kim}", "/training/list", "/welcome", f"/welcome/{place}",
    )  # fmt: skip
    shuts_nobody_out(seat(delegate), "/", "/training", f"/training/{kim}", "/welcome", f"/welcome/{place}/receipt")

    file = tmp_path / "list.xlsx"
    file.write_bytes(an_xlsx(ROWS, heading=("E-mail", "Module", "Version", "Done on")))
    page = seat(hub)
    page.goto("/training/list")
    page.get_by_label("Your list").set_input_files(file)
    page.get_by_role("button", name="See what would become of each row").click()
    _is_right_wide_and_narrow(page, "What would become of each row")
    page.get_by_role("button", name="Send 1 row").click()
    _is_right_wide_and_narrow(page, "Your list is answered")
    assert [row.done_on for row in every(house, Training) if row.module == "dash"] == [date(2026, 11, 2)]

    sees = seat(delegate)
    sees.goto("/welcome")
    sees.get_by_role("link", name="Confirm that it has arrived").click()
    sees.get_by_role("button", name="Confirm that it has arrived").click()
    assert "It is recorded that the pack has arrived." in sees.inner_text("main")
    _is_right_wide_and_narrow(sees, "Welcome packs")


def _is_right_wide_and_narrow(page: Any, heading: str) -> None:
    """The page that was come to by a form, which no address opens: as it is, at both widths."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        axe(page)
        assert page.inner_text("h1") == heading
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    page.set_viewport_size({"width": WIDE, "height": 800})

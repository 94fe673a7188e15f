"""The pages about outages in a real Chromium: nothing shuts anybody out, wide or narrow, on the day they are wanted."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.governance.outages import holding
from tests.builders import outage_days, outages
from tests.builders.identity import an_employer, someone
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat

REFERENCE = "OFF-" + "2026" * 15
"""As long as a reference may be, and without a place to break it."""


@pytest.mark.rule("GOV-3")
def test_every_page_passes_axe_and_fits_a_narrow_screen(sqlite_app: Flask, comes: Comes, seat: Seat) -> None:
    house, boss = house_of(sqlite_app), someone(house_of(sqlite_app), "hub_manager")
    manager, holder = comes("hub_manager"), comes("hub_coordinator")
    assert holder.account is not None
    shuts_nobody_out(seat(manager), "/outages")  # Nothing is there yet.
    with house.work(*boss) as ctx:
        holding.name_holder(ctx, holder.account.person.id)
    outage_days.a_passphrase(house, manager=boss)
    outages.a_kept_pack(house)
    refuge = an_employer(house, "Harbour Refuge")

    over = outage_days.an_outage(house)
    long = outage_days.taken(house, over, reference=REFERENCE, organisation_id=refuge)
    outage_days.back(house, over)
    it = outage_days.an_outage(house)
    line = outage_days.taken(house, it, organisation_id=refuge)
    here = f"/outages/{it.id}"
    shuts_nobody_out(
        seat(holder), "/", "/outages", "/outages/new", f"/outages/{over.id}",
        f"/outages/{over.id}/taken/{long.id}/left-out", here, f"{here}/expected",
        f"{here}/taken", f"{here}/taken/{line.id}/left-out", "/outages/passphrase",
    )  # fmt: skip
    shuts_nobody_out(seat(manager), "/outages", "/outages/passphrase/turn", "/outages/holders/new")
    shuts_nobody_out(seat(comes("ig_officer")), "/outages", here)

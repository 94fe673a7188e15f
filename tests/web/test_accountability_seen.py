"""Complaints about data, escalations, themes, rates and reports in a real Chromium: nothing shuts anybody out, wide or narrow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from tests.builders.complaints import a_complaint, partners, records, resolves
from tests.builders.data_complaints import a_data_complaint, acknowledged
from tests.builders.escalations import an_escalation, answered, raised
from tests.builders.facts import absent
from tests.builders.identity import an_employer
from tests.builders.reports import an_issued_report
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat, Visitor


def stage(app: Flask, clock: FixedClock) -> dict[str, list[str]]:
    """Something of everything, and the pages that each who comes looks at."""
    house = house_of(app)
    it = partners(house)
    first = a_complaint(it)
    clock.move(timedelta(days=2))
    records(it, first)
    resolves(it, first)
    a_complaint(it, theme="attendance")
    late = a_data_complaint(house, received_on=date(2026, 9, 1), organisation_id=it.swale)
    waits = acknowledged(house, a_data_complaint(house))
    up, asked = an_escalation(house, it.swale), an_escalation(house, an_employer(house), about="actions")
    answered(house, up)
    raised(house, up)
    answered(house, up)
    absent(house, it.swale)
    issued = an_issued_report(house)
    return {
        "ig_officer": [
            "/data-complaints", "/data-complaints/new", f"/data-complaints/{late.id}",
            f"/data-complaints/{late.id}/acknowledgement", f"/data-complaints/{waits.id}",
            *(f"/data-complaints/{waits.id}/{step}" for step in ("progress", "answer")),
        ],
        "steering_member": [
            "/", "/escalations", "/escalations/new", f"/escalations/{up.id}", f"/escalations/{asked.id}",
            *(f"/escalations/{up.id}/{step}" for step in ("raise", "end")), "/complaints/themes",
            "/growth", "/accountability", f"/accountability/{it.swale}", "/reports", f"/reports/{issued.id}", f"/reports/{issued.id}/since",
            "/reports/now?kind=biannual&period=2026H2",
        ],
        "hub_coordinator": [f"/escalations/{asked.id}/answer"],
    }  # fmt: skip


@pytest.mark.rule("COM-6", "COM-9", "GOV-1", "GOV-2")
def test_every_page_passes_axe_and_fits_a_narrow_screen(
    sqlite_app: Flask, clock: FixedClock, comes: Comes, seat: Seat
) -> None:
    looks = stage(sqlite_app, clock)
    visitors: dict[str, Visitor] = {role: comes(role) for role in looks}
    for role, paths in looks.items():
        shuts_nobody_out(seat(visitors[role]), *paths)

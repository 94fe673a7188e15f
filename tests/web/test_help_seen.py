"""Help and growth in a real Chromium: nothing shuts anybody out, wide or narrow, empty or with a long year behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import FloatRect, Locator
from sqlalchemy import insert

from compliance.app import house_of
from compliance.governance.growth import jobs
from compliance.governance.growth.models import GrowthMonth
from compliance.governance.growth.rules import What
from compliance.governance.support import use_cases
from compliance.governance.support.rules import Matter
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import run_now
from tests.builders.helping import a_request, ended, sorted_as
from tests.builders.identity import an_employer, someone
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.use import move_to
from tests.support.browser import NARROW, WIDE, shuts_nobody_out
from tests.web.conftest import Comes, Seat, Visitor

LONG = "Error " + "0x80070005" * 12
"""What a computer says, as people paste it: nowhere to break it."""

YEAR = [date(2026, month, 1) for month in range(1, 11)]


def cover(house: House, visitor: Visitor, ends_on: date | None = None) -> None:
    """The manager names this visitor to pass requests on."""
    assert visitor.account is not None
    with house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.name_contact(ctx, visitor.account.person.id, ends_on=ends_on)


@pytest.mark.rule("GOV-6")
def test_every_page_of_help_passes_axe_and_fits_a_narrow_screen(
    sqlite_app: Flask, clock: FixedClock, comes: Comes, seat: Seat
) -> None:
    house = house_of(sqlite_app)
    move_to(clock, "2026-11-21T09:00")
    refuge = an_employer(house, "Harbour Refuge")
    delegate = someone(house, "delegate", organisation_id=refuge)
    shuts_nobody_out(seat(comes("hub_coordinator")), "/help", "/help/contacts")  # Nothing is there yet.

    waits, local, suppliers, over = (a_request(house, delegate, words=words) for words in ("No code comes.", LONG, LONG, "It is slow."))  # fmt: skip
    sorted_as(house, local, Matter.LOCAL_IT)
    sorted_as(house, suppliers, Matter.SUPPLIER)
    ended(house, sorted_as(house, over))
    past, lasting = comes("hub_coordinator"), comes("hub_coordinator")
    cover(house, past, date(2026, 11, 21))
    move_to(clock, "2026-11-26T09:00")
    coordinator, contact, manager = comes("hub_coordinator"), comes("hub_coordinator"), comes("hub_manager")
    passed = sorted_as(house, a_request(house, delegate, about="case_system", words=LONG), Matter.SUPPLIER)
    shuts_nobody_out(seat(coordinator), f"/help/{suppliers.id}", "/help/contacts")  # Nobody can pass it on.
    cover(house, contact, date(2026, 12, 4))
    cover(house, lasting)
    contact.send(f"/help/{passed.id}/supplier", {"ticket": LONG[:200]})

    shuts_nobody_out(
        seat(coordinator), "/", "/help", "/help?which=all", "/help?search=nobody", "/help/new", "/help/call",
        *(f"/help/{each.id}" for each in (waits, local, suppliers, over, passed)), f"/help/{waits.id}/matter",
        f"/help/{local.id}/end", "/help/contacts",
    )  # fmt: skip
    shuts_nobody_out(seat(contact), f"/help/{suppliers.id}", f"/help/{suppliers.id}/supplier")
    shuts_nobody_out(seat(manager), "/help/contacts", "/help/contacts/new")
    shuts_nobody_out(seat(comes("delegate", organisation_id=refuge)), "/help", "/help/new")


def a_year(house: House, counts: dict[What, Sequence[int]]) -> None:
    """Of the months of this year that are over: what each came to."""
    now = house.clock.now()
    rows = [
        {"month": month, "what": what.value, "count": count, "counted_at": now}
        for what, values in counts.items()
        for month, count in zip(YEAR, values, strict=True)
    ]
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(insert(GrowthMonth), rows)


def inside(of: Locator) -> FloatRect:
    """Where this stands on the page."""
    box = of.bounding_box()
    assert box is not None
    return box


@pytest.mark.rule("LIC-11")
def test_growth_passes_axe_and_fits_a_narrow_screen_from_its_first_month_on(
    sqlite_app: Flask, clock: FixedClock, comes: Comes, seat: Seat
) -> None:
    house, member = house_of(sqlite_app), comes("steering_member")
    seats(house, standing=50)
    shuts_nobody_out(seat(member), "/growth")  # No month is counted yet.

    up = range(10)
    a_year(
        house,
        {
            What.ORGANISATIONS: [20 + each for each in up],
            What.PEOPLE: [90 + 6 * each for each in up],
            What.LICENCES: [24 + 2 * each for each in up],
            What.DECISIONS: [1_150_000 + 91_000 * each for each in up],
            What.CASES: [310 + 7 * (each % 3) for each in up],
            What.REQUESTS: [40 + 5 * each for each in up],
            What.AUDITS: [12 + each for each in up],
            What.REVIEWS: [30 + 4 * each for each in up],
        },
    )
    swale = an_organisation(house)
    for number in range(3):
        a_licence(house, swale, f"p{number}@swale.gov.uk")

    page = seat(member)
    shuts_nobody_out(page, "/growth", widths=(NARROW, WIDE))
    for picture in page.locator(".hub-chart__picture").all():
        frame = inside(picture)
        for written in picture.locator("text").all():
            box = inside(written)
            assert frame["x"] <= box["x"], f"{written.text_content()} is cut off at the left"
            assert box["x"] + box["width"] <= frame["x"] + frame["width"], f"{written.text_content()} is cut off"
    seats(house, standing=3)
    shuts_nobody_out(seat(comes("executive_chair")), "/growth")
    move_to(clock, "2027-01-02T09:00")
    for job in jobs.JOBS:
        run_now(house, job)
    shuts_nobody_out(
        seat(comes("steering_member")), "/growth"
    )  # After a year in which much was asked, months of little.

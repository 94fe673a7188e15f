"""The pages of personal-data breaches in a real browser, wide and narrow, with axe (BRE-3)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.breaches.notifying import use_cases
from compliance.breaches.notifying.models import DataBreach
from compliance.breaches.notifying.rules import Risk
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from tests.builders.identity import someone
from tests.builders.incidents import HOUR, a_data_breach, an_incident, assessed
from tests.builders.licences import an_organisation
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat

STEPS = ("assessment", "awareness", "decision", "people", "notification", "people/told", "partners/told")


@pytest.fixture
def house(sqlite_app: Flask) -> House:
    return house_of(sqlite_app)


@pytest.fixture
def breaches(house: House, clock: FixedClock) -> list[DataBreach]:
    """One whose time is over, one that waits to be told, and one that nobody has assessed."""
    swale = an_organisation(house, "swale")
    over = a_data_breach(house, organisation_id=swale, reference="MC-7")
    for risk in (Risk.NOT_KNOWN, Risk.LIKELY):
        assessed(house, over, risk)
    clock.move(60 * HOUR)
    waits = a_data_breach(house, organisation_id=swale)
    number = assessed(
        house, waits, Risk.HIGH, facts="A letter with an address went to the wrong person.\nIt was opened."
    )
    with house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.decide(ctx, waits.id, "notify", reasons="Somebody could be found.", assessment=number)
        use_cases.decide_people(ctx, waits.id, "tell", reasons="They have to be safe.", assessment=number)
        use_cases.partners_told(ctx, waits.id, at=ctx.now(), words="The council, by telephone.")
    clock.move(20 * HOUR)
    return [over, waits, a_data_breach(house)]


@pytest.mark.rule("BRE-3")
def test_nobody_is_shut_out_of_a_page_wide_or_narrow(
    house: House, sqlite_app: Flask, comes: Comes, breaches: list[DataBreach], seat: Seat
) -> None:
    over, waits, new = (f"/data-breaches/{each.id}" for each in breaches)
    apart = an_incident(house, kind="failure_to_share")
    page = seat(comes("hub_manager"))
    paths = ("/data-breaches", over, waits, new, f"/data-breaches/of/{apart.id}", f"{over}/decision",
             *(f"{waits}/{step}" for step in STEPS), f"/breaches/{breaches[0].incident_id}")  # fmt: skip
    shuts_nobody_out(page, *paths)

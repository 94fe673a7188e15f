"""The pages of personal-data breaches in a real browser, wide and narrow, with axe (BRE-3)."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from compliance.app import house_of
from compliance.breaches.notifying import use_cases
from compliance.breaches.notifying.models import DataBreach
from compliance.breaches.notifying.rules import Risk
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from tests.builders.identity import someone
from tests.builders.incidents import HOUR, a_data_breach, an_incident, assessed
from tests.builders.licences import an_organisation
from tests.support.browser import NewPage, axe
from tests.web.conftest import Comes

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
    house: House, sqlite_app: Flask, comes: Comes, breaches: list[DataBreach], new_page: NewPage
) -> None:
    over, waits, new = (f"/data-breaches/{each.id}" for each in breaches)
    apart = an_incident(house, kind="failure_to_share")
    manager = comes("hub_manager")
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        address = f"http://127.0.0.1:{server.port}"
        page = new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=True)
        cookie = manager.client.get_cookie("session")
        assert cookie is not None
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        paths = ("/data-breaches", over, waits, new, f"/data-breaches/of/{apart.id}", f"{over}/decision",
                 *(f"{waits}/{step}" for step in STEPS), f"/breaches/{breaches[0].incident_id}")  # fmt: skip
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            for path in paths:
                answer = page.goto(address + path)
                assert answer is not None
                assert answer.status == 200, path
                assert page.url == address + path
                axe(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
    finally:
        server.shutdown()
        serving.join()

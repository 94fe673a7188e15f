"""The pages of breaches in a real browser, wide and narrow, with axe, from each person's seat (BRE-1, BRE-2)."""

from __future__ import annotations

from datetime import date
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from compliance.app import house_of
from compliance.breaches import learning, reporting, suspending
from compliance.breaches.rules import Status
from tests.builders.breaches import a_cast, brought_to
from tests.builders.identity import at_work
from tests.builders.licences import a_licence, an_organisation, seats
from tests.support.browser import NewPage, axe
from tests.web.conftest import Comes

STEPS = ("", "/steps/resolve", "/suspension", "/lessons", "/conduct")


@pytest.mark.rule("BRE-1", "BRE-2")
def test_nobody_is_shut_out_of_a_page_wide_or_narrow(sqlite_app: Flask, comes: Comes, new_page: NewPage) -> None:
    house = house_of(sqlite_app)
    seats(house)
    cast = a_cast(house, an_organisation(house))
    licence, _ = (a_licence(house, cast.partner_id, f"{name}@swale.gov.uk") for name in ("alex", "bo"))
    it = brought_to(house, cast, Status.ANSWERED, reference="MC-7")
    brought_to(house, cast, Status.CLOSED)
    owner = cast.partner.actor.person_id
    with house.work(*cast.manager) as ctx:
        suspending.suspend(ctx, it.id, licence.id)
        learning.add(ctx, it.id, kind="lesson", words="Ask twice.")
        learning.add(ctx, it.id, kind="action", words="Train all.", owner_id=owner, due_on=date(2026, 11, 30))
    manager, partner = comes("hub_manager"), comes("delegate", organisation_id=cast.partner_id)
    assert manager.account
    with house.work(*at_work(house, manager.account.person)) as ctx:
        draft = reporting.save_draft(ctx, {"words": "So far", "kind": "data_breach"}).id
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        address, here = f"http://127.0.0.1:{server.port}", f"/breaches/{it.id}"
        for visitor, paths in (
            (manager, ("/breaches?which=all", f"/breaches/new?draft={draft}", *(here + step for step in STEPS))),
            (partner, ("/breaches", here)),
        ):  # fmt: skip
            page = new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=True)
            cookie = visitor.client.get_cookie("session")
            assert cookie is not None
            page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
            for width in (1280, 320):
                page.set_viewport_size({"width": width, "height": 900})
                for path in paths:
                    answer = page.goto(address + path)
                    assert answer is not None
                    assert answer.status == 200, path
                    axe(page)
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
    finally:
        server.shutdown()
        serving.join()

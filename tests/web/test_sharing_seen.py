"""The pages of sharing in a real browser, wide and narrow, with axe, from the hub's and from a partner's seat (SHA-1 to SHA-4, GOV-2)."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from compliance.app import house_of
from compliance.kernel.context import operator
from compliance.sharing.statement import use_cases as statement
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.sharing import a_cast, answer, asked, decided, wanted
from tests.governance.test_facts import Counting
from tests.support.browser import NewPage, axe
from tests.web.conftest import Comes


@pytest.mark.rule("SHA-1", "SHA-2", "SHA-3", "SHA-4", "GOV-2")
def test_nobody_is_shut_out_of_a_page_wide_or_narrow(sqlite_app: Flask, comes: Comes, new_page: NewPage) -> None:
    house = house_of(sqlite_app)
    seats(house)
    a_licence(house, an_organisation(house))
    cast, counting = a_cast(house), Counting(house)
    counting.reports(counting.told("research_due", 7, reference="MC-7"))
    with house.work(operator("db seed")) as ctx:
        statement.begin(ctx)
    made = decided(house, cast.asker, reference="MC-7", with_id=cast.supplier_id)
    open_one, over = (asked(house, cast, reference="MC-7") for _ in range(2))
    for who, step, more in ((cast.supplier, "refuse", {}), (cast.supervisor, "rely", {"reason": "statutory_review"})):
        with house.work(*who) as ctx:
            answer(ctx, over.id, step, **more)
    disclosure = wanted(house, cast.asker, reference="MC-7")
    request, register = f"/sharing/reuse/{open_one.id}", f"/sharing/disclosures/{disclosure.id}"
    manager, partner = comes("hub_manager"), comes("delegate", organisation_id=cast.supplier_id)
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        address = f"http://127.0.0.1:{server.port}"
        for visitor, paths in (
            (
                manager,
                ("/", "/sharing", f"/sharing/{made.id}", "/sharing/new", "/sharing/reuse?which=all", "/sharing/reuse/new",
                 request, f"{request}/steps/rely", f"/sharing/reuse/{over.id}", "/sharing/disclosures",
                 "/sharing/disclosures/new", register, f"{register}/steps/authorise", "/confidentiality",
                 "/confidentiality/new", "/confidentiality/acknowledgements", "/facts"),
            ),
            (partner, ("/sharing/reuse", request, f"{request}/steps/permit")),
        ):  # fmt: skip
            page = new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=True)
            cookie = visitor.client.get_cookie("session")
            assert cookie is not None
            page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
            for width in (1280, 320):
                page.set_viewport_size({"width": width, "height": 900})
                for path in paths:
                    reply = page.goto(address + path)
                    assert reply is not None
                    assert reply.status == 200, path
                    axe(page)
                    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
    finally:
        server.shutdown()
        serving.join()

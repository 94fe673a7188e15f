"""Programs, and what people meet on the way to them, in a real Chromium: nothing shuts anybody out, wide or narrow."""

from __future__ import annotations

import os
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from compliance.identity.clients.models import ClientCredential, Logout, SignOn
from compliance.identity.models import ServiceClient
from compliance.kernel.clock import FixedClock
from tests.api.test_logging_out import Scene
from tests.builders.identity import COMMAND, every
from tests.support.browser import NewPage, axe
from tests.web.conftest import Comes, Visitor

PICTURES = os.environ.get("PICTURES")


@pytest.mark.rule("DEC-3", "ROL-3")
def test_every_page_passes_axe_and_fits_a_narrow_screen(
    sqlite_app: Flask, clock: FixedClock, comes: Comes, new_page: NewPage
) -> None:
    scene = Scene(sqlite_app, clock, None)
    [client] = every(scene.house, ServiceClient)
    proof = every(scene.house, ClientCredential)[0]
    with scene.house.work(COMMAND) as ctx:
        ctx.session.add(
            Logout(
                sign_on_id=every(scene.house, SignOn)[0].id, client_id=client.id, made_at=ctx.now(),
                due_at=ctx.now() + timedelta(hours=1), tries=3, problem="not_trusted",
            )
        )  # fmt: skip
    manager, member = comes("hub_manager"), comes("steering_member")
    here = f"/clients/{client.id}"
    looks: list[tuple[Visitor, list[str]]] = [
        (
            manager,
            ["/clients", "/clients/new", here, f"{here}/change", f"{here}/rotate", f"{here}/end",
             f"{here}/credentials/{proof.id}/end", f"/oauth2/logout?client_id={client.client_id}"],
        ),
        (member, [scene.program.asks()]),
    ]  # fmt: skip
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        address = f"http://127.0.0.1:{server.port}"
        for visitor, paths in looks:
            page = new_page(viewport={"width": 1280, "height": 900})
            cookie = visitor.client.get_cookie("session")
            assert cookie is not None
            page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
            for path in paths:
                answer = page.goto(address + path)
                assert answer is not None
                assert answer.status == (403 if visitor is member else 200), path
                for width in (1280, 320):
                    page.set_viewport_size({"width": width, "height": 900})
                    axe(page)
                    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= width, path
                    if PICTURES:
                        name = path.partition("?")[0].strip("/").replace("/", "_").replace(str(client.id), "one")
                        page.screenshot(path=f"{PICTURES}/{name}_{width}.png", full_page=True)
    finally:
        server.shutdown()
        serving.join()

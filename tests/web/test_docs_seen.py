"""The contract's pages in a real browser, wide and narrow, with axe."""

from __future__ import annotations

from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from tests.support.browser import NewPage, axe

PATHS = (
    "/docs",
    "/docs/problems",
    "/docs/decisions",
    "/docs/licences",
    "/docs/oauth-2",
    "/docs/facts",
    "/problems/licence-no-seat",
)


def test_nobody_is_shut_out_of_the_contract(sqlite_app: Flask, new_page: NewPage) -> None:
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    try:
        page = new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=True)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            for path in PATHS:
                reply = page.goto(f"http://127.0.0.1:{server.port}{path}")
                assert reply is not None
                assert reply.status == 200, path
                axe(page)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
    finally:
        server.shutdown()
        serving.join()

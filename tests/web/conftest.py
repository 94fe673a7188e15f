"""Somebody at a browser without JavaScript: asks for pages, fills forms in, and sends them back as they were given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from compliance.app import house_of
from compliance.identity import totp
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from tests.builders.identity import Account, an_account, signed_in
from tests.support.browser import HEIGHT, WIDE, NewPage


class Visitor:
    """A browser, and who sits before it."""

    def __init__(self, app: Flask, account: Account | None = None) -> None:
        self.app = app
        self.account = account
        self.client: FlaskClient = app.test_client()

    @property
    def house(self) -> House:
        return house_of(self.app)

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, **more)

    def send(
        self, address: str, fields: dict[str, Any] | None = None, *, to: str | None = None, **more: Any
    ) -> TestResponse:
        """Open the page, fill its form in, send it; `to` where the form sends elsewhere than its page."""
        page = self.get(address)
        hidden = hidden_fields(page.text)
        return self.client.post(to or address, data=hidden | (fields or {}), **more)

    def again(self, answer: TestResponse, address: str, fields: dict[str, Any]) -> TestResponse:
        """Send the form of a page that was answered with, with these fields besides its hidden ones."""
        return self.client.post(address, data=hidden_fields(answer.text) | fields)

    def code(self) -> str:
        """What the person's app shows now."""
        assert self.account is not None
        return totp.code_at(self.account.secret, self.house.clock.now())


class _Hidden(HTMLParser):
    """The hidden fields of each form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1].setdefault(given.get("name") or "", []).append(given.get("value") or "")


def hidden_fields(html: str) -> dict[str, Any]:
    """The hidden fields of the page's last form, which is the one in its middle."""
    parser = _Hidden()
    parser.feed(html)
    return dict(parser.forms[-1]) if parser.forms else {}


Comes = Callable[..., Visitor]
Seat = Callable[..., Page]


@pytest.fixture
def visitor(sqlite_app: Flask) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(sqlite_app)


@pytest.fixture
def comes(sqlite_app: Flask, clock: FixedClock) -> Comes:
    """Somebody signed in to the end with these roles; `fresh=False` when their code was given a while ago."""

    def come(*roles: str, organisation_id: Any = None, fresh: bool = True, **more: Any) -> Visitor:
        house = house_of(sqlite_app)
        account = an_account(house, *roles, organisation_id=organisation_id, **more)
        clock.move(timedelta(seconds=60))
        opened = signed_in(house, account)
        clock.move(timedelta(seconds=60) if fresh else timedelta(minutes=6))
        somebody = Visitor(sqlite_app, account)
        somebody.client.set_cookie("session", opened.token)
        return somebody

    return come


@pytest.fixture
def address(sqlite_app: Flask) -> Iterator[str]:
    """Where a browser finds the service."""
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    serving.join()


@pytest.fixture
def seat(address: str, new_page: NewPage) -> Seat:
    """A browser of this visitor's own, signed in as they are, to which the service's pages are paths."""

    def sit(who: Visitor, *, width: int = WIDE, **choices: Any) -> Page:
        page = new_page(viewport={"width": width, "height": HEIGHT}, base_url=address, **choices)
        cookie = who.client.get_cookie("session")
        assert cookie is not None
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        return page

    return sit

"""Where somebody is signed in, as a page; the cookies that say so; and what an old one leads to."""

from __future__ import annotations

import os
import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from compliance.app import house_of
from compliance.identity.models import KnownDevice, SignIn
from compliance.identity.use_cases import signing_in
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, Origin
from compliance.web import browsers
from tests.builders.identity import PASSWORD, Account, an_account, every, half_open, signed_in
from tests.support.browser import NewPage, axe
from tests.web.conftest import Comes, Visitor

PICTURES = os.environ.get("PICTURES")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def account(sqlite_app: Flask, clock: FixedClock) -> Account:
    account = an_account(house_of(sqlite_app), "ig_officer")
    clock.move(timedelta(seconds=60))
    return account


def sign_in(visitor: Visitor) -> TestResponse:
    """Password and code; the answer that made it whole."""
    assert visitor.account is not None
    visitor.send("/sign-in", {"email": visitor.account.email, "password": PASSWORD})
    return visitor.send("/sign-in/code", {"code": visitor.code()})


def cookie_of(answer: TestResponse, name: str) -> str:
    return next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}="))


@pytest.mark.rule("IDN-4")
def test_the_browser_of_a_whole_sign_in_is_given_a_cookie_that_only_we_are_sent(
    sqlite_app: Flask, account: Account, clock: FixedClock
) -> None:
    visitor = Visitor(sqlite_app, account)
    half = visitor.send("/sign-in", {"email": account.email, "password": PASSWORD})
    assert not any("device" in line for line in half.headers.getlist("Set-Cookie"))

    given = cookie_of(visitor.send("/sign-in/code", {"code": visitor.code()}), "device")

    assert re.match(r"device=msd_[\w-]{43};", given)
    assert {"HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=7776000"} <= {part.strip() for part in given.split(";")}
    visitor.send("/", to="/sign-out")
    clock.move(timedelta(seconds=30))
    again = sign_in(visitor)
    assert again.status_code == 303
    assert not any("device" in line for line in again.headers.getlist("Set-Cookie"))
    assert len(every(visitor.house, KnownDevice)) == 1


@pytest.mark.rule("IDN-4")
def test_a_stranger_closes_the_account_and_its_owner_signs_in_all_the_same(
    sqlite_app: Flask, account: Account, clock: FixedClock
) -> None:
    owner = Visitor(sqlite_app, account)
    sign_in(owner)
    owner.send("/", to="/sign-out")
    clock.move(timedelta(seconds=30))
    for number in range(10):
        with owner.house.work(NOBODY, Origin(f"198.51.100.{number}", device="")) as ctx:
            signing_in.settle(ctx, signing_in.Checked(signing_in.ask(ctx, account.email), right=False))

    assert sign_in(owner).location == "/"


@pytest.mark.rule("IDN-4")
def test_a_stranger_is_answered_alike_when_it_is_closed_to_them_and_when_there_is_nobody(
    sqlite_app: Flask, account: Account
) -> None:
    sign_in(Visitor(sqlite_app, account))
    house = house_of(sqlite_app)
    for number in range(10):
        with house.work(NOBODY, Origin(f"198.51.100.{number}", device="")) as ctx:
            signing_in.settle(ctx, signing_in.Checked(signing_in.ask(ctx, account.email), right=False))

    def answer(email: str, password: str) -> tuple[int, str]:
        page = Visitor(sqlite_app).send("/sign-in", {"email": email, "password": password})
        token = re.compile(r'name="csrf_token"[^>]*value="[^"]+"')
        return page.status_code, token.sub("", page.text).replace(email, "")

    nobody = answer("nobody@kent.example.org", PASSWORD)
    assert nobody[0] == 422
    assert answer(account.email, PASSWORD) == nobody


@pytest.mark.rule("IDN-6")
def test_the_page_says_where_one_is_signed_in_and_ends_any_of_it(
    sqlite_app: Flask, account: Account, clock: FixedClock
) -> None:
    desk, phone = Visitor(sqlite_app, account), Visitor(sqlite_app, account)
    desk.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in(desk)
    clock.move(timedelta(seconds=30))
    sign_in(phone)
    clock.move(timedelta(seconds=30))

    page = desk.get("/account/sessions")
    assert page.status_code == 200
    assert "Firefox on Windows" in page.text
    assert page.text.count("This one") == 1
    assert page.text.count("A browser of yours, known here") == 2

    the_phones = max(every(desk.house, SignIn), key=lambda row: row.opened_at).id
    done = desk.send("/account/sessions", to=f"/account/sessions/{the_phones}/end")
    assert done.location == "/account/sessions"
    assert phone.get("/account").location == "/session-ended?next=/account"
    assert desk.get("/account").status_code == 200


@pytest.mark.rule("IDN-6")
def test_signing_out_everywhere_ends_this_one_too_and_asks_for_no_code(
    sqlite_app: Flask, account: Account, clock: FixedClock
) -> None:
    desk, phone = Visitor(sqlite_app, account), Visitor(sqlite_app, account)
    sign_in(desk)
    clock.move(timedelta(seconds=30))
    sign_in(phone)
    clock.move(timedelta(minutes=6))

    done = desk.send("/account/sessions", to="/account/sessions/end")

    assert done.location == "/signed-out"
    for one in (desk, phone):
        assert one.get("/account").status_code == 303
    assert all(row.ended_at for row in every(desk.house, SignIn))


@pytest.mark.rule("IDN-6", "ROL-4")
def test_nobody_ends_somebody_elses_sign_in_by_its_address(comes: Comes) -> None:
    mine, theirs = comes("ig_officer"), comes("ig_officer")
    other = next(row for row in every(mine.house, SignIn) if row.person_id == theirs.account.person.id)  # type: ignore[union-attr]

    assert mine.send("/account/sessions", to=f"/account/sessions/{other.id}/end").status_code == 404
    assert theirs.get("/account").status_code == 200


@pytest.mark.rule("IDN-6")
def test_the_hub_signs_somebody_out_from_their_page(comes: Comes) -> None:
    somebody, hub = comes("ig_officer"), comes("hub_manager")
    assert somebody.account is not None
    address = f"/people/{somebody.account.person.id}/sessions/end"
    assert address in hub.get(f"/people/{somebody.account.person.id}").text

    done = hub.send(address)

    assert done.location == f"/people/{somebody.account.person.id}"
    assert somebody.get("/account").status_code == 303
    assert somebody.get(address).status_code == 303


@pytest.mark.rule("IDN-6")
def test_a_fresh_code_changes_the_cookie_and_the_old_one_opens_nothing(comes: Comes) -> None:
    manager = comes("hub_manager", fresh=False)
    before = manager.client.get_cookie("session")
    asked = manager.get("/register/export.csv")
    manager.again(asked, "/confirm", {"fresh_code": manager.code()})
    after = manager.client.get_cookie("session")

    assert before is not None
    assert after is not None
    assert before.value != after.value
    old = Visitor(manager.app)
    old.client.set_cookie("session", before.value)
    assert old.get("/account").location == "/session-ended?next=/account"


@pytest.mark.rule("IDN-6")
def test_a_second_tab_with_the_old_cookie_leads_to_a_page_that_says_so_and_keeps_the_new_one(
    sqlite_app: Flask, account: Account
) -> None:
    browser, second = Visitor(sqlite_app, account), Visitor(sqlite_app, account)
    browser.send("/sign-in", {"email": account.email, "password": PASSWORD})
    old = browser.client.get_cookie("session")
    assert old is not None
    second.client.set_cookie("session", old.value)
    form = second.get("/sign-in/code")
    browser.send("/sign-in/code", {"code": browser.code()})

    late = second.again(form, "/sign-in/code", {"code": browser.code()})
    assert late.location == "/session-ended"

    page = browser.get(late.location)  # the browser has the new cookie by now
    assert page.status_code == 200
    assert "You went on in another tab" in page.text
    assert browser.get("/account").status_code == 200


@pytest.mark.rule("IDN-6")
@pytest.mark.parametrize(
    "header",
    [
        "session={token}x", "session={token}; session={token}", "session=", "session=" + "x" * 30_000,
        "session={token}%00", 'session="{token}\\054"', "Session={token}", "__Host-session={token}", "session=mss_é",
    ],
)  # fmt: skip
def test_a_cookie_that_was_edited_doubled_or_is_huge_opens_nothing(
    sqlite_app: Flask, account: Account, clock: FixedClock, header: str
) -> None:
    token = signed_in(house_of(sqlite_app), account).token
    client: Any = sqlite_app.test_client(use_cookies=False)

    answer = client.get("/account", headers={"Cookie": header.replace("{token}", token)})

    assert answer.status_code in {303, 400, 431}
    assert client.get("/account", headers={"Cookie": f"session={token}"}).status_code == 200


@pytest.mark.rule("IDN-4")
def test_a_device_cookie_shown_twice_is_nobodys(sqlite_app: Flask, account: Account) -> None:
    visitor = Visitor(sqlite_app, account)
    given = cookie_of(sign_in(visitor), "device").partition(";")[0]
    half = half_open(visitor.house, account)
    client: Any = sqlite_app.test_client(use_cookies=False)

    client.get("/sign-in/code", headers={"Cookie": f"session={half.token}; {given}; {given}"})

    assert len(every(visitor.house, KnownDevice)) == 1


@pytest.mark.rule("IDN-6")
@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605.1 Version/17.5 Safari/604.1", "Safari on an iPhone"),
        ("python-httpx/0.27", "A program or browser we do not know"),
        (None, "A program or browser we do not know"),
    ],
)
def test_a_browser_is_named_in_plain_words(agent: str | None, said: str) -> None:
    assert browsers.named(agent) == said


@pytest.mark.rule("IDN-6")
@pytest.mark.parametrize("width", [1280, 320])
def test_nobody_is_shut_out_of_the_pages_about_sign_ins(
    sqlite_app: Flask, account: Account, clock: FixedClock, new_page: NewPage, width: int
) -> None:
    house = house_of(sqlite_app)
    token = signed_in(house, account, Origin("192.0.2.10", device="", agent=FIREFOX)).token
    clock.move(timedelta(seconds=30))
    signed_in(house, account, Origin("2001:db8:1234:5678:9abc:def0:1234:5678", device="", agent="Safari/1 iPhone"))
    half_open(house, account, Origin("203.0.113.9"))
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        address = f"http://127.0.0.1:{server.port}"
        page = new_page(viewport={"width": width, "height": 900})
        page.context.add_cookies([{"name": "session", "value": token, "url": address}])
        for path in ("/account/sessions", "/account", "/session-ended"):
            page.goto(address + path)
            axe(page)
            assert page.evaluate("() => document.scrollingElement.scrollWidth") <= width
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{path.strip('/').replace('/', '-')}-{width}.png", full_page=True)
    finally:
        server.shutdown()
        serving.join()

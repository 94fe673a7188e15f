"""The second step in a real browser, with a virtual authenticator that knows its person; and without any script."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import CDPSession, Page, expect
from werkzeug.serving import make_server

from compliance.app import house_of
from compliance.identity import totp
from compliance.identity.models import Authenticator, Passkey
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from tests.builders.identity import PASSWORD, Account, a_link, a_person, an_account, every, logged
from tests.builders.second_factors import an_account_by_email, letters, mailed_codes
from tests.support.browser import NewPage, axe
from tests.web.conftest import Visitor

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 800}
PICTURES = os.environ.get("PICTURES")


@dataclass
class Served:
    """The service under a host name, in this process and by this test's clock."""

    house: House
    url: str
    clock: FixedClock


@pytest.fixture
def served(sqlite_app: Flask, clock: FixedClock) -> Iterator[Served]:
    house = house_of(sqlite_app)
    server = make_server("localhost", 0, sqlite_app, threaded=True)
    url = f"http://localhost:{server.port}"
    house.settings = replace(house.settings, base_url=url)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield Served(house, url, clock)
    server.shutdown()
    serving.join()


class Phone:
    """Chromium's virtual authenticator: it has its person put a finger on it, and keeps what it makes."""

    def __init__(self, page: Page) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.id = self.cdp.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]

    def knows_its_person(self, knows: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": knows})

    def keeps(self) -> list[dict[str, Any]]:
        kept: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return kept


def looked_at(page: Page, name: str) -> None:
    """Axe finds nothing in the page, wide or narrow, and nothing of it is cut off."""
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        axe(page)
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), name
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def enters_password(page: Page, served: Served, email: str) -> None:
    page.goto(f"{served.url}/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def sets_a_password(page: Page, served: Served, *roles: str) -> str:
    """From a link to the choice of a second step; whose it is."""
    person = a_person(served.house, *roles, full_name="Wren Alder")
    page.goto(f"{served.url}/invitation/{a_link(served.house, person)}")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Save password and continue").click()
    return person.email


def signs_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("signed out")


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.mark.rule("IDN-3", "IDN-6")
def test_a_passkey_is_made_signs_in_goes_before_a_sensitive_act_and_is_ended(new_page: NewPage, served: Served) -> None:
    page = new_page(viewport=WIDE)
    phone = Phone(page)
    email = sets_a_password(page, served, "hub_manager")

    heading(page, "Choose your second step")
    assert page.get_by_role("radio").first.get_attribute("value") == "passkey"
    looked_at(page, "choose")
    page.get_by_label("A passkey").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Set up a passkey")
    looked_at(page, "enrol-passkey")
    page.get_by_label("Name for this passkey").fill("my phone")
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_text("Your account is set up, and you are signed in.")).to_be_visible()
    assert [each["rpId"] for each in phone.keeps()] == ["localhost"]
    signs_out(page)

    enters_password(page, served, email)
    heading(page, "Show that it is you")
    looked_at(page, "code-passkey")
    phone.knows_its_person(False)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Press the button to try again")
    looked_at(page, "code-passkey-failed")
    phone.knows_its_person(True)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("banner")).to_contain_text("Wren Alder")

    served.clock.move(timedelta(minutes=6))
    page.goto(f"{served.url}/account/second-step")
    looked_at(page, "factors")
    page.get_by_role("button", name="Add a passkey").click()
    heading(page, "Show again that it is you")
    looked_at(page, "fresh-passkey")
    page.get_by_role("button", name="Use your passkey").click()
    heading(page, "Set up a passkey")
    assert '"method":"passkey"' in logged(served.house, "sign_in.code_repeated")[-1].detail

    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("has a passkey for your account already")

    page.goto(f"{served.url}/account/second-step")
    page.get_by_role("link", name="End my phone").click()
    expect(page.get_by_text("This is your only second step")).to_be_visible()
    looked_at(page, "factor-last")
    page.goto(f"{served.url}/account/second-step/app")
    page.get_by_text("I cannot scan it").click()
    secret = page.locator(".hub-secret").inner_text().replace(" ", "")
    looked_at(page, "enrol-app-within")
    page.get_by_label("6-digit code").fill(totp.code_at(secret, served.clock.now()))
    page.get_by_role("button", name="Finish setting up").click()
    expect(page.get_by_text("Codes now come from your authenticator app.")).to_be_visible()
    looked_at(page, "factors-both")
    page.get_by_role("link", name="End my phone").click()
    looked_at(page, "factor-end")
    page.get_by_role("button", name="End this passkey").click()
    expect(page.get_by_text("The passkey “my phone” is ended.")).to_be_visible()

    [passkey] = every(served.house, Passkey)
    assert passkey.ended_at is not None
    assert len(letters(served.house, "second_factor_changed")) == 2
    signs_out(page)
    enters_password(page, served, email)
    heading(page, "Enter the code from your authenticator app")
    looked_at(page, "code-app")


@pytest.mark.rule("IDN-3")
def test_without_a_script_the_page_offers_the_other_ways(new_page: NewPage, served: Served) -> None:
    page = new_page(java_script_enabled=False, viewport=WIDE)
    email = sets_a_password(page, served, "ig_officer")
    page.get_by_label("A passkey").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This browser cannot make a passkey")).to_be_visible()
    expect(page.get_by_role("button", name="Create a passkey")).to_be_hidden()

    page.get_by_role("link", name="Choose another way").click()
    page.get_by_label("A code by e-mail").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_text(f"A code is on its way to {email}.")).to_be_visible()
    page.get_by_label("6-digit code").fill(mailed_codes(served.house)[-1])
    page.get_by_role("button", name="Finish setting up").click()
    expect(page.get_by_text("Your account is set up, and you are signed in.")).to_be_visible()
    assert [row.kind for row in every(served.house, Authenticator)] == ["email"]


@pytest.mark.rule("IDN-3", "IDN-6")
def test_codes_by_email_sign_in_and_go_before_a_sensitive_act(new_page: NewPage, served: Served) -> None:
    page = new_page(viewport=WIDE)
    account = an_account_by_email(served.house, "ig_officer", full_name="Wren Alder")
    served.clock.move(timedelta(seconds=1))
    enters_password(page, served, account.email)
    heading(page, "Enter the code we sent you")
    looked_at(page, "code-email")
    served.clock.move(timedelta(seconds=1))
    first = mailed_codes(served.house)[-1]
    page.get_by_role("button", name="Send another code").click()
    expect(page.get_by_text("Earlier ones do not work any more.")).to_be_visible()
    page.get_by_label("6-digit code").fill(first)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("main")).to_contain_text("Enter the newest code that was sent to you")
    looked_at(page, "code-email-wrong")
    page.get_by_label("6-digit code").fill(mailed_codes(served.house)[-1])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_contain_text("Wren Alder")

    served.clock.move(timedelta(minutes=6))
    page.goto(f"{served.url}/account/second-step/app")
    heading(page, "Enter a new code to go on")
    looked_at(page, "fresh-email")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("region", name="Code sent")).to_be_visible()
    looked_at(page, "fresh-email-sent")
    page.get_by_label("6-digit code").fill(mailed_codes(served.house)[-1])
    page.get_by_role("button", name="Continue").click()
    heading(page, "Set up your authenticator app")
    page.goto(f"{served.url}/account")
    looked_at(page, "account")
    page.goto(f"{served.url}/account/second-step")
    looked_at(page, "factors-email")


@pytest.mark.rule("IDN-3")
def test_every_way_of_enrolling_is_fit_to_be_looked_at(new_page: NewPage, served: Served) -> None:
    page = new_page(viewport=WIDE)
    sets_a_password(page, served, "ig_officer")
    looked_at(page, "choose-partner")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("main")).to_contain_text("Choose one of these ways.")
    looked_at(page, "choose-nothing")
    for way in ("app", "email"):
        page.goto(f"{served.url}/sign-in/authenticator/{way}")
        looked_at(page, f"enrol-{way}")


@pytest.mark.rule("IDN-3")
def test_the_hub_team_is_offered_no_codes_by_email(sqlite_app: Flask, served: Served) -> None:
    link = f"/invitation/{a_link(served.house, a_person(served.house, 'hub_coordinator'))}"
    visitor = Visitor(sqlite_app)
    visitor.send(link, {"password": PASSWORD, "again": PASSWORD})

    page = visitor.get("/sign-in/authenticator")

    assert re.findall(r'type="radio" value="(\w+)"', page.text) == ["passkey", "app"]
    assert visitor.get("/sign-in/authenticator/email").status_code == 404


@pytest.mark.rule("IDN-3")
def test_on_a_bare_address_passkeys_are_not_spoken_of(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    link = f"/invitation/{a_link(house, a_person(house, 'ig_officer'))}"
    visitor = Visitor(sqlite_app)
    visitor.send(link, {"password": PASSWORD, "again": PASSWORD})

    assert "passkey" not in visitor.get("/sign-in/authenticator").text.lower()
    assert visitor.get("/sign-in/authenticator/passkey").status_code == 404
    assert visitor.client.post("/sign-in/authenticator/passkey/question").status_code in {400, 403, 404}


@pytest.mark.rule("IDN-3")
def test_the_code_page_takes_codes_as_people_type_them(sqlite_app: Flask, clock: FixedClock) -> None:
    account = an_account(house_of(sqlite_app), "ig_officer")
    clock.move(timedelta(seconds=60))
    for written in ("{0}\N{NO-BREAK SPACE}{1}", "{0} - {1}"):
        clock.move(timedelta(seconds=60))
        visitor = Visitor(sqlite_app, account)
        visitor.send("/sign-in", {"email": account.email, "password": PASSWORD})
        code = visitor.code()
        assert visitor.send("/sign-in/code", {"code": written.format(code[:3], code[3:])}).location == "/"


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize("sent", [{"passkey": "{"}, {"passkey": "x" * 60_000}, {"code": "1" * 10_000}])
def test_nonsense_for_a_second_step_is_a_wrong_one(sqlite_app: Flask, clock: FixedClock, sent: dict[str, str]) -> None:
    account = an_account(house_of(sqlite_app), "ig_officer")
    clock.move(timedelta(seconds=60))
    visitor = Visitor(sqlite_app, account)
    visitor.send("/sign-in", {"email": account.email, "password": PASSWORD})

    answer = visitor.send("/sign-in/code", sent)

    assert answer.status_code == 422
    assert "x" * 100 not in answer.text


@pytest.mark.rule("IDN-3", "IDN-6")
def test_what_was_typed_is_kept_while_a_code_is_sent_for(sqlite_app: Flask, clock: FixedClock) -> None:
    visitor = _signed_in_by_email(sqlite_app, clock)
    clock.move(timedelta(minutes=6))
    asked = visitor.get("/account/second-step/app")
    assert "Send me a code" in asked.text

    answer = visitor.again(asked, "/confirm", {"fresh_send": "1", "next": "/register?search=héron"})
    assert answer.status_code == 200
    assert "/register?search=héron" in unescape(answer.text)
    answer = visitor.again(answer, "/confirm", {"fresh_code": mailed_codes(visitor.house)[-1]})
    assert answer.status_code == 303
    assert answer.location.startswith("/register?search=h")


@pytest.mark.rule("IDN-3")
def test_after_three_codes_the_page_says_how_to_go_on(sqlite_app: Flask, clock: FixedClock) -> None:
    visitor = _signed_in_by_email(sqlite_app, clock)
    clock.move(timedelta(minutes=6))
    asked = visitor.get("/account/second-step/app")
    for _ in range(3):
        asked = visitor.again(asked, "/confirm", {"fresh_send": "1"})
        assert asked.status_code == 200

    over = visitor.again(asked, "/confirm", {"fresh_send": "1"})

    assert over.status_code == 422
    assert "Sign out, then sign in again" in over.text


def _signed_in_by_email(app: Flask, clock: FixedClock) -> Visitor:
    house = house_of(app)
    account: Account = an_account_by_email(house, "ig_officer")
    visitor = Visitor(app, account)
    clock.move(timedelta(seconds=1))
    visitor.send("/sign-in", {"email": account.email, "password": PASSWORD})
    clock.move(timedelta(seconds=1))
    assert visitor.send("/sign-in/code", {"code": mailed_codes(house)[-1]}, to="/sign-in/code").status_code == 303
    return visitor

"""Coming in by the pages: invitation, password, app, code; and what wrong ones are told."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.identity import totp
from compliance.kernel.clock import FixedClock
from tests.builders.identity import PASSWORD, a_link, a_person, an_account
from tests.web.conftest import Comes, Visitor


@pytest.mark.rule("IDN-8", "IDN-3")
def test_an_invitation_leads_to_a_password_then_to_the_app_and_in(sqlite_app: Flask, visitor: Visitor) -> None:
    house = house_of(sqlite_app)
    person = a_person(house, "hub_manager", full_name="Marsh Linnet")
    link = f"/invitation/{a_link(house, person)}"

    answer = visitor.send(link, {"password": PASSWORD, "again": PASSWORD})
    assert answer.location == "/sign-in/authenticator"
    answer = visitor.get(answer.location)
    assert answer.location == "/sign-in/authenticator/app"

    page = visitor.get(answer.location)
    assert "<svg" in page.text
    assert " style=" not in page.text
    shown = re.search(r'class="hub-secret">([^<]+)<', page.text)
    assert shown is not None
    secret = unescape(shown[1]).replace(" ", "")

    answer = visitor.send("/sign-in/authenticator/app", {"code": totp.code_at(secret, house.clock.now())})
    assert answer.location == "/"
    assert "What you can do" in visitor.get("/").text

    assert Visitor(sqlite_app).get(link).status_code == 404


@pytest.mark.rule("IDN-1")
def test_each_criterion_that_a_password_fails_is_named(sqlite_app: Flask, visitor: Visitor) -> None:
    house = house_of(sqlite_app)
    link = f"/invitation/{a_link(house, a_person(house, 'ig_officer'))}"

    answer = visitor.send(link, {"password": "short", "again": "short"})

    assert answer.status_code == 422
    summary = answer.text.split("There is a problem")[1].split("</ul>")[0]
    assert summary.count("<li>") >= 3
    assert 'href="#password"' in summary
    assert "short" not in answer.text.replace("shorter", "")


def test_a_password_typed_two_ways_is_asked_for_again(sqlite_app: Flask, visitor: Visitor) -> None:
    house = house_of(sqlite_app)
    link = f"/invitation/{a_link(house, a_person(house, 'ig_officer'))}"

    answer = visitor.send(link, {"password": PASSWORD, "again": PASSWORD + "!"})

    assert answer.status_code == 422
    assert "The two passwords are not the same" in answer.text


@pytest.mark.rule("IDN-4")
def test_a_wrong_name_and_a_wrong_password_are_answered_alike(sqlite_app: Flask) -> None:
    account = an_account(house_of(sqlite_app), "ig_officer")

    def answer_to(email: str) -> str:
        page = Visitor(sqlite_app).send("/sign-in", {"email": email, "password": "Not-The-Right-1!"})
        assert page.status_code == 422
        token = re.compile(r'name="csrf_token"[^>]*value="[^"]+"')
        return token.sub("", page.text).replace(email, "")

    assert answer_to(account.email) == answer_to("nobody@kent.example.org")


def test_the_name_typed_is_kept_and_the_password_is_not(visitor: Visitor) -> None:
    answer = visitor.send("/sign-in", {"email": "wren@kent.example.org", "password": "Some-Secret-9?"})

    assert 'value="wren@kent.example.org"' in answer.text
    assert "Some-Secret-9?" not in answer.text


def test_the_code_leads_back_to_where_one_wanted_to_be(sqlite_app: Flask, clock: FixedClock) -> None:
    account = an_account(house_of(sqlite_app), "ig_officer")
    clock.move(timedelta(seconds=60))
    visitor = Visitor(sqlite_app, account)

    answer = visitor.send("/sign-in?next=/register", {"email": account.email, "password": PASSWORD})
    assert answer.location == "/sign-in/code?next=/register"
    before = visitor.client.get_cookie("session")

    answer = visitor.send(answer.location, {"code": f"{visitor.code()[:3]} {visitor.code()[3:]}"})
    assert answer.location == "/register"
    after = visitor.client.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_a_wrong_code_can_be_tried_again(sqlite_app: Flask) -> None:
    account = an_account(house_of(sqlite_app), "ig_officer")
    visitor = Visitor(sqlite_app, account)
    visitor.send("/sign-in", {"email": account.email, "password": PASSWORD})

    answer = visitor.send("/sign-in/code", {"code": "000000"})

    assert answer.status_code == 422
    assert "Wait for the next one in your app" in answer.text


@pytest.mark.rule("IDN-2")
def test_an_expired_password_opens_only_the_page_for_a_new_one(sqlite_app: Flask, clock: FixedClock) -> None:
    account = an_account(house_of(sqlite_app), "ig_officer")
    clock.move(timedelta(days=91))
    visitor = Visitor(sqlite_app, account)
    visitor.send("/sign-in", {"email": account.email, "password": PASSWORD})

    answer = visitor.send("/sign-in/code", {"code": visitor.code()})
    assert answer.location == "/sign-in/new-password"
    assert visitor.get("/audit").location == "/sign-in/new-password"

    fresh = "Quiet-Otter-77-swims"
    answer = visitor.send("/sign-in/new-password", {"current": PASSWORD, "password": fresh, "again": fresh})
    assert answer.location == "/"
    assert visitor.get("/register").status_code == 200


@pytest.mark.rule("IDN-2")
def test_anyone_can_change_their_password_and_is_told_when_the_present_one_is_wrong(comes: Comes) -> None:
    somebody = comes("ig_officer")
    fresh = "Quiet-Otter-77-swims"

    answer = somebody.send("/account/password", {"current": "not-it", "password": fresh, "again": fresh})
    assert answer.status_code == 422
    assert "not your current password" in answer.text

    answer = somebody.send("/account/password", {"current": PASSWORD, "password": fresh, "again": fresh})
    assert answer.location == "/account"
    assert "Your password is changed" in somebody.get("/account").text


@pytest.mark.rule("IDN-6")
def test_fifteen_idle_minutes_end_a_sign_in(comes: Comes, clock: FixedClock) -> None:
    somebody = comes("ig_officer")
    assert somebody.get("/register").status_code == 200

    clock.move(timedelta(minutes=15))

    assert somebody.get("/register").location == "/session-ended?next=/register"

"""Every page says who may come in, and only they do."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask

from compliance.web.access import Door
from tests.web.conftest import Comes, Visitor

OPEN = {
    "docs.contract", "docs.problem", "docs.problems", "docs.room",
    "signing_on.authorize", "signing_on.authorize_by_form", "signing_on.logout", "signing_on.logout_by_form",
    "signing_on.confirm_logout",
    "assets.file", "certificates.how_to_check", "certificates.signing", "sign_in.sign_in", "sign_in.signed_out", "sign_in.ended", "sign_in.invitation",
}  # fmt: skip


def pages_of(app: Flask) -> dict[str, Door]:
    return {
        endpoint: view.door  # type: ignore[attr-defined]
        for endpoint, view in app.view_functions.items()
        if view.__module__.startswith("compliance.web")
    }


def test_every_page_declares_its_access(sqlite_app: Flask) -> None:
    undeclared = [
        endpoint
        for endpoint, view in sqlite_app.view_functions.items()
        if view.__module__.startswith("compliance.web") and not isinstance(getattr(view, "door", None), Door)
    ]

    assert not undeclared, f"declare who may come: @guarded, @signed_in, @signing_in or @open_door on {undeclared}"


def test_only_the_pages_of_coming_in_are_open_to_all(sqlite_app: Flask) -> None:
    assert {endpoint for endpoint, door in pages_of(sqlite_app).items() if door.open} == OPEN


def test_whoever_has_not_signed_in_is_sent_to_the_sign_in_page_and_comes_back_afterwards(visitor: Visitor) -> None:
    answer = visitor.get("/register?area=medway")

    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/register?area%3Dmedway"


def test_no_page_that_needs_a_sign_in_answers_without_one(sqlite_app: Flask, visitor: Visitor) -> None:
    doors = pages_of(sqlite_app)
    for rule in sqlite_app.url_map.iter_rules():
        door = doors.get(rule.endpoint)
        if door is None or door.open:
            continue
        values: dict[str, object] = {name: uuid4() for name in rule.arguments}
        values |= {name: value for name, value in {"form": "csv", "number": 1}.items() if name in rule.arguments}
        with sqlite_app.test_request_context():
            address = sqlite_app.url_for(rule.endpoint, **values)  # type: ignore[arg-type]
        method = "GET" if rule.methods and "GET" in rule.methods else "POST"

        answer = visitor.client.open(address, method=method)

        assert answer.status_code == 303, rule.endpoint
        assert answer.location.startswith("/sign-in"), rule.endpoint


@pytest.mark.rule("IDN-3")
def test_a_password_alone_opens_nothing_but_the_page_for_the_code(visitor: Visitor, comes: Comes) -> None:
    account = comes("ig_officer").account
    assert account is not None

    answer = visitor.send("/sign-in", {"email": account.email, "password": account.password})
    assert answer.location == "/sign-in/code"

    assert visitor.get("/audit").location == "/sign-in/code"
    assert visitor.get("/").location == "/sign-in/code"


def test_a_role_that_may_not_is_told_so_and_what_to_do_next(comes: Comes) -> None:
    answer = comes("ig_officer").get("/people")

    assert answer.status_code == 403
    assert "Ask the MARAC Hub Team" in answer.text


@pytest.mark.parametrize("role", ["hub_manager", "delegate", "authorised_signatory", "steering_member"])
def test_the_log_is_read_by_the_information_governance_officer_alone(comes: Comes, role: str) -> None:
    assert comes(role).get("/audit").status_code == 403


def test_a_page_that_is_not_there_says_so_in_words(visitor: Visitor) -> None:
    answer = visitor.get("/no-such-page")

    assert answer.status_code == 404
    assert "Page not found" in answer.text


def test_an_ended_sign_in_is_explained_and_its_cookie_taken_back(comes: Comes) -> None:
    somebody = comes("ig_officer")
    somebody.send("/", to="/sign-out")
    somebody.client.set_cookie("session", "mss_of-another-day")

    answer = somebody.get("/register")
    assert answer.location == "/session-ended?next=/register"

    page = somebody.get(answer.location)
    assert "You have been signed out" in page.text
    assert somebody.client.get_cookie("session") is None

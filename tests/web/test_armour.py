"""What pages say to browsers, and what they do not take from other sites."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from compliance.app import create_app, house_of
from compliance.web.going_back import ours
from tests.web.conftest import Comes, Visitor, hidden_fields


def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(visitor: Visitor) -> None:
    headers = visitor.get("/sign-in").headers

    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers


@pytest.mark.parametrize("address", ["/", "/register", "/account", "/no-such-page"])
def test_signed_in_pages_are_kept_by_no_browser(comes: Comes, address: str) -> None:
    assert comes("ig_officer").get(address).headers["Cache-Control"] == "no-store"


def test_signing_out_clears_what_the_browser_kept(comes: Comes) -> None:
    answer = comes("ig_officer").send("/", to="/sign-out")

    assert answer.headers["Clear-Site-Data"] == '"storage"'


def test_style_sheets_may_be_kept(visitor: Visitor) -> None:
    answer = visitor.get("/static/hub.css")

    assert answer.status_code == 200
    assert "max-age" in answer.headers["Cache-Control"]
    answer.close()


def test_templates_hold_no_inline_style_or_script() -> None:
    templates = Path(__file__).parents[2] / "compliance" / "web" / "templates"
    for template in templates.glob("*.html"):
        text = template.read_text()
        assert " style=" not in text, template.name
        assert " onclick=" not in text, template.name
        assert "<script>" not in text, template.name


def test_over_tls_the_cookie_is_bound_to_host_and_transport(sqlite_app: Flask) -> None:
    settings = replace(house_of(sqlite_app).settings, base_url="https://marac.example")
    app = create_app(settings, house_of(sqlite_app).clock)

    answer = app.test_client().get("/sign-in", base_url="https://marac.example")
    ended = app.test_client().get("/session-ended", base_url="https://marac.example")

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "__Host-session=" in ended.headers["Set-Cookie"]
    for mark in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert mark in ended.headers["Set-Cookie"]
        assert mark in answer.headers["Set-Cookie"]
    house_of(app).engine.dispose()


def test_a_form_without_its_token_is_refused(visitor: Visitor) -> None:
    visitor.get("/sign-in")

    answer = visitor.client.post("/sign-in", data={"email": "a@kent.example.org", "password": "x"})

    assert answer.status_code == 403
    assert "load the page again" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_that_stood_on_another_site_is_refused_even_with_a_token(
    visitor: Visitor, headers: dict[str, str]
) -> None:
    token = hidden_fields(visitor.get("/sign-in").text)

    answer = visitor.client.post("/sign-in", data=token | {"email": "a@b.example", "password": "x"}, headers=headers)

    assert answer.status_code == 403
    assert "did not come from this service" in answer.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://127.0.0.1:8000"}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}],
)
def test_our_own_form_is_taken(visitor: Visitor, headers: dict[str, str]) -> None:
    token = hidden_fields(visitor.get("/sign-in").text)

    answer = visitor.client.post("/sign-in", data=token | {"email": "", "password": ""}, headers=headers)

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/%2f%2felsewhere.example", "register",
        "javascript:alert(1)", "/register\r\nSet-Cookie: a=b", "/%0d%0aSet-Cookie:a", "/api/v1/organisations", "/nowhere",
        "/" + "a" * 3000, "\x00/register", "/sign-out",
    ],
)  # fmt: skip
def test_the_way_back_is_a_page_of_ours_or_dropped(sqlite_app: Flask, elsewhere: str) -> None:
    with sqlite_app.test_request_context():
        assert ours(elsewhere) is None


def test_the_way_back_keeps_what_was_asked(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        assert ours("/register?area=medway&sort=-name") == "/register?area=medway&sort=-name"


def test_a_form_larger_than_any_of_ours_is_refused(comes: Comes) -> None:
    answer = comes("ig_officer").client.post("/account/password", data={"current": "x" * 300_000})

    assert answer.status_code == 413
    assert "too large" in answer.text

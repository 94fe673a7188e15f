"""What every page does for whoever is before it: words shown as words, passwords masked and welcome from a manager."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Comes, Visitor

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_what_was_typed_is_shown_as_text_and_never_as_markup(visitor: Visitor) -> None:
    page = visitor.send("/sign-in", {"email": SCRIPT, "password": "Grey-Heron-41-flies"})

    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_what_was_searched_for_is_shown_as_text(comes: Comes) -> None:
    page = comes("hub_manager").get("/register", query_string={"search": SCRIPT})

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text


@pytest.mark.rule("IDN-1")
def test_a_password_is_masked_and_managers_may_fill_it_in(visitor: Visitor) -> None:
    field = next(tag for tag in re.findall(r"<input[^>]*>", visitor.get("/sign-in").text) if 'name="password"' in tag)

    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in field


@pytest.mark.rule("IDN-6")
@pytest.mark.parametrize("address", ["/", "/register", "/licences", "/people", "/withdrawals", "/account"])
def test_one_can_sign_out_from_every_page(comes: Comes, address: str) -> None:
    page = comes("hub_manager").get(address)

    assert page.status_code == 200
    assert 'action="/sign-out"' in page.text

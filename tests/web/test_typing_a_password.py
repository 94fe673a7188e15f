"""Choosing a password in a real browser: what it has is ticked off as it is typed, and nothing is lost without a script."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from compliance.app import house_of
from tests.builders.identity import PASSWORD, a_link, a_person, an_employer
from tests.support.browser import NewPage, axe

NARROW = {"width": 320, "height": 800}


@pytest.fixture
def link(sqlite_app: Flask) -> Iterator[str]:
    """The address of a link to a first password, for Wren Alder of the Pelican Trust."""
    house = house_of(sqlite_app)
    person = a_person(house, "delegate", organisation_id=an_employer(house, "Pelican Trust"))
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.port}/invitation/{a_link(house, person)}"
    server.shutdown()
    serving.join()


def ticked(page: Page) -> list[bool | None]:
    """Of each criterion, in order, whether it is ticked; None for what only the server looks at."""
    found: list[bool | None] = []
    for item in page.locator("#password-criteria li").all():
        said = item.inner_text()
        found.append(True if said.startswith("Done: ") else False if said.startswith("Still to do: ") else None)
    return found


@pytest.mark.rule("IDN-1")
def test_each_criterion_is_ticked_as_it_comes_to_hold(page: Page, link: str) -> None:
    page.goto(link)
    field = page.get_by_label("New password", exact=True)
    expect(page.locator(".hub-criteria--live")).to_be_visible()
    assert ticked(page) == [False] * 7 + [None]

    for typed, expected in (
        ("g", [False, False, True, False, False, True, True, None]),
        ("gR", [False, True, True, False, False, True, True, None]),
        ("gR4", [False, True, True, True, False, True, True, None]),
        ("gR4!", [False, True, True, True, True, True, True, None]),
        ("gR4!-Álder", [False, True, True, True, True, False, True, None]),
        ("gR4!-pelican", [True, True, True, True, True, True, False, None]),
        ("gR4!-MEDWAY-gull", [True, True, True, True, True, True, False, None]),
        (PASSWORD, [True] * 7 + [None]),
        ("", [False] * 7 + [None]),
    ):
        field.fill(typed)
        assert ticked(page) == expected, typed


@pytest.mark.rule("IDN-1")
def test_what_is_left_is_said_to_who_cannot_see_it(page: Page, link: str) -> None:
    page.goto(link)
    said = page.locator("[data-criteria-said]")
    assert said.get_attribute("aria-live") == "polite"

    page.get_by_label("New password", exact=True).press_sequentially("Grey-Heron-xx")
    expect(said).to_have_text("Still to do: a number.")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    expect(said).to_have_text("Everything that can be seen here is done.")
    axe(page)


@pytest.mark.rule("IDN-1")
def test_a_password_can_be_shown_pasted_and_kept_by_a_manager(page: Page, link: str) -> None:
    page.set_viewport_size(NARROW)
    page.goto(link)
    field = page.locator("#password")
    assert field.get_attribute("autocomplete") == "new-password"

    field.fill(PASSWORD)
    page.get_by_role("button", name="Show password").first.click()
    assert field.get_attribute("type") == "text"
    page.get_by_role("button", name="Hide password").first.click()
    field.press("Control+A")
    page.get_by_role("button", name="Show password").first.click()
    field.press("Control+A")
    field.press("Control+C")
    page.locator("#again").focus()
    page.locator("#again").press("Control+V")
    assert page.locator("#again").input_value() == PASSWORD
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    axe(page)
    page.get_by_role("button", name="Save password and continue").click()
    expect(page).not_to_have_url(link)


@pytest.mark.rule("IDN-1")
def test_without_a_script_the_servers_answer_names_every_criterion_that_fails(new_page: NewPage, link: str) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(link)
    assert page.locator("#password-criteria li").count() == 8
    assert not page.locator(".hub-criteria--live").count()

    page.locator("#password").fill("pelican")
    page.locator("#again").fill("pelican")
    page.get_by_role("button", name="Save password and continue").click()

    lines = page.locator(".govuk-error-summary__list li").all_inner_texts()
    assert lines == [
        "Use at least 12 characters.",
        "Use at least one upper-case letter.",
        "Use at least one number.",
        "Use at least one special character, such as a symbol or a space.",
        "Leave out your organisation, and words such as marac, police or the name of a town.",
        "Choose one that is not in the list of common passwords.",
    ]

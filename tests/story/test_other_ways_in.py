"""The same service without JavaScript, by the keyboard alone, and the pages that the story has no need of."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.story.conftest import Story
from tests.story.signing import the_hub_invites
from tests.story.steps import Somebody

WITHOUT_SCRIPT = {"java_script_enabled": False}


@pytest.mark.rule("IDN-3", "IDN-8", "LIC-1")
def test_signing_in_and_asking_for_a_licence_without_javascript_and_by_keyboard(sqlite_story: Story) -> None:
    story = sqlite_story
    story.looker.looks = False
    hub = story.somebody("Ash Moor", "ash.moor@kent-police.example", **WITHOUT_SCRIPT)
    hub.begins(story.invited_by_command(hub.name, hub.email, "--role", "hub_manager", "--hub-team"))
    delegate = the_hub_invites(
        hub, story, "Sam Vale", "sam.vale@swale-council.example", "Delegate", "Swale", **WITHOUT_SCRIPT
    )
    delegate.signs_out()
    delegate.signs_in()
    asks_for_a_licence_without_script(delegate)

    typist = story.somebody(hub.name, hub.email)
    typist.phone = hub.phone
    signs_in_by_keyboard(typist)
    skips_to_the_content_by_keyboard(typist)

    story.looker.looks = True
    looks_at_what_the_story_had_no_need_of(typist)


def asks_for_a_licence_without_script(delegate: Somebody) -> None:
    """Every question is there, every error stands beside its field, what was typed is kept."""
    delegate.goes_to("/licences/new")
    delegate.sends({"Full name": "Wren Alder", "Mid-Kent": True}, "Ask for the licence")
    delegate.is_told("Enter the person’s work e-mail address.", "Say why they need a licence.")
    delegate.fills({"Work e-mail address": "wren.alder@swale-council.example"})
    delegate.sends({"Why do they need it?": "Joins the housing team."}, "Ask for the licence")
    delegate.sees("The licence is asked for.", "things are missing")


def signs_in_by_keyboard(typist: Somebody) -> None:
    """Nothing but Tab, Enter and letters."""
    keyboard = typist.page.keyboard
    typist.goes_to("/sign-in")
    tabs_to(typist, "E-mail address")
    keyboard.type(typist.email)
    tabs_to(typist, "Password")
    keyboard.type(typist.password)
    with typist.page.expect_navigation():
        keyboard.press("Enter")

    tabs_to(typist, "6-digit code")
    keyboard.type(typist.code())
    with typist.page.expect_navigation():
        keyboard.press("Enter")
    expect(typist.page.get_by_role("banner")).to_contain_text(typist.name)


def skips_to_the_content_by_keyboard(typist: Somebody) -> None:
    """The first Tab of a page leads past its frame: the next one lands in the middle."""
    typist.goes_to("/register")
    typist.page.keyboard.press("Tab")
    skip = typist.page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    typist.page.keyboard.press("Enter")
    expect(typist.page.get_by_role("main")).to_be_focused()
    typist.page.keyboard.press("Tab")
    expect(typist.page.get_by_role("main").get_by_role("link").first).to_be_focused()


def tabs_to(typist: Somebody, label: str) -> None:
    """Press Tab until the field of this label has the focus, and see that the focus shows."""
    field = typist.page.get_by_label(label, exact=True)
    for _ in range(20):
        typist.page.keyboard.press("Tab")
        if field.evaluate("it => it === document.activeElement"):
            assert field.evaluate("it => getComputedStyle(it).outlineWidth") != "0px"
            return
    raise AssertionError(f"{label} is not reached by Tab")


def looks_at_what_the_story_had_no_need_of(hub: Somebody) -> None:
    """Every other page that the hub manager can open shuts nobody out either."""
    hub.goes_to("/licences")
    hub.follows("Wren Alder")
    licence = urlsplit(hub.page.url).path
    hub.follows("Swale", within=hub.row_of("Organisation"))
    organisation = urlsplit(hub.page.url).path
    hub.goes_to("/people")
    hub.follows("Sam Vale")
    person = urlsplit(hub.page.url).path
    hub.goes_to(organisation)
    paper = hub.page.get_by_role("link", name="Record a paper signature").first.get_attribute("href")
    refusal = hub.page.get_by_role("link", name="Record a refusal").first.get_attribute("href")
    for address in (
        *(f"{licence}/{step}" for step in ("refusal", "suspension", "resumption", "end", "reallocation")),
        *(f"{organisation}/{step}/new" for step in ("domains", "isa-checks")),
        *(f"{person}/{step}" for step in ("roles/new", "invitation", "reset")),
        str(paper),
        str(refusal),
        "/account/password",
        "/register?as_at-day=1&as_at-month=4&as_at-year=2025",
        "/register?as_at-day=31&as_at-month=2&as_at-year=1290",
        "/licences?search=nobody",
        "/people?search=nobody",
        "/signed-out",
    ):
        answer = hub.goes_to(address)
        assert answer.status in {200, 422}, f"{address} answered {answer.status}"
    assert hub.goes_to("/no-such-page").status == 404
    hub.is_on("Page not found")

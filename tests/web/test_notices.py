"""The page of letters: who may see it, what it shows, and what it never does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.notices.ways import Post
from compliance.notices.ways.smtp import Smtp
from compliance.web.words import PROBLEMS
from tests.builders.identity import a_person, logged
from tests.builders.notices import a_letter, post_goes
from tests.inventory.source import product
from tests.support.browser import shuts_nobody_out
from tests.support.mail import MailServer
from tests.web.conftest import Comes, Seat


@pytest.fixture
def failing(sqlite_app: Flask) -> str:
    """One letter that was sent, one that fails, one that waits; the name of whom the failing one is for."""
    house = house_of(sqlite_app)
    person = a_person(house, full_name="Kit Rowan", email="kit.rowan@kent.example.org")
    with MailServer() as mail:
        house.fixtures[Post] = Post(Smtp.of(mail.url, "hub@marac.example"))
        a_letter(house, person_id=a_person(house, full_name="Sent Before").id)
        post_goes(house)
        mail.refuses_address = lambda _address: "550 No such mailbox"
        a_letter(house, person.email, person_id=person.id)
        post_goes(house)
        a_letter(house, person_id=a_person(house, full_name="Waits Still").id)
    return person.full_name


@pytest.mark.rule("GOV-5", "AUD-1")
def test_the_hub_and_the_officer_see_what_fails_and_why_and_the_look_is_recorded(comes: Comes, failing: str) -> None:
    for role in ("hub_coordinator", "ig_officer"):
        somebody = comes(role)
        page = somebody.get("/notices")

        assert page.status_code == 200
        for said in (failing, "Sent Before", "Waits Still", "The mail server does not take this address"):
            assert said in page.text
        assert "Letters" in page.text.partition("</header>")[0]
    assert len(logged(somebody.house, "notices.viewed")) == 2


@pytest.mark.rule("GOV-5", "IDN-8")
def test_neither_words_nor_addresses_are_shown(comes: Comes, failing: str) -> None:
    page = comes("hub_manager").get("/notices").text

    assert "marac.example/invitation" not in page
    assert "kit.rowan@" not in page
    assert "wren@kent" not in page


@pytest.mark.rule("ROL-4")
def test_partners_do_not_see_the_page(comes: Comes) -> None:
    delegate = comes("delegate")

    assert delegate.get("/notices").status_code == 403
    assert "Letters" not in delegate.get("/").text.partition("</header>")[0]


@pytest.mark.rule("GOV-5")
def test_the_first_page_says_that_letters_fail_while_they_do(
    comes: Comes, failing: str, clock: FixedClock, sqlite_app: Flask
) -> None:
    hub = comes("hub_coordinator")
    assert "letter could not be sent yet" in hub.get("/").text

    with MailServer() as mail:
        house_of(sqlite_app).fixtures[Post] = Post(Smtp.of(mail.url, "hub@marac.example"))
        clock.move(timedelta(minutes=5))
        post_goes(house_of(sqlite_app))
    assert "could not be sent" not in hub.get("/").text


@pytest.mark.rule("GOV-5")
def test_without_mail_the_pages_say_that_letters_wait_for_it(comes: Comes) -> None:
    hub = comes("hub_coordinator")
    assert "could not be sent" not in hub.get("/").text
    a_letter(hub.house)

    assert "letter could not be sent yet" in hub.get("/").text
    assert "No mail is set up" in hub.get("/notices").text


@pytest.mark.rule("GOV-5")
def test_every_kind_of_failure_has_words() -> None:
    """Each code that a way raises is one that the page can say, and each that it can say is raised."""
    code = re.compile(r'"([a-z]+(?:_[a-z]+)+|refused|unreadable)"')
    raised = {
        found
        for module in product()
        if module.name.startswith("compliance.notices")
        for line in module.text.splitlines()
        if "NotSent(" in line or "return " in line
        for found in code.findall(line)
    }

    assert raised - {"interrupted"} == set(PROBLEMS)


@pytest.mark.rule("GOV-5")
def test_nobody_is_shut_out_of_the_page(comes: Comes, failing: str, seat: Seat) -> None:
    shuts_nobody_out(seat(comes("hub_manager")), "/notices", "/")

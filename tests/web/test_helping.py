"""Asking for help at the people's door, without JavaScript: by whoever is stuck, by telephone, on to the supplier (GOV-6)."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.governance.support.models import HelpRequest, SupportContact
from tests.builders.identity import an_employer, every, letters
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat, Visitor

ASKED = {"about": "case_system", "words": "The <b>list</b> of my cases stays empty."}
CALLED = {
    "who": "Robin at reception", "verified_by": "called_back", "about": "signing_in", "words": "The page does not open.",
}  # fmt: skip


def _named(manager: Visitor, contact: Visitor) -> None:
    assert contact.account is not None
    done = manager.send("/help/contacts/new", {"person_id": str(contact.account.person.id)})
    assert done.status_code == 303, done.text


@pytest.mark.rule("GOV-6")
def test_what_one_asks_here_is_passed_on_by_a_support_contact_and_answered(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    asker = comes("delegate", organisation_id=an_employer(house, "Harbour Refuge"))
    manager, contact, other = comes("hub_manager"), comes("hub_coordinator"), comes("hub_coordinator")
    assert asker.send("/help/new", ASKED | {"words": " "}).status_code == 422
    here = asker.send("/help/new", ASKED).headers["Location"]
    assert "The &lt;b&gt;list&lt;/b&gt; of my cases" in asker.get(here).text
    assert "Pass it on" not in contact.get(here).text, "nobody has said yet whose matter it is"
    assert contact.send(f"{here}/matter", {"matter": "supplier"}).status_code == 303

    refused = other.send(f"{here}/supplier", {"ticket": "OAS-41"})
    _named(manager, contact)
    passed = contact.send(f"{here}/supplier", {"ticket": "OAS-41"})
    (kept,) = every(house, HelpRequest)

    assert (refused.status_code, passed.status_code, kept.status) == (403, 303, "passed_on")
    assert contact.get(f"{here}/supplier").status_code == 303, "it is with them already"
    assert "OAS-41" in manager.get(here).text
    assert "OAS-41" not in asker.get(here).text, "whoever asked has nothing to do with the supplier"
    assert manager.send(f"{here}/end", {"outcome": "They set the filter right."}).status_code == 303
    assert "They set the filter right." in asker.get(here).text
    assert asker.account is not None
    assert [each["kind"] for each in letters(house, asker.account.person)].count("help_ended") == 1


@pytest.mark.rule("GOV-6")
def test_who_passes_on_must_be_named_even_where_the_page_was_open_before(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    manager, contact = comes("hub_manager"), comes("hub_coordinator")
    here = comes("delegate").send("/help/new", ASKED).headers["Location"]
    assert contact.send(f"{here}/matter", {"matter": "supplier"}).status_code == 303
    _named(manager, contact)
    page = contact.get(f"{here}/supplier")
    (named,) = every(house, SupportContact)

    assert manager.send("/help/contacts", to=f"/help/contacts/{named.id}/end").status_code == 303
    refused = contact.again(page, f"{here}/supplier", {"ticket": "OAS-41"})

    assert refused.status_code == 403
    assert "GOV-6" in refused.text
    assert every(house, HelpRequest)[0].status == "sorted"


@pytest.mark.rule("GOV-6")
def test_a_call_is_logged_with_how_it_was_seen_who_called(sqlite_app: Flask, comes: Comes) -> None:
    house, hub = house_of(sqlite_app), comes("hub_coordinator")
    refuge = an_employer(house, "Harbour Refuge")

    assert hub.send("/help/call", CALLED | {"verified_by": ""}).status_code == 422
    assert every(house, HelpRequest) == []
    page = hub.get(hub.send("/help/call", CALLED | {"organisation_id": str(refuge)}).headers["Location"]).text

    for words in ("Robin at reception", "Harbour Refuge", "Called back on the number that the register has"):
        assert words in page


@pytest.mark.rule("GOV-6")
def test_partners_see_their_own_requests_and_the_hub_sees_all(sqlite_app: Flask, comes: Comes) -> None:
    one, other, hub = comes("delegate"), comes("delegate"), comes("hub_coordinator")
    here = one.send("/help/new", ASKED).headers["Location"]
    other.send("/help/new", ASKED | {"about": "licence"})

    listed = [set(re.findall(r">(H-\d+-\d+)<", who.get("/help").text)) for who in (one, other, hub)]

    assert listed == [{"H-2026-1"}, {"H-2026-2"}, {"H-2026-1", "H-2026-2"}]
    assert other.get(here).status_code == 404
    for way in ("/help/call", "/help/contacts", "/help/export.csv", f"{here}/matter"):
        assert one.get(way).status_code == 403, way


@pytest.mark.rule("GOV-6")
def test_every_page_of_it_passes_axe_and_fits_a_narrow_screen(sqlite_app: Flask, comes: Comes, seat: Seat) -> None:
    refuge = an_employer(house_of(sqlite_app), "Harbour Refuge for Women and Children of the Northern Districts")
    asker, manager, contact = comes("delegate", organisation_id=refuge), comes("hub_manager"), comes("hub_coordinator")
    shuts_nobody_out(seat(asker), "/help", "/help/new")
    shuts_nobody_out(seat(manager), "/help", "/help/contacts", "/help/contacts/new")

    here = asker.send("/help/new", ASKED | {"words": "long" * 200}).headers["Location"]
    shuts_nobody_out(seat(contact), f"{here}/matter", "/help/call")
    assert contact.send(f"{here}/matter", {"matter": "supplier"}).status_code == 303
    _named(manager, contact)
    shuts_nobody_out(seat(contact), "/help", here, f"{here}/supplier", f"{here}/end", "/help/contacts")
    assert contact.send(f"{here}/end", {"outcome": "done" * 200}).status_code == 303
    shuts_nobody_out(seat(asker), "/help?which=ended", here)

"""Asking for help at the people's door, without JavaScript: by whoever is stuck, by telephone, on to the supplier (GOV-6, OP 6.4)."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.governance.support.models import HelpRequest, SupportContact
from compliance.governance.support.rules import Matter
from compliance.kernel.clock import FixedClock
from tests.builders.helping import a_request, again, ended, sorted_as
from tests.builders.identity import an_employer, every, letters
from tests.builders.use import move_to
from tests.web.conftest import Comes, Visitor

ASKED = {"about": "case_system", "words": "The <b>list</b> of my cases stays empty."}
CALLED = {
    "who": "Robin at reception", "verified_by": "called_back", "about": "signing_in", "words": "The page does not open.",
}  # fmt: skip


def words(page: str) -> str:
    """The middle of a page, as it is read."""
    return " ".join(re.sub("<[^>]+>", " ", page.partition("<main")[2]).split())


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
def test_who_may_not_pass_it_on_reads_whom_to_ask_and_a_last_day_ends_the_right_at_the_door(
    sqlite_app: Flask, clock: FixedClock, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    move_to(clock, "2026-11-21T23:50")
    manager, contact, other = comes("hub_manager"), comes("hub_coordinator"), comes("hub_coordinator")
    assert contact.account is not None
    it = sorted_as(house, a_request(house), Matter.SUPPLIER)
    page, door = f"/help/{it.id}", f"/help/{it.id}/supplier"
    assert "nobody can: there is no support contact. Ask the MARAC manager" in words(other.get(page).text)
    assert "Nothing can be passed on to the supplier now" in words(other.get("/help/contacts").text)

    person = {"person_id": str(contact.account.person.id)}
    day = {"ends_on-day": "20", "ends_on-month": "11", "ends_on-year": "2026"}
    refused = manager.send("/help/contacts/new", person | day)
    assert (refused.status_code, "Enter today or a later day, or none." in refused.text) == (422, True)
    manager.send("/help/contacts/new", person | day | {"ends_on-day": "21"})

    assert f"ask {contact.account.person.full_name}." in words(other.get(page).text)
    assert door not in other.get(page).text
    assert "21 November 2026 The last day; it ends by itself" in words(other.get("/help/contacts").text)
    assert door in contact.get(page).text
    move_to(clock, "2026-11-22T00:00")
    assert door not in contact.get(page).text
    contact.send("/help/new", {"ticket": "OAS-41"}, to=door)
    assert again(house, it).ticket is None
    assert "The last day was 21 November 2026" in words(other.get("/help/contacts").text)

    [entry] = every(house, SupportContact)
    manager.send("/help/contacts", to=f"/help/contacts/{entry.id}/end")
    assert "21 November 2026" not in words(other.get("/help/contacts").text)


@pytest.mark.rule("GOV-6")
def test_an_overdue_request_says_so_and_whose_matter_it_is_and_who_asked_is_not_offered_the_hubs_sorting(
    sqlite_app: Flask, clock: FixedClock, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    late, fresh = a_request(house), a_request(house)
    sorted_as(house, late, Matter.LOCAL_IT)
    move_to(clock, "2026-11-25T09:00")
    ended(house, sorted_as(house, fresh))
    coordinator, partner = comes("hub_coordinator"), comes("delegate")

    listed = words(coordinator.get("/help?which=all").text)
    assert "Overdue Local IT of their organisation" in listed
    assert listed.count("Local IT of their organisation") == 1, "what is done is nobody's matter any more"
    assert "Overdue It is in hand. It should have been over by 24 November 2026." in words(
        coordinator.get(f"/help/{late.id}").text
    )
    assert "Overdue" not in words(coordinator.get(f"/help/{fresh.id}").text)
    mine = partner.get("/help").text
    assert "Search by number<" in " ".join(mine.split()).replace(" <", "<")
    assert "Nobody has said whose matter" not in mine

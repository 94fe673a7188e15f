"""Asking for help and passing it on, at the people's door (GOV-6, OP 6.4)."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.governance.support.models import SupportContact
from compliance.governance.support.rules import Matter
from compliance.kernel.clock import FixedClock
from tests.builders.helping import a_request, again, ended, sorted_as
from tests.builders.identity import every
from tests.builders.use import move_to
from tests.web.conftest import Comes


def words(page: str) -> str:
    """The middle of a page, as it is read."""
    return " ".join(re.sub("<[^>]+>", " ", page.partition("<main")[2]).split())


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

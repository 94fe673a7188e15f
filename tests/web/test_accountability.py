"""How partners take their part, at the people's door: from the steering group's seat and the partner's (GOV-2)."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from compliance.app import house_of
from tests.builders.escalations import an_escalation
from tests.builders.facts import LAST_THREE, absent, told
from tests.builders.identity import an_employer
from tests.builders.licences import a_person, a_request, an_organisation
from tests.web.conftest import Comes


def cells(page: str, name: str) -> list[str]:
    """The cells of the row that begins with this, in words."""
    row = next(part for part in page.split("<tr") if name in part.split("</th>")[0])
    return [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in row.split("<td")[1:]]


@pytest.mark.rule("GOV-2", "LIC-11")
def test_the_steering_group_sees_every_partner_with_what_each_rate_is_counted_from(
    sqlite_app: Flask, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    refuge, well = an_employer(house, "Harbour Refuge"), an_employer(house, "Amber Housing")
    absent(house, refuge)
    for month in LAST_THREE:
        told(house, well, month, {"meetings_attended": 9, "meetings_missed": 1, "research_due": 1, "research_sent": 0})
    an_escalation(house, refuge, about="attendance")
    member = comes("steering_member")

    page = member.get("/accountability").text

    refuges, ambers = cells(page, "Harbour Refuge"), cells(page, "Amber Housing")
    assert "25.0% Below for months 3 of 12" in refuges[0]
    assert refuges[2].endswith("Not known")
    assert "Attendance , Harbour Refuge Steering group" in refuges[5]
    assert ambers[0].endswith("90.0% 27 of 30")
    assert "0.0% Too few to judge 0 of 3" in ambers[2]
    names = re.findall(r'/accountability/[0-9a-f-]+">([^<]+)<', member.get("/accountability?sort=-attendance").text)
    assert names[:2] == ["Amber Housing", "Harbour Refuge"]
    only = member.get("/accountability?which=persistent").text
    assert "Harbour Refuge" in only
    assert "Amber Housing" not in only

    one = member.get(f"/accountability/{refuge}").text
    assert one.count('<svg class="hub-chart__picture"') == 1
    assert "Mid-Kent" in one


@pytest.mark.rule("GOV-2", "LIC-3", "LIC-11")
def test_a_licence_refused_for_want_of_a_seat_stands_apart_from_those_that_are_waited_for(
    sqlite_app: Flask, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    swale = an_organisation(house, "swale")
    for name in ("kim", "lee"):
        a_person(house, swale, f"{name}@swale.gov.uk")
    refused, _waits = (a_request(house, swale, f"{name}@swale.gov.uk") for name in ("kim", "lee"))
    manager = comes("hub_manager")
    page = f"/licences/{refused.id}/refusal"
    assert manager.send(page, {"reason": "All seats are taken."}).status_code == 422, "for want of what, is to be said"

    manager.send(page, {"reason": "All seats are taken.", "refused_for": "no_seat"})

    assert "There was no seat to give<br>All seats are taken." in manager.get(f"/licences/{refused.id}").text
    member = comes("steering_member")
    waiting, without = cells(member.get("/accountability").text, "Swale")[3:5]
    assert waiting.endswith('"It waits for">1 licence since 21 November 2026')
    assert without.endswith('"No seat for"> 1 licence')
    one = " ".join(re.sub("<[^>]+>", " ", member.get(f"/accountability/{swale}").text).split())
    assert "1 licence was asked for since 1 August 2026 and there was no seat to give." in one
    assert "nothing is escalated by itself" in one


@pytest.mark.rule("GOV-2", "ROL-4")
def test_a_partner_sees_its_own_and_anothers_is_not_there(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    refuge, other = an_employer(house, "Harbour Refuge"), an_employer(house, "Amber Housing")
    absent(house, other)
    contact = comes("escalation_contact", organisation_id=refuge)

    assert "Amber Housing" not in contact.get("/accountability").text
    assert contact.get(f"/accountability/{refuge}").status_code == 200
    assert contact.get(f"/accountability/{other}").status_code == 404
    assert comes("authorised_signatory", organisation_id=refuge).get("/accountability").status_code == 403

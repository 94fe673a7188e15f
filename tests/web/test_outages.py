"""Outages at the people's door, without JavaScript: the passphrase, packs, an outage to its end (GOV-3)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.governance.outages.models import OutageHolder, OutagePack, OutagePassphrase, Transcription
from tests.builders.identity import an_employer, every
from tests.builders.outage_days import a_holder
from tests.web.conftest import Comes


@pytest.mark.rule("GOV-3")
def test_two_hold_the_passphrase_and_a_pack_is_made_and_fetched(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    manager, one = comes("hub_manager"), comes("hub_coordinator")
    assert "There is no passphrase yet" in one.get("/outages").text
    refused = manager.send("/outages/passphrase/turn", {})
    assert refused.status_code == 409, "nobody holds it"
    assert one.account is not None
    named = manager.send("/outages/holders/new", {"person_id": str(one.account.person.id)})
    assert named.status_code == 303, named.text
    a_holder(house)
    assert manager.send("/outages/passphrase/turn", {}).status_code == 303
    assert len(every(house, OutagePassphrase)) == 1

    page = one.get("/outages/passphrase")
    assert "Number 1" in page.text
    assert manager.get("/outages/passphrase").status_code == 403
    assert one.send("/outages", to="/outages/packs").status_code == 303
    (pack,) = every(house, OutagePack)
    file = one.get(f"/outages/packs/{pack.id}.age")
    assert file.data.startswith(b"age-encryption.org/v1")
    ended = manager.send("/outages", to=f"/outages/holders/{one.account.person.id}/end")
    assert ended.status_code == 409, "two are needed"
    assert comes("steering_member").get("/outages").status_code == 403
    stale = comes("hub_coordinator", fresh=False)
    assert b"age-encryption" not in stale.get(f"/outages/packs/{pack.id}.age").data
    assert all(each.ended_at is None for each in every(house, OutageHolder))


@pytest.mark.rule("GOV-3")
def test_an_outage_is_declared_written_up_and_closed(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    refuge, hub = an_employer(house, "Harbour Refuge"), comes("hub_coordinator")
    done = hub.send("/outages/new", {"what": "The <b>data centre</b>."})
    assert done.status_code == 303, done.text
    here = done.headers["Location"]
    page = hub.get(here).text
    assert "The &lt;b&gt;data centre&lt;/b&gt;." in page
    assert "Tell everybody" in page
    told = {"kind": "referral", "reference": "OFF-1", "organisation_id": str(refuge), "area": "medway"}
    assert hub.send(f"{here}/taken", told | {"area": ""}).status_code == 422
    assert hub.send(f"{here}/taken", told).status_code == 303
    assert hub.send(here, to=f"{here}/back").status_code == 303
    assert "1 thing is still to be entered" in hub.get(here).text
    assert hub.send(here, to=f"{here}/close").status_code == 409
    (line,) = every(house, Transcription)
    assert hub.send(f"{here}/taken/{line.id}/left-out", {"reason": "It was withdrawn."}).status_code == 303
    assert hub.send(here, to=f"{here}/close").status_code == 303
    page = hub.get(here).text
    assert "It was withdrawn." in page
    assert "Closed" in page

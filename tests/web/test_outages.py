"""Outages at the people's door, without JavaScript: the passphrase, packs, an outage to its end (GOV-3)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.governance.outages import archive, keeping, packing, sealing
from compliance.governance.outages.errors import PackRefused
from compliance.governance.outages.models import OutageHolder, OutagePack, OutagePassphrase, Transcription
from tests.builders.identity import an_employer, every
from tests.builders.outage_days import a_holder, a_passphrase
from tests.web.conftest import Comes

_REFUSALS: list[tuple[type[PackRefused], str]] = [
    (packing.NotKept, "No folder took the pack"),
    (sealing.DoesNotOpen, "The pack did not open"),
    (archive.BrokenPack, "was not what had been written"),
]


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


@pytest.mark.rule("GOV-3")
@pytest.mark.parametrize(("kind", "words"), _REFUSALS, ids=lambda each: getattr(each, "code", ""))
def test_a_pack_that_would_not_serve_is_refused_and_not_registered(
    sqlite_app: Flask, comes: Comes, monkeypatch: pytest.MonkeyPatch, kind: type[PackRefused], words: str
) -> None:
    house, hub = house_of(sqlite_app), comes("hub_coordinator")
    a_passphrase(house)

    def fails(*_given: object) -> None:
        raise kind("/srv/packs did not take it")

    monkeypatch.setattr(packing, "seal", fails)
    refused = hub.send("/outages", to="/outages/packs")
    assert refused.status_code == 409
    assert words in refused.text
    assert "/srv/packs" not in refused.text, "where packs lie is for the log alone"
    assert (kind.rule, kind.code.startswith("outage-pack-")) == ("GOV-3", True)
    assert not every(house, OutagePack)


@pytest.mark.rule("GOV-3")
def test_a_folder_that_cannot_be_written_to_is_said(sqlite_app: Flask, comes: Comes) -> None:
    house, hub = house_of(sqlite_app), comes("hub_coordinator")
    a_passphrase(house)
    own, *_ = keeping.folders(house.settings)
    own.write_text("a file where the folder should be")
    refused = hub.send("/outages", to="/outages/packs")
    assert refused.status_code == 409
    assert "No folder took the pack" in refused.text
    assert not every(house, OutagePack)

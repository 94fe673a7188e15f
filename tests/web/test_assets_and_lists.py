"""The Information Asset Register, and the distribution lists that nobody has to be taken off."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.context import House
from policies.values import Policy
from tests.builders.identity import logged
from tests.builders.licences import a_licence, an_organisation, seats, withdraw
from tests.web.conftest import Comes


@pytest.mark.rule("SIG-8")
def test_the_withdrawal_register_is_listed_as_an_information_asset_with_its_spreadsheet(comes: Comes) -> None:
    officer = comes("ig_officer")

    page = officer.get("/register/information-assets").text
    assert "Withdrawal register" in page
    assert 'href="/withdrawals/export.xlsx"' in page
    found = officer.get("/register/information-assets?search=audit+log&sort=-owner&form=x").text
    assert "Audit log" in found
    assert "Register of licences" not in found
    assert officer.get("/register/information-assets/export.pdf").status_code == 404
    rows = list(csv.reader(io.StringIO(officer.get("/register/information-assets/export.csv").text)))
    assert rows[1][:3] == ["Asset", "Holds", "Owner"]
    assert ["Withdrawal register", "MARAC manager"] in [[row[0], row[2]] for row in rows[2:]]
    assert logged(officer.house, "list.exported")
    assert comes("delegate", organisation_id=None).get("/register/information-assets").status_code == 403


@pytest.mark.rule("SIG-8")
def test_every_information_asset_stands_where_the_register_says(sqlite_app: Flask) -> None:
    house: House = house_of(sqlite_app)
    addresses = sqlite_app.url_map.bind("")

    for asset in house.the(Policy).assets.values():
        for address in filter(None, (asset.page, asset.export)):
            assert addresses.match(address), f"{asset.code}: {address}"


@pytest.mark.rule("SIG-6")
def test_after_a_withdrawal_its_people_are_on_no_distribution_list(comes: Comes) -> None:
    reader = comes("hub_coordinator")
    house = reader.house
    seats(house)
    swale, dover = an_organisation(house), an_organisation(house, "dover")
    a_licence(house, swale, areas=["mid-kent", "medway"])
    a_licence(house, dover, "sam@dover.gov.uk", areas=["mid-kent"])

    assert "Mid-Kent" in reader.get("/register/distribution-lists").text
    page = reader.get("/register/distribution-lists/mid-kent?sort=-organisation").text
    assert "alex@swale.gov.uk" in page
    assert page.index("alex@swale.gov.uk") < page.index("sam@dover.gov.uk")
    assert "sam@dover.gov.uk" not in reader.get("/register/distribution-lists/mid-kent?search=swale").text
    withdraw(house, swale)

    assert "alex@swale.gov.uk" not in reader.get("/register/distribution-lists/mid-kent").text
    assert "Nobody is on this list." in reader.get("/register/distribution-lists/medway").text
    taken = reader.get("/register/distribution-lists/mid-kent/export.json").text
    assert "sam@dover.gov.uk" in taken
    assert "alex@swale.gov.uk" not in taken
    assert reader.get("/register/distribution-lists/atlantis").status_code == 404
    assert len(logged(house, "list.viewed")) == 5

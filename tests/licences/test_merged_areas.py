"""Two areas become one by the data of a hub alone: whoever was of either is of the one they became (GOV-2, GOV-3, ROL-2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask

from compliance.app import create_app, house_of
from compliance.governance.outages import gathering
from compliance.kernel.clock import FixedClock
from compliance.kernel.errors import Invalid
from compliance.kernel.settings import REPOSITORY, Settings
from compliance.licences import distribution, queries
from compliance.licences.capacity.figures import By
from compliance.licences.capacity.queries import Asked, capacity
from compliance.licences.errors import SameLicence
from compliance.licences.rules import Kind
from compliance.licences.use_cases.asking import move
from compliance.licences.waiting import queries as waiting
from compliance.web import words
from signatories import queries as signatories
from tests.builders.decisions import CaseSystem, the_case_system
from tests.builders.exceptions import opened
from tests.builders.identity import someone
from tests.builders.licences import a_licence, a_request, acting, an_organisation, seats
from tests.builders.waiting import waits

MEDWAY = '[medway]\nname = "Medway"\ndistricts = ["Medway"]\n'
MID_KENT = '[mid-kent]\nname = "Mid-Kent"\ndistricts = ["Maidstone", "Swale"]\n'

Merge = Callable[[], Flask]


@pytest.fixture
def merge(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Merge]:
    """The service on the same store, after Medway has become part of Mid-Kent in the hub's files."""
    begun: list[Flask] = []

    def after() -> Flask:
        files = copytree(REPOSITORY / "policies", tmp_path / "policies")
        text = (files / "areas.toml").read_text()
        assert MEDWAY in text
        assert MID_KENT in text
        merged = MID_KENT.replace('"Swale"]', '"Swale", "Medway"]') + 'formerly = ["medway"]\n'
        (files / "areas.toml").write_text(text.replace(MEDWAY, "").replace(MID_KENT, merged))
        begun.append(create_app(Settings(**(vars(settings) | {"policy_dir": files})), clock))
        return begun[-1]

    yield after
    for app in begun:
        house_of(app).engine.dispose()


@pytest.mark.rule("ROL-2", "DEC-3", "DEC-5")
def test_a_licence_of_an_area_opens_the_cases_of_what_it_became_by_whatever_code_they_have(
    app: Flask, merge: Merge
) -> None:
    house = house_of(app)
    seats(house)
    swale = an_organisation(house, areas=["mid-kent", "medway", "east-kent"])
    a_licence(house, swale, "alex@swale.gov.uk", areas=["medway"])
    a_licence(house, swale, "blake@swale.gov.uk", areas=["mid-kent"])
    east = a_licence(house, swale, "east@swale.gov.uk", areas=["east-kent"])
    opened(house, east.person_id, "C-9", area="medway")
    before = the_case_system(app)
    assert before.first_failing("alex@swale.gov.uk", area="mid-kent") == "ROL-2"
    assert before.first_failing("blake@swale.gov.uk", area="medway") == "ROL-2"

    door = CaseSystem(merge(), before.client_id, before.token)
    for who in ("alex@swale.gov.uk", "blake@swale.gov.uk"):
        for area in ("medway", "mid-kent"):
            assert door.first_failing(who, area=area) is None, (who, area)
        assert door.first_failing(who, area="east-kent") == "ROL-2"
        assert door.first_failing(who, area="thames") == "DEC-3"
    for area in ("medway", "mid-kent"):
        assert door.first_failing("east@swale.gov.uk", area=area) == "ROL-2"
        assert door.first_failing("east@swale.gov.uk", "case.view", "case", "C-9", area=area) is None
    assert door.first_failing("east@swale.gov.uk", "case.view", "case", "C-9", area="north-kent") == "ROL-2"


@pytest.mark.rule("SIG-6", "LIC-2", "LIC-4", "LIC-11", "GOV-3")
def test_lists_seats_and_requests_know_them_as_of_the_area_they_became(app: Flask, merge: Merge) -> None:
    house = house_of(app)
    seats(house, standing=3)
    swale = an_organisation(house, areas=["medway"])
    thanet = an_organisation(house, "thanet", areas=["mid-kent", "medway"])
    one = a_licence(house, swale, "one@swale.gov.uk", areas=["medway"])
    a_licence(house, thanet, "two@thanet.gov.uk", areas=["mid-kent", "medway"])
    a_licence(house, thanet, "three@thanet.gov.uk", areas=["mid-kent"])
    waits(house, swale, "waits@swale.gov.uk", areas=["medway"])

    merged = merge()
    house = house_of(merged)
    with merged.app_context():
        assert words.areas(["mid-kent", "medway", "east-kent"]) == "Mid-Kent, East Kent"
        assert words.area("medway") == "Mid-Kent"
    with acting(house) as ctx:
        for code in ("mid-kent", "medway"):
            assert [each.organisation.code for each in signatories.register(ctx, area=code)] == ["swale", "thanet"]
            assert len(distribution.members_of(ctx, code)) == 3
            assert len(queries.licences(ctx, area=code).rows) == 4
            assert {row.code: row.taken for row in capacity(ctx, Asked(area=code)).rows} == {"swale": 1, "thanet": 2}
        assert sorted(each.email for each in distribution.members_of(ctx, "mid-kent")) == [
            "one@swale.gov.uk", "three@thanet.gov.uk", "two@thanet.gov.uk"
        ]  # fmt: skip
        assert {row.area: row.members for row in distribution.view_lists(ctx)}["mid-kent"] == 3
        [line] = waiting.waiting(ctx, area="mid-kent")
        assert line.areas == ("mid-kent",)
        by_area = capacity(ctx, Asked(by=By.AREA))
        assert {row.code: (row.taken, len(row.waits)) for row in by_area.rows} == {"mid-kent": (3, 1)}
        [area] = [each for each in gathering.gather(ctx).areas if each.holders]
        assert (area.code, len(area.holders)) == ("mid-kent", 3)
        with pytest.raises(SameLicence):
            move(ctx, one.id, organisation_id=swale, areas=["mid-kent"], reason="Another desk")

    delegate = someone(house, "delegate", organisation_id=swale)
    assert (
        a_request(house, swale, "new@swale.gov.uk", areas=["mid-kent"], kind=Kind.STANDING).areas[0].area == "mid-kent"
    )
    with house.work(*delegate) as ctx, pytest.raises(Invalid):
        move(ctx, one.id, organisation_id=swale, areas=["medway"], reason="Another desk")

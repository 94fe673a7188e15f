"""Recording training from a list, at the people's and the programs' doors (GOV-7)."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.licences.models import Training
from compliance.licences.sheets.reading import read
from tests.builders.identity import every, logged
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.sheets import an_xlsx
from tests.web.conftest import Comes

LIST = "/training/list"
HEADING = ("E-mail", "Module", "Version", "Done on")
GOOD = ("kim@swale.gov.uk", "dash", "", "2026-11-02")
WRONG = ("kim@swale.gov.uk", "juggling", "", "2026-11-02")


def a_file(*rows: tuple[str, ...]) -> dict[str, object]:
    return {"file": (io.BytesIO(an_xlsx(rows, heading=HEADING)), "list.xlsx")}


@pytest.fixture
def place(sqlite_app: Flask) -> UUID:
    house = house_of(sqlite_app)
    seats(house)
    place = an_organisation(house, review_in_days=2000)
    a_licence(house, place, "kim@swale.gov.uk")
    return place


@pytest.mark.rule("GOV-7")
def test_a_list_is_looked_at_then_recorded_and_its_answers_are_taken_away(
    sqlite_app: Flask, comes: Comes, place: UUID
) -> None:
    house = house_of(sqlite_app)
    hub, delegate = comes("hub_coordinator"), comes("delegate", organisation_id=place)

    def dash() -> list[Training]:
        return [row for row in every(house, Training) if row.module == "dash"]

    preview = hub.send(LIST, a_file(GOOD, WRONG))
    assert "1 row would be taken, and 1 refused. Nothing is done yet." in preview.text
    assert "There is no module of this name" in preview.text
    assert dash() == []
    assert len(logged(house, "training_list.tried")) == 1

    done = hub.again(preview, f"{LIST}/records", {})
    assert "1 row taken, and 1 refused" in done.text
    [row] = dash()
    assert f"/training/{row.person_id}" in done.text
    file = hub.again(done, f"{LIST}/answers.xlsx", {})
    rows = read(file.data, most_rows=200, most_bytes=1_000_000).rows
    assert [each.cells[1] for each in rows[2:]] == ["Taken", "Refused"]
    mended = {"file": (io.BytesIO(file.data), "answers.xlsx")}
    assert "0 rows would be taken, and 2 refused" in hub.send(LIST, mended).text
    assert "Record from a list" in hub.get("/training").text
    assert "Record from a list" not in delegate.get("/training").text
    assert delegate.get(LIST).status_code == 403


@pytest.mark.rule("GOV-7")
def test_the_template_of_a_list_can_be_sent_and_what_is_no_list_is_told(comes: Comes, place: UUID) -> None:
    hub = comes("hub_coordinator")

    for form in ("csv", "xlsx"):
        template = hub.get(f"{LIST}/template.{form}")
        assert read(template.data, most_rows=200, most_bytes=1_000_000).rows[0].cells == HEADING
        empty = hub.send(LIST, {"file": (io.BytesIO(template.data), "list")})
        assert (empty.status_code, "There are no rows below" in empty.text) == (422, True)
    assert "Choose the file with your list." in hub.send(LIST, {}).text
    preview = hub.send(LIST, a_file(GOOD))
    for rows in ("", "[]", '[{"row":"1","nonsense":"x"}]'):
        refused = hub.again(preview, f"{LIST}/records", {"rows": rows})
        assert (refused.status_code, "did not arrive whole" in refused.text) == (422, True)

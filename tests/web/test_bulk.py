"""Asking for many licences at once, on its pages (LIC-4)."""

from __future__ import annotations

import io
import json

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.licences.models import Licence
from compliance.licences.sheets.reading import read
from tests.builders.identity import every
from tests.builders.licences import an_organisation
from tests.builders.sheets import HEADING, a_csv, a_row, an_xlsx
from tests.web.conftest import Comes

BULK = "/licences/bulk"


def a_file(content: bytes, name: str = "list.xlsx") -> dict[str, object]:
    return {"file": (io.BytesIO(content), name)}


@pytest.mark.rule("LIC-4")
def test_a_list_is_looked_at_then_sent_and_its_answers_are_taken_away(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    delegate = comes("delegate", organisation_id=an_organisation(house))
    content = an_xlsx([a_row("kim@swale.gov.uk"), a_row("kim@gmail.com")])

    preview = delegate.send(BULK, a_file(content))
    assert preview.status_code == 200
    assert "1 row would be taken, and 1 refused. Nothing is done yet." in preview.text
    assert "Use an address at one of the organisation&#39;s registered domains" in preview.text
    assert every(house, Licence) == []

    done = delegate.again(preview, f"{BULK}/requests", {})
    assert "1 row taken, and 1 refused" in done.text
    assert [row.person.email for row in every(house, Licence)] == ["kim@swale.gov.uk"]

    file = delegate.again(done, f"{BULK}/answers.xlsx", {})
    rows = read(file.data, most_rows=200, most_bytes=1_000_000).rows
    assert rows[0].cells[0].startswith("Answers to a list of licence requests.")
    assert [row.cells[1] for row in rows[2:]] == ["Taken", "Refused"]
    again = delegate.send(BULK, a_file(file.data))
    assert "0 rows would be taken, and 2 refused" in again.text


@pytest.mark.rule("LIC-4")
def test_what_is_no_list_is_told_beside_the_field_and_a_guessed_encoding_before_anything_is_done(
    sqlite_app: Flask, comes: Comes
) -> None:
    delegate = comes("delegate", organisation_id=an_organisation(house_of(sqlite_app)))

    assert "Choose the file with your list." in delegate.send(BULK, {}).text
    wrong = delegate.send(BULK, a_file(b"\xd0\xcf\x11\xe0" + b"\0" * 99, "list.xls"))
    assert (wrong.status_code, "Save it as .xlsx or CSV" in wrong.text) == (422, True)
    guessed = delegate.send(
        BULK, a_file(a_csv([a_row("zoe@swale.gov.uk", Full_name="Zoë Made-Up")], encoding="cp1252"), "list.csv")
    )
    assert "read as Western European" in guessed.text
    assert "Zoë Made-Up" in guessed.text
    for rows in ("", "{}", "[]", "[[]]", '[{"row":"1","nonsense":"x"}]', json.dumps([{"email": 7}]), "[" * 9999):
        refused = delegate.again(guessed, f"{BULK}/requests", {"rows": rows})
        assert (refused.status_code, "did not arrive whole" in refused.text) == (422, True)


@pytest.mark.rule("LIC-4")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_can_be_sent_as_it_is_filled_in(sqlite_app: Flask, comes: Comes, form: str) -> None:
    delegate = comes("delegate", organisation_id=an_organisation(house_of(sqlite_app)))

    template = delegate.get(f"{BULK}/template.{form}")

    assert read(template.data, most_rows=200, most_bytes=1_000_000).rows[0].cells == HEADING
    assert delegate.get(f"{BULK}/template.pdf").status_code == 404
    assert "There are no rows below" in delegate.send(BULK, a_file(template.data)).text

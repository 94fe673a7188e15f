"""The registers as files, which no name can turn into a program."""

from __future__ import annotations

import csv
import io
from uuid import UUID

import pytest
from openpyxl import load_workbook

from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid
from compliance.kernel.tables import File
from signatories import use_cases
from tests.builders.identity import someone
from tests.builders.signatories import (
    a_signatory,
    a_signer,
    an_organisation,
    opens_and_signs,
    the_instruments,
    withdraws,
)

FORMULAS = ("=1+1", "+44", "-cmd|' /C calc'!A0", "@SUM(A1)", '=HYPERLINK("http://x")', "＝1+1", " =1")


@pytest.fixture
def versions(sqlite_house: House) -> dict[str, UUID]:
    return the_instruments(sqlite_house)


def exported(house: House, form: str, role: str = "ig_officer") -> File:
    with house.work(*someone(house, role)) as ctx:
        return use_cases.export_register(ctx, form)


def lines_of(file: File) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))


@pytest.mark.rule("SIG-1")
def test_the_register_as_csv_says_when_it_was_produced_and_which_version_is_the_definitive_one(
    sqlite_house: House, versions: dict[str, UUID]
) -> None:
    a_signatory(sqlite_house)

    file = exported(sqlite_house, "csv")
    notice, columns, *rows = lines_of(file)
    assert notice[0] == (
        "Register of signatories as at 2026-11-21 10:00. Produced 2026-11-21 10:00 (UK time). "
        f"The register itself is the definitive version: {sqlite_house.settings.base_url}/register"
    )
    assert [dict(zip(columns, row, strict=True))["Instrument"] for row in rows] == ["isa", "op"]
    first = dict(zip(columns, rows[1], strict=True))
    assert (first["Organisation"], first["State"], first["Signed by"]) == ("Swale", "signed", "Robin Vale")
    assert (file.file_name, file.media_type) == ("register-of-signatories-2026-11-21.csv", "text/csv; charset=utf-8")
    assert file.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.rule("SIG-1", "SIG-8")
def test_no_name_is_a_formula_in_csv_nor_in_xlsx(sqlite_house: House, versions: dict[str, UUID]) -> None:
    for place, name in enumerate(FORMULAS):
        organisation_id = an_organisation(sqlite_house, f"partner-{place}", name=f"={place}")
        signer = a_signer(sqlite_house, organisation_id)
        opens_and_signs(sqlite_house, signer, organisation_id, versions["op"], name=name)

    _, columns, *rows = lines_of(exported(sqlite_house, "csv"))
    signers = {row[columns.index("Signed by")] for row in rows} - {""}
    assert signers == {f"'{name.strip()}" for name in FORMULAS}
    assert all(not cell.startswith(("=", "+", "-", "@", "＝")) for row in rows for cell in row)

    sheet = load_workbook(io.BytesIO(exported(sqlite_house, "xlsx").content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows(min_row=3) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {name.strip() for name in FORMULAS} <= {cell.value for cell in cells}
    assert all(cell.hyperlink is None for cell in cells)


@pytest.mark.rule("SIG-1")
def test_the_register_as_a_spreadsheet_holds_the_same(sqlite_house: House, versions: dict[str, UUID]) -> None:
    a_signatory(sqlite_house)

    sheet = load_workbook(io.BytesIO(exported(sqlite_house, "xlsx").content)).active
    assert sheet is not None
    table = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert "definitive version" in str(table[0][0])
    assert table[1:] == lines_of(exported(sqlite_house, "csv"))[1:]


@pytest.mark.rule("SIG-8", "SIG-7")
def test_the_register_of_withdrawals_is_a_spreadsheet_with_everything_in_it(
    sqlite_house: House, versions: dict[str, UUID]
) -> None:
    withdraws(sqlite_house, a_signatory(sqlite_house), by=someone(sqlite_house, "hub_manager"))

    officer = someone(sqlite_house, "ig_officer")
    with sqlite_house.work(*officer) as ctx:
        _, columns, row = lines_of(use_cases.export_withdrawals(ctx, "csv"))
        sheet = load_workbook(io.BytesIO(use_cases.export_withdrawals(ctx, "xlsx").content)).active
    line = dict(zip(columns, row, strict=True))
    assert (line["Organisation"], line["Instruments"]) == ("Swale", "isa op")
    assert (line["In effect from"], line["Date of letter"]) == ("2026-11-21 10:00", "2026-11-21")
    assert (line["Letter"], line["Rationale"]) == ("letter.pdf", "We no longer take part.")
    assert (line["Recorded by"], line["People removed"]) == ("Wren Alder", "0")
    assert line["Duties acknowledged by"] == "Robin Vale"
    assert "continues to comply" in line["Duties that stay"]
    assert sheet is not None
    assert [cell or "" for cell in next(sheet.iter_rows(min_row=3, values_only=True))] == row


@pytest.mark.rule("SIG-8")
def test_an_export_is_for_those_who_may_and_in_a_form_there_is(sqlite_house: House, versions: dict[str, UUID]) -> None:
    signer = a_signer(sqlite_house, an_organisation(sqlite_house))

    with pytest.raises(Forbidden), sqlite_house.work(*signer) as ctx:
        use_cases.export_withdrawals(ctx, "csv")
    with pytest.raises(Invalid), sqlite_house.work(*signer) as ctx:
        use_cases.export_register(ctx, "pdf")

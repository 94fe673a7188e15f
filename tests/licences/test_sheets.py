"""A spreadsheet as somebody sends it: read as it is, or refused with words, and never at the cost of the service (LIC-4)."""

from __future__ import annotations

import time
import tracemalloc
import zipfile
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest

from compliance.kernel.errors import Invalid
from compliance.licences.bulk.columns import COLUMNS
from compliance.licences.sheets.columns import heading_of
from compliance.licences.sheets.reading import read
from compliance.licences.sheets.sheet import Sheet
from tests.builders.sheets import HEADING, a_bare_row, a_bare_xlsx, a_csv, a_row, an_xlsx, saved

ROW = a_row("kim@swale.gov.uk")
MB = 1_048_576


def reads(content: bytes) -> Sheet:
    return read(content, most_rows=200, most_bytes=12 * MB)


def words(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        reads(content)
    assert [field.pointer for field in refused.value.fields] == ["/file"]
    return refused.value.words


@pytest.mark.rule("LIC-4")
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_csv_is_read_whatever_stands_between_its_cells(between: str) -> None:
    sheet = reads(a_csv([ROW, ("",) * 9, ROW], between=between))

    assert [row.number for row in sheet.rows] == [1, 2, 4]
    assert (sheet.rows[1].cells, sheet.notes) == (ROW, ())


@pytest.mark.rule("LIC-4")
@pytest.mark.parametrize(("encoding", "told"), [("utf-8-sig", False), ("utf-16", False), ("cp1252", True)])
def test_a_csv_in_another_encoding_is_read_and_a_guess_is_told(encoding: str, told: bool) -> None:
    sheet = reads(a_csv([a_row("zoe@swale.gov.uk", Full_name="Zoë Müller")], encoding=encoding))

    assert "Zoë Müller" in sheet.rows[1].cells
    assert bool(sheet.notes) is told


@pytest.mark.rule("LIC-4")
def test_a_workbook_is_read_from_its_first_sheet_that_is_shown_and_says_which_were_not() -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["Secret"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("List")
    shown.append(list(HEADING))
    shown.append([*ROW[:7], 46108, "Zoë\nand Kim"])
    book.create_sheet("More")

    sheet = reads(saved(book))

    assert [row.number for row in sheet.rows] == [1, 2]
    assert sheet.rows[1].cells[7:] == ("46108", "Zoë\nand Kim")
    assert sheet.notes == ("Only the first sheet was read.", "Hidden sheets were not read.")


@pytest.mark.rule("LIC-4")
def test_a_row_with_a_formula_or_with_merged_cells_is_refused_alone() -> None:
    book = openpyxl.load_workbook(BytesIO(an_xlsx([ROW, ROW, ROW])))
    sheet = book.active
    assert isinstance(sheet, openpyxl.worksheet.worksheet.Worksheet)
    sheet["D2"] = '=HYPERLINK("https://evil.example","kim@swale.gov.uk")'
    sheet.merge_cells("A4:B5")

    rows = reads(saved(book)).rows

    assert [bool(row.problem) for row in rows] == [False, True, False, True]
    assert "formula" in str(rows[1].problem)
    assert "merged" in str(rows[3].problem)


@pytest.mark.rule("LIC-4")
def test_runs_of_text_are_one_cell_and_how_it_is_pronounced_is_left_out() -> None:
    shared = b"<sst><si><r><t>Kim </t></r><r><t>Made-Up</t></r><rPh><t>x</t></rPh></si></sst>"

    sheet = reads(a_bare_xlsx(b'<row r="3"><c r="B3" t="s"><v>0</v></c><c t="s"><v>9</v></c></row>', shared=shared))

    assert (sheet.rows[0].number, sheet.rows[0].cells) == (3, ("", "Kim Made-Up"))


def _ods() -> bytes:
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<a/>")
    return into.getvalue()


def _encrypted() -> bytes:
    content = bytearray(a_bare_xlsx(a_bare_row(1, "E-mail")))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 1)
    return bytes(content)


LOL = b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not empty"),
    "more bytes than are taken": (lambda: b"a" * (12 * MB + 1), "12 MB or less"),
    "an old Excel file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel file"),
    "an OpenDocument file": (_ods, "OpenDocument"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 50, "not a spreadsheet"),
    "another zip": (lambda: a_zip(b"word/document.xml"), "not a spreadsheet"),
    "half a zip": (lambda: an_xlsx([ROW])[:900], "damaged"),
    "a zip with a password": (_encrypted, "password"),
    "broken XML": (lambda: a_bare_xlsx(b"<row><c></row>"), "damaged"),
    "entities that grow": (lambda: a_bare_xlsx(a_bare_row(1, "&b;"), head=LOL), "document type"),
    "an entity from a file": (lambda: a_bare_xlsx(a_bare_row(1, "&x;"), head=OUTSIDE), "document type"),
    "a zip bomb": (lambda: a_bare_xlsx(b"<c>" + b" " * 150_000_000), "far more than a list"),
    "a bomb of strings": (lambda: a_bare_xlsx(b"", shared=b"<sst>" + b"<si/>" * 3_000_000), "far more than a list"),
    "100,000 rows": (lambda: a_bare_xlsx(b"".join(a_bare_row(n, "a") for n in range(1, 100_001))), "too long"),
    "a million empty rows": (lambda: a_bare_xlsx(b'<row r="1"/>' * 1_000_000), "far more than a list"),
    "100,000 rows of CSV": (lambda: b"E-mail\r\n" + b"a@b.example\r\n" * 100_000, "too long"),
    "an endless cell of CSV": (lambda: b'E-mail\r\n"' + b"a" * (9 * MB), "far too long"),
    "no sheet that is shown": (lambda: a_bare_xlsx(b"", more={"xl/workbook.xml": b"<workbook/>"}), "no sheet"),
}


def a_zip(name: bytes) -> bytes:
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr(name.decode(), "a")
    return into.getvalue()


@pytest.mark.rule("LIC-4")
@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_refused_with_words_and_soon(what: str) -> None:
    make, says = REFUSED[what]
    content = make()

    began = time.process_time()
    told = words(content)
    took = time.process_time() - began

    assert says in told
    assert took < 2


@pytest.mark.rule("LIC-4")
def test_a_file_that_unpacks_to_far_more_is_read_no_further_than_its_bounds() -> None:
    content = REFUSED["a zip bomb"][0]()

    tracemalloc.start()
    words(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 8 * MB


@pytest.mark.rule("LIC-4")
def test_a_million_empty_lines_of_csv_and_a_cell_as_large_as_the_file_cost_little() -> None:
    began = time.process_time()
    assert len(reads(a_csv([ROW]) + b"\n" * 1_000_000).rows) == 2
    huge = reads(a_bare_xlsx(a_bare_row(1, "a" * 9_000_000))).rows[0].cells[0]

    assert 5_000 < len(huge) < 100_000
    assert time.process_time() - began < 2


@pytest.mark.rule("LIC-4")
@pytest.mark.parametrize(
    ("heading", "says"),
    [
        (("Name", "Favourite colour", "E-mail"), "We do not know the column Favourite colour"),
        (("Full name", "E-mail", "Email address"), "The column Email address is there twice"),
        (("Full name", "Areas", "Reason"), "The column E-mail is missing"),
        (("kim@swale.gov.uk", "Kim"), "The first row must name the columns: What, Organisation"),
    ],
)
def test_wrong_names_of_columns_are_told_with_the_right_ones(heading: tuple[str, ...], says: str) -> None:
    with pytest.raises(Invalid) as refused:
        heading_of(reads(an_xlsx([], heading=heading)).rows, COLUMNS)

    assert refused.value.words.startswith(says)


@pytest.mark.rule("LIC-4")
def test_the_names_of_columns_are_found_below_a_note_in_any_order_and_spelling() -> None:
    content = an_xlsx(
        [("REASON", "e-mail address", "Row", "Answer", "name")], heading=("Answers to a list. Produced …",)
    )

    heading = heading_of(reads(content).rows, COLUMNS)

    assert (heading.row, heading.places) == (2, {"reason": 0, "email": 1, "full_name": 4})

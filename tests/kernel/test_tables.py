"""Whatever people wrote, a file that leaves holds it as text: no cell of any form can be a formula (SIG-1, SIG-14)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from compliance.kernel.tables import DEFINITIVE, Form, Table, write, write_book

STARTS = "=+-@\t\r\n|%＝＋－＠"
CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
LIKE_FORMULAS = st.tuples(st.sampled_from(["", " ", "\u00a0", "\u2003", "\ufeff", "\u200d", "\n", "\t"]),
                          st.sampled_from(STARTS), CELLS).map("".join)  # fmt: skip


def a_table(*cells: str, sheet: str = "Register") -> Table:
    produced = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    return Table("A list", "list", produced, ("Name",), [(each,) for each in cells], "https://x.example/l", sheet=sheet)


@pytest.mark.rule("SIG-1", "SIG-14")
@given(st.lists(CELLS | LIKE_FORMULAS, min_size=1, max_size=8))
@example(["=1+1", "＝1+1", "\u2003=1+1", "\ufeff@SUM(A1)", "\n=1", "_x0041_", "#x $y$", "", " "])
@settings(max_examples=60, deadline=None)
def test_no_cell_of_any_form_is_a_formula_and_each_says_what_was_written(cells: list[str]) -> None:
    table = a_table(*cells)

    listed = list(csv.reader(io.StringIO(write(table, Form.CSV).content.decode("utf-8-sig"), newline="")))
    for written, (read,) in zip(cells, listed[2:], strict=True):
        assert read in (written, f"'{written}")
        assert read.strip("\u200b\u200c\u200d\u2060\ufeff \u00a0\u2003\n\r\t")[:1] not in STARTS or not read.strip()

    assert [row["Name"] for row in json.loads(write(table, Form.JSON).content)["rows"]] == cells

    with zipfile.ZipFile(io.BytesIO(write(table, Form.XLSX).content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


@pytest.mark.rule("SIG-1", "SIG-14")
def test_a_spreadsheet_holds_text_alone_names_its_columns_on_every_page_and_says_where_the_register_is() -> None:
    book = load_workbook(io.BytesIO(write_book([a_table("=1+1", "10", "2026-01-01"), a_table(sheet="Empty")]).content))

    first = book["Register"]
    assert [cell.value for row in first.iter_rows(min_row=3) for cell in row] == ["=1+1", "10", "2026-01-01"]
    assert {cell.data_type for row in first for cell in row} == {"s"}
    assert DEFINITIVE in str(first["A1"].value)
    assert (first.freeze_panes, first.print_title_rows) == ("B3", "$2:$2")
    assert book.properties.title == "A list"
    assert book.sheetnames == ["Register", "Empty"]


@pytest.mark.rule("SIG-1")
def test_what_no_cell_can_hold_is_cut_with_words_and_never_left_out() -> None:
    book = load_workbook(io.BytesIO(write(a_table("x" * 40_000), Form.XLSX).content))

    said = str(book["Register"]["A3"].value)
    assert len(said) == 32_767
    assert said.endswith("[cut here: see the register]")

"""The steering pack against the registers: counted again by hand, and the same digits in each of its dresses (GOV-1)."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bench.history import live
from bench.population import populate
from compliance.governance.figures import dresses, report, spans
from compliance.governance.figures.dresses import Form
from compliance.governance.figures.model import Report, Unit, said
from compliance.kernel.context import Actor, Holding, House
from policies.values import Policy
from signatories import queries as register
from tests.builders.fuller import fuller
from tests.builders.papers import bare, text_of
from tests.builders.recount import recounted

ROLES = ("hub_manager", "ig_officer", "steering_member")
READER = Actor("person", "00000000-0000-0000-0000-000000000000", holdings=frozenset(map(Holding, ROLES)))
SPANS = (
    ("steering_pack", "2026Q3", date(2026, 7, 1), date(2026, 10, 1)),
    ("steering_pack", "2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
    ("biannual", "2026H2", date(2026, 7, 1), date(2027, 1, 1)),
    ("safelives", "2026", date(2026, 4, 1), date(2027, 4, 1)),
)


def a_busy_hub(house: House) -> None:
    """Twelve organisations and sixty people, a year and a half long."""
    populate(house, 60, organisations=12)
    live(house, each=9)
    fuller(house)


def the_report(house: House, kind: str, written: str) -> Report:
    with house.reading(READER) as ctx:
        return report.build(ctx, kind, spans.span_named(ctx.the(Policy).report_kinds[kind], written))


def the_pack(house: House, written: str) -> Report:
    return the_report(house, "steering_pack", written)


@pytest.mark.rule("GOV-1", "GOV-4")
@pytest.mark.parametrize(("kind", "written", "since", "until"), SPANS)
def test_every_figure_of_a_report_is_what_counting_the_rows_by_hand_comes_to(
    house: House, kind: str, written: str, since: date, until: date
) -> None:
    a_busy_hub(house)

    found = the_report(house, kind, written)

    figures = {f"{one.code}.{each.code}": each.value for one in found.chapters for each in one.figures}
    assert figures == recounted(house, since, until, *(one.code for one in found.chapters))
    told = sum(bool(value) for value in figures.values())
    assert told > len(figures) / 2, "the history is rich enough to tell figures apart"


@pytest.mark.rule("GOV-1")
def test_all_four_dresses_say_the_same_digits_as_the_model(sqlite_house: House) -> None:
    house = sqlite_house
    a_busy_hub(house)
    found, before = the_pack(house, "2026Q4"), the_pack(house, "2026Q3")
    files = {form: dresses.dress(house, found, form, before=before).content for form in Form}

    model = [(chapter.heading, each.name, each.said) for chapter in found.chapters for each in chapter.figures]
    assert _of_json(files[Form.JSON]) == model
    assert _of_xlsx(files[Form.XLSX]) == model
    assert _of_html(files[Form.HTML].decode()) == [(name, value) for _, name, value in model]
    paper = text_of(files[Form.PDF])
    place = 0
    for _, name, value in model:
        place = paper.index(bare(name + value), place)

    for chapter in found.chapters:
        for trend in chapter.trends:
            values = [said(value, trend.unit) for _, series in trend.series for value in series]
            assert all(f"<td>{html.escape(value)}</td>" in files[Form.HTML].decode() for value in values)
            assert all(bare(value) in paper for value in values)


@pytest.mark.rule("GOV-4")
def test_the_annual_summary_names_no_organisation_in_any_dress_and_writes_no_small_number(house: House) -> None:
    a_busy_hub(house)
    with house.reading(READER) as ctx:
        kind = ctx.the(Policy).report_kinds["annual_summary"]
        found = report.build(ctx, kind.code, spans.span_named(kind, "2026"))
        names = [each.name for each in register.facts(ctx).values()]

    assert len(names) == 12
    told = dresses.dress(house, found, Form.JSON).content.decode() + dresses.page(found, "http://x")
    told += "".join(cell for sheet in dresses.sheets(found, "http://x") for row in sheet.rows for cell in row)
    assert [name for name in names if name in told] == []
    figures = [figure for chapter in found.chapters for figure in chapter.figures]
    assert {figure.value % 5 for figure in figures if figure.unit is Unit.NUMBER and figure.value is not None} == {0}
    assert any(figure.instead == "Fewer than 5" for figure in figures)
    assert {chapter.decisions for chapter in found.chapters} == {()}
    assert {figure.where for figure in figures} == {""}


def _of_json(content: bytes) -> list[tuple[str, str, str]]:
    held = json.loads(content)
    return [
        (chapter["heading"], each["name"], each["said"]) for chapter in held["chapters"] for each in chapter["figures"]
    ]


def _of_xlsx(content: bytes) -> list[tuple[str, str, str]]:
    rows = list(load_workbook(BytesIO(content))["Figures"].iter_rows(min_row=3, values_only=True))
    return [(str(row[0]), str(row[1]), str(row[2])) for row in rows]


def _of_html(page: str) -> list[tuple[str, str]]:
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td class="value">(.*?)</td>', page)
    return [(html.unescape(re.sub(r"<[^>]+>", "", name)), html.unescape(value)) for name, value in rows]

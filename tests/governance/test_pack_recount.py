"""The steering pack against the registers: counted again by hand, and the same digits in each of its dresses (GOV-1)."""

from __future__ import annotations

import html

import pytest

from compliance.governance.figures import dresses, report, spans
from compliance.governance.figures.dresses import Form
from compliance.governance.figures.model import Report, Unit, said
from compliance.governance.growth import jobs as growth
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Actor, Holding, House
from compliance.kernel.jobs import run_now
from policies.values import Policy
from signatories import queries as register
from tests.builders.busy_hub import a_busy_hub
from tests.builders.dressed import of_html, of_json, of_xlsx, pdf_says
from tests.builders.papers import bare, text_of
from tests.builders.recount import recounted
from tests.builders.use import move_to

ROLES = ("hub_manager", "ig_officer", "steering_member")
READER = Actor("person", "00000000-0000-0000-0000-000000000000", holdings=frozenset(map(Holding, ROLES)))
[COUNT_MONTHS] = growth.JOBS


def the_pack(house: House, written: str, kind: str = "steering_pack") -> Report:
    with house.reading(READER) as ctx:
        return report.build(ctx, kind, spans.span_named(ctx.the(Policy).report_kinds[kind], written))


def figures(found: Report) -> dict[str, dict[str, int | None]]:
    return {one.code: {each.code: each.value for each in one.figures} for one in found.chapters}


def by_hand(house: House, found: Report) -> dict[str, dict[str, int | None]]:
    return recounted(house, found.span.since, found.span.until, [chapter.code for chapter in found.chapters])


def anonymous(counted: dict[str, int | None], units: dict[str, Unit]) -> dict[str, str]:
    """What everybody may read: no number below five, the others to the nearest five; no share or time beside a small one."""
    small = any(value and value < 5 for code, value in counted.items() if units[code] is Unit.NUMBER)

    def shown(code: str, value: int | None) -> str:
        if value is None:
            return "Not known"
        if units[code] is Unit.NUMBER:
            return "Fewer than 5" if 0 < value < 5 else f"{(value + 2) // 5 * 5:,}"
        if small:
            return "Not shown: too few"
        return f"{(value + 5) // 10}.0%" if units[code] is Unit.SHARE else said(value, units[code])

    return {code: shown(code, value) for code, value in counted.items()}


@pytest.mark.rule("GOV-1")
def test_every_figure_of_the_pack_is_what_counting_the_rows_by_hand_comes_to(house: House, clock: FixedClock) -> None:
    a_busy_hub(house)
    run_now(house, COUNT_MONTHS)

    found = {written: the_pack(house, written) for written in ("2025Q4", "2026Q2", "2026Q3", "2026Q4")}
    for written, pack in found.items():
        assert figures(pack) == by_hand(house, pack), written
    move_to(clock, "2028-04-01T09:00")
    run_now(house, COUNT_MONTHS)
    found["2028Q2"] = the_pack(house, "2028Q2")
    assert figures(found["2028Q2"]) == by_hand(house, found["2028Q2"])

    counted = [figures(pack) for pack in found.values()]
    codes = [(chapter, code) for chapter, those in counted[0].items() for code in those]
    nowhere = [f"{chapter}.{code}" for chapter, code in codes if not any(each[chapter][code] for each in counted)]
    assert " ".join(nowhere) == "", "of these there has to be something to count"


@pytest.mark.rule("GOV-4")
def test_every_figure_of_the_other_reports_is_what_counting_the_rows_by_hand_comes_to(house: House) -> None:
    a_busy_hub(house)
    run_now(house, COUNT_MONTHS)

    for kind, written in (("biannual", "2026H1"), ("biannual", "2026H2"), ("safelives", "2025"), ("safelives", "2026")):
        found = the_pack(house, written, kind)
        assert figures(found) == by_hand(house, found), (kind, written)
        assert sum(bool(value) for those in figures(found).values() for value in those.values()) > 15, (kind, written)


@pytest.mark.rule("GOV-4")
@pytest.mark.parametrize("year", ["2025", "2026"])
def test_the_annual_summary_says_what_counting_by_hand_comes_to_as_far_as_it_points_to_nobody(
    house: House, year: str
) -> None:
    a_busy_hub(house)

    found = the_pack(house, year, "annual_summary")

    counted = by_hand(house, found)
    for chapter in found.chapters:
        units = {each.code: each.unit for each in chapter.figures}
        assert {each.code: each.said for each in chapter.figures} == anonymous(counted[chapter.code], units)


@pytest.mark.rule("GOV-1")
def test_the_months_of_a_span_add_up_to_its_figures(house: House) -> None:
    a_busy_hub(house)
    same = {
        "signatories": {"Signatures": ["in_span_signed"], "Withdrawals": ["in_span_withdrew"]},
        "audits": {"Flags raised": ["flags_raised"], "Break-glass": ["glass_granted"]},
        "complaints": {"Raised": ["raised"], "Ended": ["resolved", "ruled"]},
        "retention": {"Reviews decided": ["in_span_decided"], "Disposed of": ["in_span_confirmed"]},
    }

    found = the_pack(house, "2026Q3")

    whole = figures(found)
    drawn = {chapter.code: dict(chapter.trends[0].series) for chapter in found.chapters if chapter.code in same}
    added = {code: {name: sum(v or 0 for v in values[-3:]) for name, values in drawn[code].items()} for code in same}
    assert added == {
        code: {name: sum(whole[code][each] or 0 for each in those) for name, those in series.items()}
        for code, series in same.items()
    }


@pytest.mark.rule("GOV-1")
def test_all_four_dresses_say_the_same_digits_as_the_model(sqlite_house: House) -> None:
    house = sqlite_house
    a_busy_hub(house)
    found, before = the_pack(house, "2026Q4"), the_pack(house, "2026Q3")
    files = {form: dresses.dress(house, found, form, before=before).content for form in Form}

    model = [(each.name, each.said) for chapter in found.chapters for each in chapter.figures]
    assert of_json(files[Form.JSON]) == model
    assert of_xlsx(files[Form.XLSX]) == model
    assert of_html(files[Form.HTML].decode()) == model
    assert pdf_says(files[Form.PDF], model)

    paper = text_of(files[Form.PDF])
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

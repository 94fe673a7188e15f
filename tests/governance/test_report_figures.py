"""A report kept, compared with the last one, made anonymous, and dressed (GOV-1, GOV-4)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from compliance.breaches.models import Incident
from compliance.breaches.rules import Status as BreachStatus
from compliance.breaches.rules import Step as BreachStep
from compliance.governance.figures import anonymous, dresses, layout, report, spans
from compliance.governance.figures.changes import NOT_THERE, changes
from compliance.governance.figures.dresses import Form
from compliance.governance.figures.frozen import freeze, thaw
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Report, Span, Trend, Unit
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid
from policies.values import Policy
from tests.builders.breaches import a_cast, brought_to, taken
from tests.builders.exceptions import kept, lifted
from tests.builders.flags import a_concern
from tests.builders.identity import a_person, an_employer, every, someone
from tests.builders.incidents import a_data_breach
from tests.builders.papers import bare, text_of
from tests.support.browser import HEIGHT, NARROW, WIDE, NewPage, axe

SPAN = Span(date(2026, 7, 1), date(2026, 10, 1), "July to September 2026")
AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
NASTY = '=HYPERLINK("x") <script>alert(1)</script> & «漢字» \u202e'


def a_report(*figures: Figure, **said: object) -> Report:
    """One chapter with these figures, a grid that names, one that does not, and a trend."""
    chapter = Chapter(
        "breaches", "Breaches", "As they stand.", figures or (Figure("open", "Open", 1042, where="/breaches"),),
        (Grid("partners", "By organisation", ("Organisation", "Open"), [("Swale", "7"), (NASTY, NASTY)]),
         Grid("kinds", "By kind", ("Kind", "Open", "Share"), [("Late", "17", "81.5%"), ("Lost", "21", "3.0%")], names=False),
         Grid("none", "Empty", ("A", "B"), (), nothing="Nobody did.")),
        (Trend("months", "By month", "How many.", ("Jul 26", "Aug 26"), (("Open", (12, None)), ("Ended", (8, 23)))),),
        (Decision("Close one.", "It has come to you.", "/breaches", "BRE-2"),),
    )  # fmt: skip
    return Report("steering_pack", "Steering pack", SPAN, AT, (chapter,), **said)  # type: ignore[arg-type]


@pytest.mark.rule("GOV-1")
def test_what_was_frozen_is_read_again_as_it_was_and_is_the_same_bytes_each_time() -> None:
    it = a_report(
        Figure("share", "Share", 815, Unit.SHARE), Figure("unknown", "Unknown", None), Figure("small", "Small", None, instead="Fewer than 5"),
        says=("It is not over.",),
    )  # fmt: skip
    content = freeze(it)

    assert freeze(thaw(content)) == content
    held = json.loads(content)
    assert [each["said"] for each in held["chapters"][0]["figures"]] == ["81.5%", "Not known", "Fewer than 5"]
    assert json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == content
    again = thaw(content)
    assert (again.span, again.at, again.says) == (it.span, it.at, it.says)
    assert [each.said for each in again.chapters[0].figures] == ["81.5%", "Not known", "Fewer than 5"]
    with pytest.raises(ValueError, match="form that is not known"):
        thaw(content.replace(b'"format":1', b'"format":2'))


@pytest.mark.rule("GOV-1")
def test_what_has_changed_is_told_figure_by_figure_with_what_came_and_what_went() -> None:
    before = a_report(
        Figure("same", "Same", 3), Figure("more", "More", 1), Figure("less", "Less", 900, Unit.SHARE),
        Figure("lost", "Lost", None), Figure("gone", "Gone", 5), Figure("one", "One", 3, Unit.DAYS),
    )  # fmt: skip
    after = a_report(
        Figure("same", "Same", 3), Figure("more", "More", 1042), Figure("less", "Less", 815, Unit.SHARE),
        Figure("lost", "Lost", 4), Figure("came", "Came", 0), Figure("one", "One", 2, Unit.DAYS),
    )  # fmt: skip

    assert [(each.code, each.was, each.now, each.by) for each in changes(before, after)] == [
        ("more", "1", "1,042", "+1,041"),
        ("less", "90.0%", "81.5%", "−8.5 points"),
        ("lost", "Not known", "4", ""),
        ("came", NOT_THERE, "0", ""),
        ("one", "3 days", "2 days", "−1 day"),
        ("gone", "5", NOT_THERE, ""),
    ]
    assert changes(after, after) == []


@pytest.mark.rule("GOV-4")
def test_what_is_anonymous_names_nobody_and_tells_no_small_number_by_itself_or_by_subtraction() -> None:
    it = a_report(
        Figure("all", "All", 12, where="/breaches"), Figure("over", "Over", 9), Figure("open", "Open", 3),
        Figure("none", "None", 0), Figure("share", "Share", 750, Unit.SHARE), Figure("unknown", "Unknown", None),
    )  # fmt: skip

    found = anonymous.made(it, least=5)

    (chapter,) = found.chapters
    assert [(each.said, each.where) for each in chapter.figures] == [
        ("10", ""), ("10", ""), ("Fewer than 5", ""), ("0", ""), ("Not shown: too few", ""), ("Not known", ""),
    ]  # fmt: skip
    assert [grid.code for grid in chapter.grids] == ["kinds"], "the others name organisations"
    assert chapter.grids[0].rows == (("Late", "15", "82.0%"), ("Lost", "20", "3.0%"))
    assert chapter.trends[0].series == (("Open", [10, None]), ("Ended", [10, 25]))
    assert (chapter.decisions, layout.parts(found)[0].code) == ((), "breaches")
    assert "Swale" not in freeze(found).decode()
    assert "rounded to the nearest 5" in found.says[0]

    small = Grid(
        "kinds", "By kind", ("Kind", "Open", "Share"), [("Late", "1", "4.0%"), ("Lost", "24", "96.0%")], names=False
    )
    trend = replace(it.chapters[0].trends[0], series=(("Open", (4, 30)),))
    shares = replace(trend, unit=Unit.SHARE, series=(("Open", (400, 300)),))
    tight = replace(it, chapters=(replace(it.chapters[0], grids=(small,), trends=(trend, shares)),))
    hidden = anonymous.made(tight, least=5).chapters[0]
    assert hidden.grids[0].rows == (
        ("Late", "Fewer than 5", "Not shown: too few"), ("Lost", "25", "Not shown: too few")
    )  # fmt: skip
    assert hidden.trends == (), "a small number is seen in a picture, and a share cannot be judged by itself"


@pytest.mark.rule("GOV-1")
def test_the_dresses_show_everything_in_the_order_of_reading_and_take_nobodys_words_for_their_own(
    sqlite_house: House,
) -> None:
    it, before = a_report(says=("Mind this.",)), a_report(Figure("open", "Open", 2))
    files = {form: dresses.dress(sqlite_house, it, form, before=before, stem="pack-1") for form in Form}
    assert {file.file_name for file in files.values()} == {"pack-1.json", "pack-1.html", "pack-1.pdf", "pack-1.xlsx"}

    page = files[Form.HTML].content.decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'href="http://127.0.0.1:8000/breaches"' in page
    order = ["Mind this.", "What needs a decision from you", "Close one.", "What has changed since the last one", "+1,040",
             "1,042", "By month", "By organisation", "Nobody did."]  # fmt: skip
    places = [page.rindex(words) for words in order]
    assert places == sorted(places)

    root: Any = PdfReader(BytesIO(files[Form.PDF].content)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in files[Form.PDF].content
    assert all(bare(words) in text_of(files[Form.PDF].content) for words in [*order[:4], "1,042", "Nobody did."])

    book = load_workbook(BytesIO(files[Form.XLSX].content))
    assert book.sheetnames == [
        "Figures", "What needs a decision from you", "What has changed since the last", "Breaches, By month",
        "Breaches, By organisation", "Breaches, By kind", "Breaches, Empty",
    ]  # fmt: skip
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == NASTY for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n"}, "nothing is a formula"


@pytest.mark.rule("GOV-1")
def test_sheets_of_a_spreadsheet_have_names_of_their_own_however_alike_they_begin() -> None:
    chapter = a_report().chapters[0]
    grids = [
        replace(chapter.grids[0], code=f"g{place}", heading="Where: a [very] long / heading of rows")
        for place in range(12)
    ]
    it = replace(a_report(), chapters=(replace(chapter, grids=tuple(grids)),))

    names = [sheet.sheet for sheet in dresses.sheets(it, "http://x")]

    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


@pytest.mark.rule("GOV-1")
def test_the_page_needs_nothing_but_itself_and_shuts_nobody_out(new_page: NewPage) -> None:
    it = a_report(says=("Mind this.",))
    written = dresses.page(it, "https://marac.example", before=a_report(Figure("open", "Open", 2)))
    asked: list[str] = []
    page = new_page(offline=True, java_script_enabled=True)
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(written)

    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        axe(page)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert [each for each in asked if not each.startswith(("about:", "data:"))] == []
    assert page.locator("h1").count() == 1
    assert page.locator("svg[role=img]").count() == 1
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("table:not(:has(caption))").count() == 0


@pytest.mark.rule("GOV-1", "DEC-6", "AUD-6")
def test_the_list_of_clocks_leaves_out_what_somebody_is_to_know_nothing_of_and_the_figures_count_it(
    house: House,
) -> None:
    partner = an_employer(house)
    shown = a_data_breach(house, organisation_id=partner)
    a_data_breach(house, reference="C-1")
    conflict = kept(house, a_person(house, "delegate", organisation_id=partner).id, "C-1")
    a_data_breach(house, flag_id=a_concern(house, someone(house, "delegate", organisation_id=partner)).id)

    def breaches() -> Chapter:
        with house.reading(*someone(house, "hub_manager", "steering_member")) as ctx:
            kind = ctx.the(Policy).report_kinds["steering_pack"]
            made = report.build(ctx, kind.code, spans.span_named(kind, "2026Q4"))
            return next(chapter for chapter in made.chapters if chapter.code == "breaches")

    chapter = breaches()
    assert {figure.code: figure.value for figure in chapter.figures}["data_breaches"] == 3
    clocks = next(grid for grid in chapter.grids if grid.code == "clocks")
    incident = next(each for each in every(house, Incident) if each.id == shown.incident_id)
    assert [row[0] for row in clocks.rows] == [f"{incident.year}-{incident.number}"]
    lifted(house, conflict)
    assert len(next(grid for grid in breaches().grids if grid.code == "clocks").rows) == 2


@pytest.mark.rule("GOV-1")
def test_what_only_the_steering_group_can_decide_is_asked_of_it_and_is_asked_no_more_when_it_is_done(
    house: House,
) -> None:
    cast = a_cast(house)
    incident = brought_to(house, cast, BreachStatus.WITH_STEERING)

    def asked() -> list[tuple[str, str]]:
        with house.reading(*someone(house, "hub_manager", "steering_member")) as ctx:
            kind = ctx.the(Policy).report_kinds["steering_pack"]
            made = report.build(ctx, kind.code, spans.span_named(kind, "2026Q4"))
            return [(each.asks, each.rule) for each in made.decisions]

    assert ("Close 1 breach that has come to the steering group.", "BRE-2") in asked()
    taken(house, incident, BreachStep.CLOSE, cast.steering)
    assert "BRE-2" not in [rule for _, rule in asked()]


@pytest.mark.rule("GOV-1")
def test_a_chapter_that_a_reader_may_not_count_refuses_the_whole_and_nobody_gets_half_a_report(house: House) -> None:
    partner = an_employer(house)
    with house.reading(*someone(house, "hub_manager", "steering_member")) as ctx:
        kind = ctx.the(Policy).report_kinds["steering_pack"]
        seen: list[tuple[str, int, int]] = []
        made = report.build(ctx, kind.code, spans.span_named(kind, "2026Q4"), lambda *step: seen.append(step))
        codes = kind.chapters.split()
        assert seen == [(code, place, len(codes)) for place, code in enumerate(codes)] + [
            ("done", len(codes), len(codes))
        ]
        assert [chapter.code for chapter in made.chapters] == codes
        for chapter in made.chapters:
            figures = [figure.code for figure in chapter.figures]
            assert len(set(figures)) == len(figures), chapter.code
        with pytest.raises(Invalid) as refused:
            report.build(ctx, "weekly", SPAN)
        assert refused.value.fields[0].pointer == "/kind"
    with house.reading(*someone(house, "delegate", organisation_id=partner)) as ctx, pytest.raises(Forbidden):
        report.build(ctx, kind.code, spans.span_named(kind, "2026Q4"))

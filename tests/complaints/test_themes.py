"""What complaints are about, in figures: the same however they are counted, and with no case and no name (COM-6, COM-7)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from compliance.complaints.themes import queries, tables
from compliance.complaints.themes.figures import STAGES, Seen, by_quarter, figures, span
from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden
from tests.builders.complaints import a_complaint, partners, records, resolves
from tests.builders.identity import someone


def some_complaints(seed: int, number: int) -> list[Seen]:
    dice = random.Random(seed)
    places = [uuid4() for _ in range(4)]
    made = []
    for _ in range(number):
        one, other = dice.sample(places, 2)
        raised_on = date(2024, 1, 1) + timedelta(days=dice.randrange(900))
        ended_on = raised_on + timedelta(days=dice.randrange(60)) if dice.random() < 0.6 else None
        made.append(Seen(dice.choice("abc"), one, other, raised_on, dice.choice(STAGES), ended_on))
    return made


@pytest.mark.rule("COM-6")
@pytest.mark.parametrize("seed", range(20))
def test_the_figures_agree_with_counting_by_hand(seed: int) -> None:
    complaints = some_complaints(seed, seed * 3)
    quarters = [Quarter(year, number) for year in (2024, 2025, 2026) for number in (1, 2, 3, 4)]

    for quarter, found in zip(quarters, by_quarter(complaints, quarters), strict=True):
        first = date(quarter.year, 3 * quarter.number - 2, 1)
        those = [each for each in complaints if first <= each.raised_on and each.raised_on < quarter.next.first_day]
        took = []
        for each in those:
            day, days = each.raised_on, 0
            while each.ended_on is not None and day < each.ended_on:
                day, days = day + timedelta(days=1), days + 1
            if each.ended_on is not None:
                took.append(days)
        within = [sum(other <= days for other in took) * 2 >= len(took) for days in sorted(took)]
        assert found.raised == len(those)
        assert (found.open, found.ended) == (len(those) - len(took), len(took))
        assert found.middle == (sorted(took)[within.index(True)] if took else None)
        assert found.longest == (max(took) if took else None)
        assert [found.reached[stage] for stage in STAGES] == [len([e for e in those if e.stage == s]) for s in STAGES]
    whole = figures(complaints)
    assert whole.raised == len(complaints) == sum(each.raised for each in by_quarter(complaints, quarters))


@pytest.mark.rule("COM-6")
def test_a_span_ends_with_the_quarter_that_runs() -> None:
    assert [str(each) for each in span(date(2026, 1, 1), 4)] == ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1"]
    assert [str(each) for each in span(date(2025, 12, 31), 1)] == ["2025-Q4"]


@pytest.mark.rule("COM-6", "COM-7")
def test_complaints_are_counted_by_theme_and_organisation_and_nothing_else_of_them_is_told(
    house: House, clock: FixedClock
) -> None:
    it = partners(house)
    first = a_complaint(it, reference="MC-1042")
    clock.move(timedelta(days=3))
    records(it, first)
    resolves(it, first)
    a_complaint(it, theme="attendance", by=it.hub)
    member = someone(house, "steering_member")

    with house.work(*member) as ctx:
        found = queries.themes(ctx)
        files = [tables.of_themes(ctx, found), tables.of_organisations(ctx, found, found.organisations)]

    counted = {each.code: (each.whole.raised, each.whole.open, each.whole.middle) for each in found.themes}
    assert counted["research"] == (1, 0, 3)
    assert counted["attendance"] == (1, 1, None)
    assert counted["plan"] == (0, 0, None), "a theme that nobody complained of is shown as such"
    assert (found.whole.raised, found.whole.open, found.whole.reached[1]) == (2, 1, 2)
    assert {each.id: (each.raised, each.about.raised, each.about.open) for each in found.organisations} == {
        it.swale: (2, 0, 0), it.refuge: (0, 2, 1),
    }  # fmt: skip
    everything = repr(found) + "".join(cell for file in files for row in file.rows for cell in row)
    people = ("Sol Reed", "Ray Moss", "manager", "MC-1042", "week late", str(first.id), first.raised_by)
    assert not any(told in everything for told in people)
    assert str(UUID(int=it.swale.int)) in everything, "the organisation itself is named"


@pytest.mark.rule("COM-6")
def test_what_was_raised_before_the_span_is_not_counted(sqlite_house: House, clock: FixedClock) -> None:
    it = partners(sqlite_house)
    a_complaint(it)
    clock.move(timedelta(days=410))
    for quarters, raised in ((4, 0), (8, 1)):
        with sqlite_house.reading(*someone(sqlite_house, "ig_officer")) as ctx:
            assert queries.themes(ctx, quarters=quarters).whole.raised == raised


@pytest.mark.rule("COM-7")
def test_only_those_who_learn_from_themes_count_them(sqlite_house: House) -> None:
    for role in ("hub_coordinator", "steering_member", "executive_chair", "ig_officer"):
        with sqlite_house.reading(*someone(sqlite_house, role)) as ctx:
            assert queries.themes(ctx).whole.raised == 0
    for role in ("delegate", "escalation_contact", "authorised_signatory"):
        with pytest.raises(Forbidden), sqlite_house.reading(*someone(sqlite_house, role)) as ctx:
            queries.themes(ctx)

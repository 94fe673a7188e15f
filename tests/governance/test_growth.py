"""How the hub grows: each month counted once, nothing made up, and a line that is a line (LIC-11, GOV-1)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.governance.figures.chapters.growth import chapter
from compliance.governance.figures.model import Span
from compliance.governance.growth import jobs, queries, use_cases
from compliance.governance.growth.errors import CountedAlready
from compliance.governance.growth.models import GrowthMonth
from compliance.governance.growth.rules import Reach, What, line, minutes, minutes_a_month, runs_out
from compliance.governance.growth.saying import said
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.errors import Forbidden
from compliance.kernel.jobs import run_now
from compliance.licences.rules import Status
from tests.builders.identity import an_employer, every, logged, someone
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.use import move_to
from tests.support.together import Act, together

[JOB] = jobs.JOBS
NOVEMBER = date(2026, 11, 1)


def kept(house: House) -> dict[date, dict[str, int]]:
    found: dict[date, dict[str, int]] = {}
    for row in every(house, GrowthMonth):
        found.setdefault(row.month, {})[row.what] = row.count
    return found


@pytest.mark.rule("LIC-11")
@given(st.integers(-50, 50), st.integers(0, 500), st.integers(2, 24))
def test_the_line_through_points_on_a_line_is_that_line_without_an_error(slope: int, start: int, count: int) -> None:
    found = line([start + slope * place for place in range(count)], least=2)

    assert found is not None
    assert found.slope == pytest.approx(slope)
    assert found.now == pytest.approx(start + slope * (count - 1))
    assert found.wrong == pytest.approx(0, abs=1e-6)


@pytest.mark.rule("LIC-11")
@pytest.mark.parametrize(
    ("values", "reach", "month"),
    [
        ([80, 82, 84, 86, 88, 90], Reach.COMING, date(2027, 3, 1)),
        ([80, 82, None, 86, 88, 90], Reach.COMING, date(2027, 3, 1)),
        ([90, 90, 90, 90, 90, 90], Reach.NEVER, None),
        ([98, 97, 96, 95, 94, 93], Reach.NEVER, None),
        ([10, 10, 10, 10, 10, 11], Reach.NEVER, None),
        ([90, 92, 94, 96, 98, 100], Reach.OVER, None),
        ([90, 92, 94, 96, 98], Reach.UNKNOWN, None),
        ([None] * 6, Reach.UNKNOWN, None),
        ([], Reach.UNKNOWN, None),
    ],
)
def test_when_something_runs_out_is_said_where_enough_is_known_and_no_further_than_can_be_seen(
    values: list[int | None], reach: Reach, month: date | None
) -> None:
    found = runs_out(values, 100, last=date(2026, 10, 1), least=5 if None in values and values[0] else 6, furthest=60)

    assert (found.reach, found.month) == (reach, month)
    assert said(found, "seats").endswith(".")


@pytest.mark.rule("LIC-11")
def test_a_growth_that_is_not_sure_of_itself_has_a_first_and_a_last_likely_month() -> None:
    found = runs_out([60, 65, 66, 71, 72, 77], 100, last=date(2026, 10, 1), least=6, furthest=60)

    assert found.month is not None
    assert found.earliest is not None
    assert found.latest is not None
    assert found.earliest < found.month < found.latest
    assert "at the earliest in" in said(found, "seats")


@pytest.mark.rule("LIC-11")
def test_work_is_counted_in_minutes_and_not_known_where_a_part_of_it_is_not() -> None:
    each = {What.REQUESTS: 30, What.AUDITS: 60}

    assert minutes({What.REQUESTS: 4, What.AUDITS: 1}, each) == 180
    assert minutes({What.REQUESTS: 4, What.AUDITS: None}, each) is None
    assert minutes_a_month(37) == 9620, "37 hours a week are 160 hours and 20 minutes a month"


@pytest.mark.rule("LIC-11")
def test_each_month_is_counted_once_it_is_over_and_what_was_missed_is_counted_after_the_fact(
    house: House, clock: FixedClock
) -> None:
    seats(house, standing=9)
    swale = an_organisation(house)
    a_licence(house, swale, "kim@swale.gov.uk")
    run_now(house, JOB)
    assert kept(house) == {}, "November is not over"

    move_to(clock, "2027-01-01T00:30")
    assert run_now(house, JOB).done == 2
    assert run_now(house, JOB).found == 0
    found = kept(house)

    assert set(found) == {NOVEMBER, date(2026, 12, 1)}
    assert (found[NOVEMBER]["licences"], found[NOVEMBER]["requests"]) == (1, 1)
    assert (found[date(2026, 12, 1)]["licences"], found[date(2026, 12, 1)]["requests"]) == (1, 0)
    assert set(found[NOVEMBER]) == {what.value for what in What} - {"cases"}, "no access to a case was reported"
    assert len(logged(house, "growth.counted")) == 2


@pytest.mark.rule("LIC-11")
def test_two_schedulers_keep_a_month_once(house: House) -> None:
    counts = dict.fromkeys(What, 1)
    act: Act = lambda ctx: use_cases.keep(ctx, NOVEMBER, counts)  # noqa: E731

    ends = together(house, [((worker("a"),), act), ((worker("b"),), act)])

    assert sorted(ends) == ["CountedAlready", "done"]
    assert len(kept(house)) == 1


@pytest.mark.rule("LIC-11", "ROL-4")
def test_who_may_read_and_who_may_count(house: House) -> None:
    an_employer(house)
    for role in ("hub_manager", "ig_officer", "steering_member", "executive_chair"):
        with house.reading(*someone(house, role)) as ctx:
            assert queries.growth(ctx).seats.reach is Reach.UNKNOWN
    for role in ("hub_coordinator", "delegate"):
        with house.reading(*someone(house, role)) as ctx, pytest.raises(Forbidden):
            queries.growth(ctx)
    with house.work(*someone(house, "hub_manager")) as ctx, pytest.raises(Forbidden):
        use_cases.keep(ctx, NOVEMBER, {})


@pytest.mark.rule("GOV-1", "LIC-11")
def test_the_chapter_says_what_is_known_and_asks_for_seats_when_they_run_out(house: House, clock: FixedClock) -> None:
    seats(house, standing=8, by_invite=0)
    swale = an_organisation(house)
    for number in range(6):
        a_licence(house, swale, f"p{number}@swale.gov.uk")
    move_to(clock, "2027-05-02T09:00")
    for place, month in enumerate(
        (date(2026, 11, 1), date(2026, 12, 1), *(date(2027, each, 1) for each in range(1, 5)))
    ):
        counts = dict.fromkeys(What, 0) | {What.LICENCES: place + 1, What.DECISIONS: 10}
        with house.work(worker("count-months")) as ctx:
            use_cases.keep(ctx, month, counts)

    with house.reading(*someone(house, "steering_member")) as ctx:
        found = chapter(ctx, Span(date(2027, 1, 1), date(2027, 4, 1), "January to March 2027"))
        early = chapter(ctx, Span(date(2026, 7, 1), date(2026, 10, 1), "July to September 2026"))

    figures = {figure.code: figure.value for figure in found.figures}
    assert (figures["licences"], figures["decisions"], figures["seats_left"]) == (5, 30, 2)
    assert [each.because for each in found.decisions] == ["At this growth seats run out in June 2027."]
    assert {figure.code: figure.said for figure in early.figures}["decisions"] == "Not known"


@pytest.mark.rule("GOV-1", "LIC-11")
def test_seats_that_are_left_are_those_of_the_register_before_any_month_is_counted(house: House) -> None:
    seats(house, standing=4, by_invite=1)
    swale = an_organisation(house)
    for number, status in enumerate((Status.ACTIVE, Status.APPROVED, Status.REQUESTED, Status.DEACTIVATED)):
        a_licence(house, swale, f"p{number}@swale.gov.uk", status=status)

    with house.reading(*someone(house, "steering_member")) as ctx:
        found = queries.growth(ctx)
        figures = {
            figure.code: figure for figure in chapter(ctx, Span(date(2026, 7, 1), date(2026, 10, 1), "")).figures
        }

    assert (found.seats.reach, found.seats.left, found.hours.left) == (Reach.UNKNOWN, 3, None)
    assert (figures["seats_left"].said, figures["hours_left"].said) == ("3", "Not known")


@pytest.mark.rule("LIC-11")
def test_a_month_kept_twice_is_refused_by_name(house: House) -> None:
    with house.work(worker("count-months")) as ctx:
        use_cases.keep(ctx, NOVEMBER, dict.fromkeys(What, 0))
    house.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    with pytest.raises(CountedAlready) as refused, house.work(worker("count-months")) as ctx:
        use_cases.keep(ctx, NOVEMBER, dict.fromkeys(What, 0))
    assert refused.value.rule == "LIC-11"

"""The instruments are reviewed at three, six and twelve months, then every two years: the calendar, and what it takes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from compliance.kernel.clock import FixedClock, end_of, start_of
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import Run, run_now
from compliance.notices.models import Notice
from signatories.jobs import JOBS
from signatories.reviews import queries, use_cases
from signatories.reviews.errors import ReviewAlreadyHeld, ReviewTooEarly
from signatories.reviews.models import InstrumentReview
from signatories.reviews.rules import Progress, due_days, months_after, progress
from tests.builders.identity import Acting, a_person, every, letters, logged, someone
from tests.builders.signatories import a_signatory, state_of, the_instruments
from tests.support.together import together

REMIND = next(job for job in JOBS if job.name == "remind-of-reviews")
DAY = timedelta(days=1)
DUE = date(2026, 4, 1)
"""The last review whose day had come on 21 November 2026: twelve months after 1 April 2025."""


@pytest.fixture
def manager(sqlite_house: House) -> Acting:
    the_instruments(sqlite_house)
    return someone(sqlite_house, "hub_manager")


def a_review(house: House, by: Acting, due_on: date = DUE, **given: Any) -> InstrumentReview:
    held: dict[str, Any] = {
        "held_on": due_on, "useful": True, "fit_for_purpose": False, "issues": "Two forms ask for the same.",
        "decision": "extend", "reasons": "It works, and the forms are mended.",
    }  # fmt: skip
    with house.work(*by) as ctx:
        return use_cases.record_review(ctx, "op", due_on, **(held | given))


@pytest.mark.rule("SIG-10")
@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 4, 1), 3, date(2025, 7, 1)), (date(2025, 11, 30), 3, date(2026, 3, 1)),
        (date(2027, 11, 30), 3, date(2028, 3, 1)), (date(2027, 11, 29), 3, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 3, 1)), (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 3, 1)), (date(2025, 5, 31), 6, date(2025, 12, 1)),
        (date(2025, 1, 31), 23, date(2026, 12, 31)), (date(2025, 12, 31), 12, date(2026, 12, 31)),
    ],
)  # fmt: skip
def test_a_day_that_a_month_does_not_have_is_the_next_day(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@pytest.mark.rule("SIG-10")
def test_reviews_are_due_at_three_six_and_twelve_months_then_every_two_years() -> None:
    months = (3, 6, 12)
    begun = due_days(date(2025, 4, 1), months, 24, until=date(2025, 4, 1))
    later = due_days(date(2025, 4, 1), months, 24, until=date(2030, 1, 1))

    assert begun == [date(2025, 7, 1)]
    assert later == [
        date(2025, 7, 1), date(2025, 10, 1), date(2026, 4, 1), date(2028, 4, 1), date(2030, 4, 1),
    ]  # fmt: skip
    assert due_days(date(2025, 4, 1), months, 24, until=date(2028, 4, 1))[-1] == date(2030, 4, 1)
    slipped = due_days(date(2024, 2, 29), (12,), 12, until=date(2027, 6, 1))
    assert slipped == [date(2025, 3, 1), date(2026, 3, 1), date(2027, 3, 1), date(2028, 2, 29)]


@pytest.mark.rule("SIG-10")
def test_a_review_is_to_come_then_due_then_past_its_day_until_it_is_held() -> None:
    said = {left: progress(DUE, held=False, today=DUE - left * DAY, early_days=28) for left in (29, 28, 0, -1)}

    assert said == {29: Progress.COMING, 28: Progress.DUE, 0: Progress.DUE, -1: Progress.OVERDUE}
    assert progress(DUE, held=True, today=DUE, early_days=28) is Progress.DONE


@pytest.mark.rule("SIG-10")
def test_a_review_records_what_was_found_and_concluded_and_the_calendar_shows_it(
    sqlite_house: House, manager: Acting
) -> None:
    review = a_review(sqlite_house, manager)

    with sqlite_house.reading(*someone(sqlite_house, "steering_member")) as ctx:
        row = queries.row(ctx, "op", DUE)
        states = [(each.instrument, each.due_on.year, each.progress.value) for each in queries.calendar(ctx)]
    assert row.review is not None
    assert (row.review.id, row.recorded_by, row.progress) == (review.id, "Wren Alder", Progress.DONE)
    assert states[-4:] == [
        ("isa", 2026, "overdue"),
        ("op", 2026, "held"),
        ("isa", 2028, "coming"),
        ("op", 2028, "coming"),
    ]
    [entry] = logged(sqlite_house, "instrument.reviewed")
    assert json.loads(entry.detail)["act"] == "extend"
    assert "forms" not in entry.detail


@pytest.mark.rule("SIG-10")
def test_a_review_is_recorded_once_also_by_two_at_once(house: House) -> None:
    the_instruments(house)
    both = [someone(house, "hub_manager") for _ in range(2)]
    given: dict[str, Any] = {
        "held_on": DUE, "useful": True, "fit_for_purpose": True, "issues": "None.", "decision": "extend", "reasons": "Yes.",
    }  # fmt: skip

    ends = together(house, [(each, lambda ctx: use_cases.record_review(ctx, "op", DUE, **given)) for each in both])

    assert sorted(ends) == ["ReviewAlreadyHeld", "done"]
    with pytest.raises(ReviewAlreadyHeld):
        a_review(house, both[0])
    assert len(every(house, InstrumentReview)) == 1


@pytest.mark.rule("SIG-10")
def test_a_review_cannot_be_held_before_its_time_nor_on_a_day_to_come_nor_where_none_is_due(
    sqlite_house: House, manager: Acting, clock: FixedClock
) -> None:
    with pytest.raises(ReviewTooEarly) as refused:
        a_review(sqlite_house, manager, date(2028, 4, 1))
    assert "4 March 2028" in refused.value.words
    for given, pointer in (
        ({"held_on": date(2026, 3, 3)}, "/held_on"), ({"held_on": date(2026, 11, 22)}, "/held_on"),
        ({"issues": " "}, "/issues"), ({"reasons": "\0"}, "/reasons"), ({"decision": "burn"}, "/decision"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as wrong:
            a_review(sqlite_house, manager, **given)
        assert wrong.value.fields[0].pointer == pointer
    with pytest.raises(NotFound):
        a_review(sqlite_house, manager, date(2026, 4, 2))
    with pytest.raises(Forbidden):
        a_review(sqlite_house, someone(sqlite_house, "hub_supervisor"))

    clock.move(start_of(date(2028, 3, 4)) - clock.now())
    a_review(sqlite_house, someone(sqlite_house, "hub_manager"), date(2028, 4, 1), held_on=date(2028, 3, 4))


@pytest.mark.rule("SIG-10")
def test_to_conclude_that_an_instrument_ends_ends_nothing_by_itself(sqlite_house: House, manager: Acting) -> None:
    swale = a_signatory(sqlite_house)

    a_review(sqlite_house, manager, decision="terminate")

    assert state_of(sqlite_house, swale, "op") == "signed"


@pytest.mark.rule("SIG-10")
def test_each_hub_manager_is_told_once_when_the_day_has_come_and_only_of_the_last(
    sqlite_house: House, clock: FixedClock
) -> None:
    the_instruments(sqlite_house)
    manager = a_person(sqlite_house, "hub_manager")
    a_person(sqlite_house, "hub_supervisor")
    assert run_now(sqlite_house, REMIND) == Run(2, 2, 0)
    assert run_now(sqlite_house, REMIND) == Run(0, 0, 0)
    assert len(letters(sqlite_house, manager, "review_due")) == 2

    clock.move(end_of(date(2028, 3, 31)) - timedelta(seconds=1) - clock.now())
    assert run_now(sqlite_house, REMIND) == Run(0, 0, 0)
    clock.move(timedelta(seconds=1))
    a_review(sqlite_house, someone(sqlite_house, "hub_manager"), date(2028, 4, 1))
    with sqlite_house.engine.begin() as connection:
        connection.execute(delete(Notice))
    run_now(sqlite_house, REMIND)

    assert {(row.once or "").split(":")[2] for row in every(sqlite_house, Notice)} == {"2028-04-01"}
    assert len(letters(sqlite_house, manager, "review_due")) == 1

"""Working days of England, to the last day whose bank holidays are known, and calendar quarters."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.kernel.calendar import (
    BeyondCalendar,
    Calendar,
    Quarter,
    add_working_days,
    first_working_day,
    is_working_day,
    next_working_day,
    quarter_named,
    quarter_of,
)
from compliance.kernel.errors import Invalid
from compliance.kernel.settings import REPOSITORY
from policies.values import Policy

KNOWN = Calendar(date(2029, 12, 31))


@pytest.mark.rule("LIC-8")
@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 1, 1), date(2026, 1, 2)),  # New Year's Day, a Thursday
        (date(2027, 1, 1), date(2027, 1, 4)),  # New Year's Day, a Friday
        (date(2028, 1, 1), date(2028, 1, 4)),  # a Saturday: the Monday is the day in its place
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2029, 4, 1), date(2029, 4, 3)),  # a Sunday, then Easter Monday
        (date(2028, 7, 1), date(2028, 7, 3)),  # a Saturday
        (date(2027, 12, 25), date(2027, 12, 29)),  # Christmas on a Saturday: Monday and Tuesday are in its place
        (date(2028, 2, 29), date(2028, 2, 29)),
        (date(2022, 9, 19), date(2022, 9, 20)),  # a day proclaimed once
    ],
)
def test_the_first_working_day_is_after_weekends_and_bank_holidays(day: date, first: date) -> None:
    assert first_working_day(day, KNOWN) == first
    assert next_working_day(day, KNOWN) > day


def test_working_days_are_counted_from_the_day_after() -> None:
    thursday = date(2026, 12, 24)

    assert add_working_days(thursday, 1, KNOWN) == date(2026, 12, 29)
    assert add_working_days(thursday, 5, KNOWN) == date(2027, 1, 5)
    assert add_working_days(date(2026, 12, 26), 0, KNOWN) == date(2026, 12, 29)
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(thursday, -1, KNOWN)


def test_scotlands_holidays_are_no_matter() -> None:
    assert is_working_day(date(2026, 11, 30), KNOWN)
    assert not is_working_day(date(2026, 8, 31), KNOWN)


def test_days_proclaimed_once_or_moved_are_data() -> None:
    changed = Calendar(KNOWN.known_until, added=(date(2028, 6, 2),), taken_away=(date(2028, 5, 29),))

    assert not is_working_day(date(2028, 6, 2), changed)
    assert is_working_day(date(2028, 5, 29), changed)


@pytest.mark.rule("LIC-8")
def test_beyond_the_last_day_that_is_known_nothing_is_guessed() -> None:
    assert first_working_day(date(2029, 12, 31), KNOWN) == date(2029, 12, 31)
    for ask in (is_working_day, first_working_day):
        with pytest.raises(BeyondCalendar, match="31 December 2029"):
            ask(date(2030, 1, 2), KNOWN)
    with pytest.raises(BeyondCalendar):
        add_working_days(date(2029, 12, 20), 60, KNOWN)


def test_the_policys_calendar_says_how_far_it_is_known() -> None:
    assert Policy.load(REPOSITORY / "policies").calendar.known_until >= date(2029, 12, 31)


@pytest.mark.rule("LIC-8")
def test_quarters_are_calendar_quarters() -> None:
    assert [str(quarter_of(date(2028, month, 29))) for month in (2, 3, 4, 9, 10, 12)] == [
        "2028-Q1", "2028-Q1", "2028-Q2", "2028-Q3", "2028-Q4", "2028-Q4",
    ]  # fmt: skip
    assert (Quarter(2028, 1).first_day, Quarter(2028, 1).last_day) == (date(2028, 1, 1), date(2028, 3, 31))
    assert (Quarter(2026, 4).next, Quarter(2026, 4).next.previous) == (Quarter(2027, 1), Quarter(2026, 4))
    assert quarter_named("2026-Q4").last_day == date(2026, 12, 31)


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-Q5", "2026-Q0", "26-Q1", "2026-q1", "2026-Q1 ", "٢٠٢٦-Q1", "0000-Q1"]
)
def test_what_is_no_quarter_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        quarter_named(name)

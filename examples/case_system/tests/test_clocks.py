"""The protocol's times, by dates counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from examples.case_system.clocks import review_by, said, working_days_after


@pytest.mark.parametrize(
    ("day", "fifth"),
    [
        (date(2026, 11, 20), date(2026, 11, 27)),
        (date(2026, 11, 21), date(2026, 11, 27)),
        (date(2026, 12, 22), date(2026, 12, 31)),
        (date(2027, 3, 24), date(2027, 4, 2)),
    ],
)
def test_five_working_days_leave_out_weekends_and_bank_holidays(day: date, fifth: date) -> None:
    """25 and 28 December 2026, and Good Friday and Easter Monday of 2027, are bank holidays."""
    assert working_days_after(day, 5) == fifth


def test_a_review_is_due_after_24_hours_that_pass_also_where_the_clocks_change() -> None:
    assert review_by(datetime(2026, 10, 24, 12, 0, tzinfo=UTC)) == datetime(2026, 10, 25, 12, 0, tzinfo=UTC)


def test_times_are_said_as_london_has_them() -> None:
    assert said("2026-06-01T10:00:00+00:00") == "1 June 2026, 11:00"
    assert said("2026-06-01") == "1 June 2026"
    assert said(None) == ""

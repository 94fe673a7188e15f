"""What clocks in London show, also on the two nights on which they change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from compliance.kernel.clock import showing


def test_a_time_of_day_is_one_instant_but_on_the_nights_on_which_the_clocks_change() -> None:
    assert showing(date(2026, 7, 1), time(9, 30)) == (datetime(2026, 7, 1, 8, 30, tzinfo=UTC),)
    assert showing(date(2026, 12, 1), time(9, 30)) == (datetime(2026, 12, 1, 9, 30, tzinfo=UTC),)
    assert showing(date(2025, 3, 30), time(1, 30)) == ()
    assert showing(date(2025, 3, 30), time(2, 0)) == (datetime(2025, 3, 30, 1, 0, tzinfo=UTC),)
    assert showing(date(2025, 10, 26), time(1, 30)) == (
        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
    )

"""Of a last day somebody is reminded before it, on it and after it, once each, whenever the scheduler runs (COM-5, COM-9, GOV-2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.kernel.reminding import Time, to_remind

DUE, SOON = date(2026, 12, 10), date(2026, 12, 3)


@pytest.mark.rule("COM-9", "GOV-2")
@pytest.mark.parametrize(("runs", "told"), [
    (range(20), [("2026-12-03", Time.BEFORE), ("2026-12-10", Time.ON), ("2026-12-11", Time.OVER)]),
    (range(0, 20, 4), [("2026-12-05", Time.BEFORE), ("2026-12-13", Time.OVER)]),
    ([19], [("2026-12-20", Time.OVER)]),
    ([1], []),
])  # fmt: skip
def test_each_time_is_reminded_of_once_and_what_was_missed_is_not_made_up(
    runs: list[int], told: list[tuple[str, Time]]
) -> None:
    reminded_on, said = None, []
    for day in (date(2026, 12, 1) + timedelta(days=number) for number in runs):
        for _ in range(2):
            time = to_remind(day, DUE, SOON, reminded_on)
            if time is not None:
                said.append((day.isoformat(), time))
                reminded_on = day

    assert said == told

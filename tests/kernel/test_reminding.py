"""Of a last day somebody is reminded before it, on it and after it, once each, whenever the scheduler runs (COM-5, COM-9, GOV-2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Date, create_engine, literal, select

from compliance.kernel.reminding import Time, may_be_due, to_remind

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


@pytest.mark.rule("COM-9", "GOV-2")
def test_the_store_finds_whatever_the_rule_would_remind_of_and_little_else() -> None:
    """Seen to fail with `reminded_on <= due_on` left out, and with `reminded_on < today` as `reminded_on < due_on`."""
    first, ahead = date(2026, 12, 1), DUE - SOON
    days = [first + timedelta(days=number) for number in range(20)]
    cases = [(today, told) for today in days for told in (None, *(day for day in days if day <= today))]
    found = [
        may_be_due(literal(DUE, Date), literal(told, Date), today=today, soon=today + ahead) for today, told in cases
    ]
    with create_engine("sqlite://").connect() as connection:
        asked = [connection.scalar(select(each)) for each in found]

    for (today, told), is_found in zip(cases, asked, strict=True):
        assert is_found or to_remind(today, DUE, SOON, told) is None, (today, told)
        assert not is_found or today >= SOON, today
        assert not is_found or told is None or told not in (today, *(day for day in days if day > DUE)), (today, told)

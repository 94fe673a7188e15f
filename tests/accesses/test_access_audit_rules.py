"""What may be done to an access audit, when it opens and is due, and which hours are worked: tables (AUD-5)."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from compliance.accesses.audits import rules
from compliance.accesses.audits.errors import AuditOver
from compliance.accesses.audits.rules import NEXT, Figures, Progress, Status, Step
from compliance.kernel.calendar import BeyondCalendar, Calendar, Quarter
from compliance.kernel.reminding import working_days_before

CALENDAR = Calendar(known_until=date(2028, 12, 31))
Q4 = Quarter(2026, 4)


@pytest.mark.rule("AUD-5")
@pytest.mark.parametrize(("status", "step"), product(Status, Step))
def test_every_step_from_every_state_is_allowed_or_refused_by_name(status: Status, step: Step) -> None:
    if (status, step) in NEXT:
        assert rules.after(status, step) is NEXT[status, step]
        return
    with pytest.raises(AuditOver) as refused:
        rules.after(status, step)
    assert refused.value.rule == "AUD-5"


@pytest.mark.rule("AUD-5")
def test_only_an_open_audit_can_be_found_upon_or_signed() -> None:
    assert {(Status.OPENED, Step.FIND): Status.OPENED, (Status.OPENED, Step.SIGN): Status.SIGNED} == NEXT


@pytest.mark.rule("AUD-5")
@pytest.mark.parametrize(
    ("today", "opened"),
    [
        (date(2027, 1, 3), ["2026-Q1", "2026-Q2", "2026-Q3"]),  # The first working day is Monday the fourth.
        (date(2027, 1, 4), ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]),
        (date(2027, 3, 31), ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]),
    ],
)
def test_quarters_open_on_their_first_working_day_and_none_before_the_log_began(today: date, opened: list[str]) -> None:
    found = [str(each) for each in rules.to_open(today, date(2020, 1, 1), CALENDAR)]
    assert found[-len(opened) :] == opened
    assert len(found) == rules.QUARTERS_BACK
    assert [str(each) for each in rules.to_open(today, date(2026, 9, 30), CALENDAR)] == [
        each for each in opened if each >= "2026-Q3"
    ]
    assert rules.to_open(today, today, CALENDAR) == []


@pytest.mark.rule("AUD-5")
def test_its_last_day_and_the_reminder_are_counted_in_working_days() -> None:
    assert rules.due_on(date(2027, 1, 4), 20, CALENDAR) == date(2027, 2, 1)
    assert working_days_before(date(2027, 2, 1), 5, CALENDAR) == date(2027, 1, 25)
    # Over Easter: Good Friday is 26 March and Easter Monday 29 March.
    assert working_days_before(date(2027, 3, 31), 5, CALENDAR) == date(2027, 3, 22)
    assert rules.due_on(date(2027, 3, 25), 1, CALENDAR) == date(2027, 3, 30)
    with pytest.raises(BeyondCalendar):
        rules.due_on(date(2028, 12, 29), 20, CALENDAR)


@pytest.mark.rule("AUD-5")
def test_an_audit_is_overdue_from_the_day_after_its_last() -> None:
    last = date(2027, 2, 1)
    assert rules.progress(Status.OPENED, last, last) is Progress.OPEN
    assert rules.progress(Status.OPENED, last, date(2027, 2, 2)) is Progress.OVERDUE
    assert rules.progress(Status.SIGNED, last, date(2027, 3, 1)) is Progress.SIGNED


@pytest.mark.rule("AUD-5")
def test_working_hours_are_londons_on_working_days() -> None:
    hours = rules.working_hours(Q4, 7, 19, CALENDAR)

    assert {"2026-10-23T06", "2026-10-23T17", "2026-10-26T07", "2026-10-26T18"} <= hours
    for out in ("2026-10-23T05", "2026-10-23T18", "2026-10-26T06", "2026-10-26T19", "2026-10-24T12", "2026-12-25T12"):
        assert out not in hours
    # 66 weekdays without Christmas and its Monday.
    assert len(hours) == 64 * 12
    assert rules.working_hours(Q4, 0, 24, CALENDAR) >= {"2026-10-22T23", "2026-11-23T23"}


@pytest.mark.rule("AUD-5")
def test_figures_add_up_one_by_one() -> None:
    one, two = Figures(*range(9)), Figures(*([1] * 9))

    assert list(rules.together([one, two])) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert rules.together([]) == Figures()
    assert not Figures()
    assert two

"""Every state by every step, whose turn it is, and the days of every stage against somebody who counts by hand (COM-1 to COM-8)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from compliance.complaints import rules
from compliance.complaints.errors import (
    ChairsWordIsFinal,
    ComplaintEnded,
    NoFurtherStage,
    NoReportHere,
    NotYetTheChairs,
    SamePersonOnBothSides,
    StillOpen,
)
from compliance.complaints.rules import NEXT, Speaker, Status, Step, Turn
from compliance.kernel.calendar import BeyondCalendar, Calendar
from compliance.kernel.reminding import Time
from policies.values import Policy

POLICY = Policy.load(Path("policies"))
DAYS = POLICY.complaints.stage_working_days
DAY = timedelta(days=1)

BANK_HOLIDAYS = frozenset(map(date.fromisoformat, ["2024-01-01", "2024-03-29", "2024-04-01", "2024-05-06", "2024-05-27", "2024-08-26", "2024-12-25", "2024-12-26", "2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26", "2025-08-25", "2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28", "2028-01-03", "2028-04-14", "2028-04-17", "2028-05-01", "2028-05-29", "2028-08-28", "2028-12-25", "2028-12-26", "2029-01-01", "2029-03-30", "2029-04-02", "2029-05-07", "2029-05-28", "2029-08-27", "2029-12-25", "2029-12-26", "2030-01-01", "2030-04-19", "2030-04-22", "2030-05-06", "2030-05-27", "2030-08-26", "2030-12-25", "2030-12-26", "2031-01-01"]))  # fmt: skip
"""Written down by hand from the published list as far as it goes, and by the Act for the years after it."""


def works(day: date) -> bool:
    return day.isoweekday() < 6 and day not in BANK_HOLIDAYS


def counted(start: date, days: int) -> date:
    """Somebody turns the pages of a diary: the day it opens is not counted, nor is a day on which nobody works."""
    day, left = start, days
    while left:
        day += DAY
        left -= works(day)
    return day


def same_working_day(start: date) -> date:
    while not works(start):
        start += DAY
    return start


def test_every_state_by_every_step_goes_up_by_one_or_to_an_end_or_is_refused() -> None:
    allowed = set()
    for status, stage, step in product(Status, (1, 2, 3, 4), Step):
        refusal: type[Exception] | None = None
        if status is not Status.OPEN:
            refusal = ComplaintEnded
        elif step is Step.ESCALATE and stage == 4:
            refusal = NoFurtherStage
        elif step is Step.RULE and stage < 4:
            refusal = NotYetTheChairs
        if refusal is not None:
            with pytest.raises(refusal):
                rules.after(status, stage, step)
            continue
        allowed.add((status, stage, step))
        after, reached = rules.after(status, stage, step)
        if step is Step.ESCALATE:
            assert (after, reached) == (Status.OPEN, stage + 1)
        else:
            assert (after, reached) == ({Step.RESOLVE: Status.RESOLVED, Step.RULE: Status.FINAL}[step], stage)
    assert allowed == set(NEXT)


@pytest.mark.rule("COM-8")
@pytest.mark.parametrize("calendar", [Calendar(date(2031, 1, 31)), POLICY.calendar], ids=["2030", "the policy's"])
def test_the_last_day_of_each_stage_agrees_with_a_diary_from_every_day_of_seven_years(calendar: Calendar) -> None:
    assert DAYS == (5, 5, 10, 10)
    found = refused = 0
    start = date(2024, 1, 1)
    while start < date(2031, 1, 1):
        for stage, days in enumerate(DAYS, start=1):
            for immediate, right in ((False, counted(start, days)), (True, same_working_day(start))):
                if right > calendar.known_until:
                    with pytest.raises(BeyondCalendar):
                        rules.due_on(start, stage, DAYS, immediate_risk=immediate, calendar=calendar)
                    refused += 1
                    continue
                due = rules.due_on(start, stage, DAYS, immediate_risk=immediate, calendar=calendar)
                assert due == right, (start, stage, immediate)
                found += 1
        start += DAY
    assert found + refused == 2557 * 8
    assert (refused > 0) == (calendar is POLICY.calendar), "never guessed"


@pytest.mark.rule("COM-5")
def test_each_reminder_goes_out_once_before_on_and_after_whenever_the_job_runs() -> None:
    start = date(2026, 1, 1)
    while start < date(2027, 1, 1):
        due = same_working_day(start)
        before = next(day for back in range(1, 12) if works(day := due - back * DAY))
        for skipped in (frozenset[date](), frozenset({before}), frozenset({due})):
            told: list[tuple[date, Time]] = []
            reminded = None
            for n in range(-15, 8):
                today = due + n * DAY
                if today in skipped:
                    continue
                for _ in range(2):
                    now = rules.reminder(today, due, reminded, 1, POLICY.calendar)
                    if now is not None:
                        told.append((today, now))
                        reminded = today
            wanted = {Time.BEFORE, Time.ON, Time.OVER} - ({Time.ON} if due in skipped else set())
            if before in skipped and due - before == DAY:
                wanted -= {Time.BEFORE}
            assert [each for _, each in told] == [each for each in Time if each in wanted], (due, skipped)
            assert {each: day for day, each in told}[Time.OVER] == due + DAY
        start += DAY


@pytest.mark.rule("COM-2")
def test_it_waits_for_who_has_not_recorded_then_for_who_complained_and_at_the_end_for_the_chair() -> None:
    def waits(stage: int, ours: bool, theirs: bool) -> set[Turn]:
        return set(rules.turns(stage, from_recorded=ours, about_recorded=theirs))

    for stage in (1, 2, 3):
        assert waits(stage, False, False) == {Turn.FROM, Turn.ABOUT}
        assert waits(stage, True, False) == {Turn.ABOUT}
        assert waits(stage, False, True) == {Turn.FROM}
        assert waits(stage, True, True) == {Turn.FROM}
    assert waits(4, False, False) == set(Turn)
    assert waits(4, True, False) == {Turn.ABOUT, Turn.CHAIR}
    assert waits(4, False, True) == {Turn.FROM, Turn.CHAIR}
    assert waits(4, True, True) == {Turn.CHAIR}


@pytest.mark.rule("COM-2")
def test_two_people_are_told_apart_by_account_then_address_then_name() -> None:
    ash = Speaker("Ash Birch", "Manager", "ash@one.example")
    rules.two_people(ash, Speaker("Ash Birch", "Manager", "ash@two.example"))
    rules.two_people(ash, Speaker("Bay Birch", "Manager"))
    for same in (
        Speaker("Somebody Else", "Head", "ASH@one.example"),
        Speaker("ash  BIRCH", "Head"),
    ):
        with pytest.raises(SamePersonOnBothSides):
            rules.two_people(ash, same)
        with pytest.raises(SamePersonOnBothSides):
            rules.two_people(same, ash)


@pytest.mark.rule("COM-3", "COM-4")
def test_which_stages_wait_for_a_report_and_which_ends_can_be_taken_up_again() -> None:
    assert [stage for stage in (1, 2, 3, 4) if _opens(stage)] == [2, 3]
    rules.can_be_taken_up_again(Status.RESOLVED)
    with pytest.raises(StillOpen):
        rules.can_be_taken_up_again(Status.OPEN)
    with pytest.raises(ChairsWordIsFinal):
        rules.can_be_taken_up_again(Status.FINAL)


def _opens(stage: int) -> bool:
    try:
        return rules.opens_by_report(stage) == stage + 1
    except NoReportHere:
        return False

"""Whose turn it is, to the microsecond, on the two nights on which the clocks change as well (LIC-6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.kernel.clock import LONDON
from compliance.licences.rotas import rules
from compliance.licences.rotas.rules import DAY, Turn, by_turns, next_change, next_turn, opens, problems, said, turn_at
from compliance.licences.rules import Status, Suspension

pytestmark = pytest.mark.rule("LIC-6")

A, B, C = (uuid5(UUID(int=0), name) for name in "ABC")
SPRING, AUTUMN, ORDINARY = date(2027, 3, 28), date(2026, 10, 25), date(2026, 11, 22)
SUNDAY = 6
TICK = timedelta(microseconds=1)


def utc(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@st.composite
def timetables(draw: st.DrawFn) -> list[Turn]:
    """A week without overlaps, with many boundaries in the small hours of Sunday."""
    turns: list[Turn] = []
    for weekday in draw(st.lists(st.sampled_from([SUNDAY, 5, 0]), unique=True, min_size=1)):
        minute = st.integers(0, 300) if weekday == SUNDAY else st.integers(0, DAY)
        cuts = sorted(draw(st.sets(minute | st.sampled_from([0, 60, 90, 120, DAY]), min_size=2, max_size=8)))
        for begins, ends in pairwise(cuts):
            who = draw(st.sampled_from([A, B, C, None]))
            if who is not None:
                turns.append(Turn(weekday, begins, ends, who))
    return turns


def by_the_rule(turns: list[Turn], instant: datetime) -> set[UUID]:
    """Everybody who has the turn, said in another way: by what clocks show, and what they have shown before."""
    there = instant.astimezone(LONDON)
    shown = there.hour * 60 + there.minute
    if there.fold:
        # The hour is shown again: it belongs to whoever had its last minute the first time.
        shown = 119
    return {turn.licence_id for turn in turns if turn.weekday == there.weekday() and turn.begins <= shown < turn.ends}


@settings(max_examples=150, deadline=None)
@given(timetables(), st.sampled_from([SPRING, AUTUMN, ORDINARY]), st.integers(-90, 26 * 60), st.integers(0, 59_999_999))
def test_every_minute_that_clocks_show_is_the_timetables_and_one_persons_at_most(
    turns: list[Turn], night: date, minutes: int, microseconds: int
) -> None:
    instant = utc(night, 0) + timedelta(minutes=minutes, microseconds=microseconds)

    turn = turn_at(turns, instant)

    having = by_the_rule(turns, instant)
    assert len(having) <= 1
    assert {turn.licence_id} == having if turn else not having


@settings(max_examples=150, deadline=None)
@given(timetables(), st.sampled_from([SPRING, AUTUMN, ORDINARY]), st.integers(-3 * DAY, 2 * DAY))
def test_the_next_change_is_exact_to_the_microsecond(turns: list[Turn], night: date, minutes: int) -> None:
    instant = utc(night, 0) + timedelta(minutes=minutes)
    now = by_the_rule(turns, instant)

    change = next_change(turns, instant)

    last = change or instant + timedelta(days=8)
    assert change is None or by_the_rule(turns, change) != now == by_the_rule(turns, change - TICK)
    # Nothing changes before it: whoever has it is the same at every boundary and minute in between.
    between = int((last - instant) / timedelta(minutes=1))
    step = max(1, between // 400)
    assert all(
        by_the_rule(turns, instant + timedelta(minutes=each)) == now
        for each in range(0, between, step)
        if instant + timedelta(minutes=each) < last
    )


def test_a_whole_day_is_the_london_day_whatever_its_length() -> None:
    whole = [Turn(SUNDAY, 0, DAY, A)]

    for day, begins, hours in (
        (ORDINARY, utc(ORDINARY, 0), 24), (SPRING, utc(SPRING, 0), 23), (AUTUMN, utc(date(2026, 10, 24), 23), 25),
    ):  # fmt: skip
        assert next_change(whole, begins - TICK) == begins, day
        assert next_change(whole, begins) == begins + timedelta(hours=hours), day


@pytest.mark.parametrize("minute", [60, 61, 90, 119, 120])
def test_a_boundary_in_marchs_missing_hour_comes_when_the_clocks_jump(minute: int) -> None:
    turns = [Turn(SUNDAY, 0, minute, A), Turn(SUNDAY, minute, 300, B)]

    assert next_change(turns, utc(SPRING, 0)) == utc(SPRING, 1)
    assert turn_at(turns, utc(SPRING, 1)) == turns[1]


def test_a_turn_within_the_missing_hour_is_left_out_with_it_and_comes_again_a_week_later() -> None:
    turns = [Turn(SUNDAY, 75, 105, A)]

    assert turn_at(turns, utc(SPRING, 1)) is None
    assert next_change(turns, utc(SPRING, 0)) == utc(SPRING + timedelta(days=7), 0, 15)


def test_a_boundary_in_octobers_repeated_hour_comes_once_the_first_time() -> None:
    turns = [Turn(SUNDAY, 0, 90, A), Turn(SUNDAY, 90, 110, B)]
    first = utc(AUTUMN, 0, 30)  # 01:30, in summer time

    assert next_change(turns, first - TICK) == first
    assert turn_at(turns, first) == turns[1]
    # 01:50 comes a second time at 01:50 UTC; nobody's turn begins or ends then.
    assert next_change(turns, first) == utc(AUTUMN, 0, 50)
    assert turn_at(turns, utc(AUTUMN, 1, 5)) is None


def test_whoever_has_the_turn_when_the_hour_begins_to_repeat_keeps_it() -> None:
    turns = [Turn(SUNDAY, 0, 90, A), Turn(SUNDAY, 90, 180, B)]

    assert [turn_at(turns, utc(AUTUMN, 1, minute)) for minute in (0, 15, 59)] == [turns[1]] * 3
    assert next_change(turns, utc(AUTUMN, 0, 30)) == utc(AUTUMN, 3)


def test_a_rota_of_one_person_round_the_clock_never_changes() -> None:
    turns = [Turn(weekday, 0, DAY, A) for weekday in range(7)]

    assert next_change(turns, utc(ORDINARY, 12)) is None
    assert next_turn(turns, utc(ORDINARY, 12)) is None


def test_who_is_next_passes_over_the_time_in_which_nobody_is_in() -> None:
    turns = [Turn(0, 540, 1020, A), Turn(2, 540, 1020, A), Turn(3, 540, 1020, B)]
    monday = utc(ORDINARY + timedelta(days=1), 10)

    assert next_turn(turns, monday) == (utc(ORDINARY + timedelta(days=4), 9), turns[2])


@pytest.mark.parametrize(
    ("turns", "at"),
    [
        ([], "/turns"),
        ([Turn(0, 540, 540, A)], "/turns/0/ends"),
        ([Turn(0, 540, 480, A)], "/turns/0/ends"),
        ([Turn(7, 0, 60, A)], "/turns/0/weekday"),
        ([Turn(0, -1, 60, A)], "/turns/0/begins"),
        ([Turn(0, 0, 1441, A)], "/turns/0/ends"),
        ([Turn(0, 540, 720, A), Turn(0, 719, 800, B)], "/turns/1/begins"),
        ([Turn(0, 600, 800, A), Turn(0, 540, 601, B)], "/turns/0/begins"),
        ([Turn(0, 540, 720, A), Turn(0, 540, 720, A)], "/turns/1/begins"),
        ([Turn(n % 7, n // 7, n // 7 + 1, A) for n in range(101)], "/turns"),
    ],
)
def test_what_is_no_timetable_is_refused_at_the_turn_it_is_about(turns: list[Turn], at: str) -> None:
    assert [error.pointer for error in problems(turns)] == [at]


def test_turns_that_meet_and_the_same_hours_on_other_days_are_no_overlap() -> None:
    assert problems([Turn(0, 720, DAY, B), Turn(0, 0, 720, A), Turn(1, 0, 720, A)]) == []


def test_a_rest_for_another_reason_is_a_rest_in_turn_as_well() -> None:
    now, turns = utc(ORDINARY, 12), [Turn(SUNDAY, 0, DAY, A)]

    for status in Status:
        for suspension in (None, *Suspension):
            theirs = by_turns(status, suspension)
            assert theirs is ((status, suspension) in {(s, p) for s, p in BY_TURNS if s == status})
            assert opens(status, suspension, turns, now) is theirs
            assert not opens(status, suspension, (), now)
            assert opens(status, suspension, None, now) is (status == Status.ACTIVE)


BY_TURNS = {(Status.SUSPENDED, Suspension.ROTA), *((Status.ACTIVE, each) for each in (None, *Suspension))}


def test_turns_are_said_as_people_read_them() -> None:
    turns = [Turn(2, 540, 1020, A), Turn(0, 540, 1020, A), Turn(4, 0, 720, A), Turn(5, 0, DAY, A), Turn(6, 90, 810, A)]

    assert said(turns) == (
        "Monday, Wednesday 9am to 5pm; Friday midnight to midday; Saturday all day; Sunday 1:30am to 1:30pm"
    )
    assert rules.day_and_clock(utc(date(2026, 11, 23), 9)) == "Monday at 9am"

"""Every date of birth from 1900 to 2035 and every event from 2000 to 2040, held against a calendar that lives through each day.

The oracle adds no years and asks `datetime` for nothing: it turns over one day after another, knows how long months are,
and counts on each day those whose anniversary it is (RET-2).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import cycle

import pytest

from retention.rules import minimum_ends_on, next_review_on

Day = tuple[int, int, int]

LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
BIRTHS = ((1900, 1, 1), (2035, 12, 31))
EVENTS = ((2000, 1, 1), (2040, 12, 31))
OPENED = date(2000, 1, 1)
AGE, CLEAR, REVIEWED = 100, {2: 10, 3: 6}, {1: 10, 2: 10, 3: 5}
CENTURY = 100


def tomorrow(today: Day) -> Day:
    """The day after."""
    year, month, day = today
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day < LENGTHS[month - 1] + (month == 2 and leap):
        return year, month, day + 1
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


def days(first: Day, last: Day) -> Iterator[Day]:
    """Each day from the first to the last."""
    while first <= last:
        yield first
        first = tomorrow(first)


@cache
def anniversaries(first: Day, last: Day, years: int) -> dict[date, date]:
    """When each day from the first to the last has had so many anniversaries, each of them lived to see."""
    waiting: dict[tuple[int, int], list[list[int]]] = defaultdict(list)
    reached: dict[date, date] = {}
    today, yesterday = first, (0, 0, 0)
    while today <= last or any(waiting.values()):
        keeps = [today[1:]]
        if today[1:] == (3, 1) and yesterday[1:] == (2, 28):
            keeps.append((2, 29))  # a 29 February that did not come is kept today
        for shown in keeps:
            still = []
            for one in waiting[shown]:
                one[1] += 1
                if one[1] == years:
                    reached[date(one[0], *shown)] = date(*today)
                else:
                    still.append(one)
            waiting[shown] = still
        if today <= last:
            waiting[today[1:]].append([today[0], 0])
        today, yesterday = tomorrow(today), today
    return reached


@pytest.mark.rule("RET-1", "RET-2")
def test_every_birth_from_1900_to_2035_ends_on_the_day_that_was_lived_to_see() -> None:
    expected = anniversaries(*BIRTHS, AGE)
    events = cycle(date(*day) for day in days(*EVENTS))

    wrong = {
        born: found
        for (born, ends), event in zip(expected.items(), events, strict=False)
        if (found := minimum_ends_on(1, born_on=born, opened_on=OPENED, last_relevant_on=event)) != ends
    }

    assert wrong == {}
    assert len(expected) == 49_673


@pytest.mark.rule("RET-1", "RET-2")
@pytest.mark.parametrize("group", [2, 3])
def test_every_event_from_2000_to_2040_ends_on_the_day_that_was_lived_to_see(group: int) -> None:
    expected = anniversaries(*EVENTS, CLEAR[group])
    births = cycle([None, *(date(*day) for day in days(*BIRTHS))])

    wrong = {
        (event, opened): found
        for (event, ends), born in zip(expected.items(), births, strict=False)
        for opened, last in ((OPENED, event), (event, event), (event, None))
        if (found := minimum_ends_on(group, born_on=born, opened_on=opened, last_relevant_on=last)) != ends
    }

    assert wrong == {}
    assert len(expected) == 14_976


@pytest.mark.rule("RET-1")
def test_without_a_date_of_birth_no_event_gives_group_1_an_end() -> None:
    ends = {minimum_ends_on(1, opened_on=OPENED, last_relevant_on=date(*event)) for event in days(*EVENTS)}

    assert ends == {None}


@pytest.mark.rule("RET-2", "RET-3")
@pytest.mark.parametrize("group", [1, 2, 3])
def test_every_review_is_due_on_the_day_that_was_lived_to_see(group: int) -> None:
    expected = anniversaries(*EVENTS, REVIEWED[group])

    for day, due in expected.items():
        assert next_review_on(group, opened_on=day) == due
        assert next_review_on(group, opened_on=OPENED, last_reviewed_on=day) == due


@pytest.mark.rule("RET-2", "RET-3")
def test_the_reviews_of_a_whole_century_stand_where_day_after_day_puts_them() -> None:
    lived = anniversaries((2000, 1, 1), (2100, 12, 31), REVIEWED[3])

    for opened in (date(2000, 2, 29), date(2000, 2, 28), date(2000, 3, 1), date(2000, 12, 31), date(2001, 8, 31)):
        due, expected = next_review_on(3, opened_on=opened), lived[opened]
        for _ in range(CENTURY // REVIEWED[3] - 1):
            assert due == expected
            due, expected = next_review_on(3, opened_on=opened, last_reviewed_on=due), lived[expected]

"""How often one network address is heard: in a quarter of an hour, and in a day."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta

import pytest

from compliance.kernel.context import House
from compliance.kernel.errors import Throttled
from tests.builders.identity import logged
from tests.identity.test_locking import wrong


@pytest.mark.rule("IDN-4")
def test_one_source_is_heard_a_hundred_times_a_day_however_slowly_it_guesses(house: House, clock) -> None:
    heard, waits = 0, set()
    for number in range(8 * 15):
        if number % 15 == 0:
            clock.move(timedelta(minutes=15))
        try:
            wrong(house, f"n{number}@kent.example.org", "203.0.113.9")
            heard += 1
        except Throttled as refused:
            waits.add(refused.retry_after)

    assert heard == 100
    assert all(12 * 3600 - 2 * 3600 < wait < 14 * 3600 for wait in waits), "until midnight, by the clock of the world"
    clock.move(timedelta(days=1))
    assert wrong(house, "n1@kent.example.org", "203.0.113.9").opened is None


@pytest.mark.rule("IDN-4", "AUD-1")
def test_that_a_source_is_not_heard_any_more_is_logged_once(house: House) -> None:
    for number in range(40):
        with suppress(Throttled):
            wrong(house, f"n{number}@kent.example.org", "203.0.113.9")

    [entry] = logged(house, "sign_in.source_throttled")
    assert (entry.whence, entry.outcome) == ("203.0.113.9", "refused")
    assert json.loads(entry.detail) == {"failures": 30, "minutes": 15}


@pytest.mark.rule("IDN-4")
def test_a_source_is_heard_no_sooner_because_the_clock_steps_back(sqlite_house: House, clock) -> None:
    for number in range(30):
        wrong(sqlite_house, f"n{number}@kent.example.org", "203.0.113.9")

    clock.move(-timedelta(hours=1))

    with pytest.raises(Throttled):
        wrong(sqlite_house, "n1@kent.example.org", "203.0.113.9")

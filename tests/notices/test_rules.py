"""When a letter is tried again, and when it is of no more use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.notices.rules import LEASE, is_late, is_useless, pause_after
from compliance.notices.ways import notify, smtp

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FIRST, LONGEST = timedelta(seconds=5), timedelta(minutes=15)


@pytest.mark.rule("GOV-5")
def test_the_pause_doubles_from_five_seconds_to_a_quarter_of_an_hour() -> None:
    pauses = [pause_after(tries, first=FIRST, longest=LONGEST).total_seconds() for tries in range(1, 11)]

    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


@pytest.mark.rule("GOV-5")
@given(st.integers(min_value=0, max_value=10**9))
def test_there_is_no_last_try(tries: int) -> None:
    assert FIRST <= pause_after(tries, first=FIRST, longest=LONGEST) <= LONGEST


@pytest.mark.rule("GOV-5")
def test_a_letter_is_of_use_until_the_instant_it_says() -> None:
    assert not is_useless(None, NOW)
    assert not is_useless(NOW + timedelta(microseconds=1), NOW)
    assert is_useless(NOW, NOW)


@pytest.mark.rule("GOV-5")
def test_a_letter_is_late_once_it_has_waited_longer_than_it_may() -> None:
    assert not is_late(NOW - timedelta(minutes=30), NOW, allowed=timedelta(minutes=30))
    assert is_late(NOW - timedelta(minutes=31), NOW, allowed=timedelta(minutes=30))


@pytest.mark.rule("GOV-5")
def test_no_sending_lasts_longer_than_its_lease() -> None:
    """Connect, greet, secure, greet again, sign in twice, and four answers to the message itself."""
    assert timedelta(seconds=smtp.CONNECT_SECONDS + 10 * smtp.ANSWER_SECONDS) < LEASE
    assert timedelta(seconds=2 * notify.ANSWER_SECONDS) < LEASE

"""The clock of a personal-data breach: counted independently, hour by hour, and every step from every state (BRE-3, BRE-6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest

from compliance.breaches.notifying import rules
from compliance.breaches.notifying.errors import DecidedAlready, NotDecidedToTell, ToldAlready
from compliance.breaches.notifying.rules import (
    NEXT,
    Countdown,
    Decision,
    Risk,
    Stands,
    Status,
    Step,
    Whom,
    after,
    countdown,
    may_not_notify,
    people_reopen,
    people_wait,
    reopens,
    stands,
    status_of,
    tell_by,
    warning_due,
)
from compliance.kernel.clock import LONDON, showing

HOURS = 72
AWARE = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
ENDS = AWARE + timedelta(hours=HOURS)


def hours_of_london(first: int, last: int) -> Iterator[tuple[date, int]]:
    """Every hour that people in London live through, by the rule as they know it: written out, with no zone data.

    On the last Sunday in March the hour from one to two is left out; on the last Sunday in October it comes twice.
    """
    day = date(first, 1, 1)
    while day.year <= last:
        last_sunday = day.weekday() == 6 and (day + timedelta(days=7)).month != day.month
        for hour in range(24):
            times = 1
            if last_sunday and hour == 1:
                times = {3: 0, 10: 2}.get(day.month, 1)
            yield from ((day, hour) for _ in range(times))
        day += timedelta(days=1)


@pytest.mark.rule("BRE-3")
def test_the_clock_agrees_with_a_count_of_every_hour_for_every_start_from_2024_to_2030() -> None:
    lived = list(hours_of_london(2024, 2031))
    starts = [place for place, (day, _) in enumerate(lived) if day.year <= 2030]
    assert len(starts) > 61_000

    for place in starts:
        day, hour = lived[place]
        second = place > 0 and lived[place - 1] == lived[place]
        begins = showing(day, time(hour, 30))[1 if second else 0]
        ends = tell_by(begins, HOURS).astimezone(LONDON)
        assert ((ends.date(), ends.hour), ends.minute) == (lived[place + HOURS], 30), f"from {day} {hour}:30"


@pytest.mark.rule("BRE-3")
@pytest.mark.parametrize(
    ("aware", "until"),
    [
        ("2026-11-20T17:30", "2026-11-23T17:30"),  # a Friday evening: the weekend counts
        ("2026-12-24T23:00", "2026-12-27T23:00"),  # Christmas counts
        ("2026-03-27T10:00", "2026-03-30T11:00"),  # clocks go forward
        ("2026-10-24T00:30", "2026-10-26T23:30"),  # clocks go back
    ],
)
def test_what_people_read_on_their_clocks(aware: str, until: str) -> None:
    begins = datetime.fromisoformat(aware).replace(tzinfo=LONDON)

    assert tell_by(begins, HOURS).astimezone(LONDON).replace(tzinfo=None) == datetime.fromisoformat(until)


@pytest.mark.rule("BRE-3")
def test_the_countdown_ends_at_the_instant_itself_and_is_over_just_after() -> None:
    second = timedelta(seconds=1)

    assert countdown(AWARE, ENDS) == Countdown(False, HOURS * 60)
    assert countdown(ENDS - 61 * second, ENDS) == Countdown(False, 1)
    assert countdown(ENDS, ENDS) == Countdown(False, 0)
    assert countdown(ENDS + second, ENDS) == Countdown(True, 0)
    assert [rules.is_late(ENDS + n * second, ENDS) for n in (-1, 0, 1)] == [False, False, True]
    said = {0: "less than a minute", 1: "1 minute", 60: "1 hour", 1440: "1 day", 1500: "1 day and 1 hour",
            3062: "2 days, 3 hours and 2 minutes"}  # fmt: skip
    assert {minutes: Countdown(False, minutes).said for minutes in said} == said


REFUSED = {
    (Status.STARTED, Step.TELL): NotDecidedToTell,
    (Status.STARTED, Step.REOPEN): DecidedAlready,
    (Status.TO_TELL, Step.NOTIFY): DecidedAlready,
    (Status.TO_TELL, Step.REOPEN): DecidedAlready,
    (Status.NOT_NOTIFIED, Step.NOT_NOTIFY): DecidedAlready,
    (Status.NOT_NOTIFIED, Step.TELL): NotDecidedToTell,
    (Status.NOTIFIED, Step.NOTIFY): ToldAlready,
    (Status.NOTIFIED, Step.NOT_NOTIFY): ToldAlready,
    (Status.NOTIFIED, Step.REOPEN): ToldAlready,
}


@pytest.mark.rule("BRE-3", "BRE-6")
@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_every_step_from_every_state(status: Status, step: Step) -> None:
    assert (status, step) in NEXT or (status, step) in REFUSED
    refusal = REFUSED.get((status, step))
    if refusal is None:
        assert after(status, step) is NEXT[status, step]
        return
    assert (status, step) not in NEXT
    with pytest.raises(refusal) as refused:
        after(status, step)
    assert refused.value.rule == "BRE-3"


@pytest.mark.rule("BRE-3")
def test_what_is_told_stays_told_and_the_clock_stops_only_by_telling_or_by_reasons() -> None:
    assert all(after_it is Status.NOTIFIED for (before, _), after_it in NEXT.items() if before is Status.NOTIFIED)
    assert {status_of(None, None), status_of("notify", None)} == {Status.STARTED, Status.TO_TELL}
    assert status_of("not_notify", None) is Status.NOT_NOTIFIED
    assert {status_of(each, AWARE) for each in (None, *Decision)} == {Status.NOTIFIED}

    late = ENDS + timedelta(seconds=1)
    for status in (Status.STARTED, Status.TO_TELL):
        assert [stands(at, ENDS, status, None) for at in (AWARE, ENDS, late)] == [
            Stands.RUNNING, Stands.RUNNING, Stands.OVER,
        ]  # fmt: skip
    assert stands(late, ENDS, Status.NOT_NOTIFIED, None) is Stands.NOT_NOTIFIED
    assert [stands(late, ENDS, Status.NOTIFIED, more) for more in (True, False)] == [Stands.FOLLOWS, Stands.NOTIFIED]


@pytest.mark.rule("BRE-3")
def test_whom_each_risk_asks_to_be_told() -> None:
    assert [risk for risk in Risk if may_not_notify(risk)] == [Risk.UNLIKELY]
    assert [risk for risk in Risk if Whom.PEOPLE in rules.WHOM[risk]] == [Risk.HIGH]
    assert all(Whom.PARTNERS in rules.WHOM[risk] for risk in Risk)
    assert [(s, r) for s, r in product(Status, Risk) if reopens(s, r)] == [
        (Status.NOT_NOTIFIED, Risk.NOT_KNOWN), (Status.NOT_NOTIFIED, Risk.LIKELY), (Status.NOT_NOTIFIED, Risk.HIGH),
    ]  # fmt: skip


@pytest.mark.rule("BRE-3")
def test_people_wait_until_they_are_told_or_it_is_decided_that_they_are_not() -> None:
    assert [risk for risk in (None, *Risk) if people_wait(risk, None, None)] == [Risk.HIGH]
    assert all(people_wait(risk, "tell", None) for risk in (None, *Risk))
    assert not any(people_wait(risk, "not_tell", None) for risk in Risk)
    assert not any(people_wait(risk, "tell", AWARE) for risk in Risk)
    again = [before for before in (None, *Risk) if people_reopen("not_tell", None, before, Risk.HIGH)]
    assert again == [None, Risk.NOT_KNOWN, Risk.UNLIKELY, Risk.LIKELY], "decided on a high risk, it holds"
    assert not people_reopen("not_tell", None, Risk.HIGH, Risk.LIKELY)
    assert not people_reopen("tell", None, Risk.LIKELY, Risk.HIGH)
    assert not people_reopen("not_tell", AWARE, Risk.LIKELY, Risk.HIGH)


@pytest.mark.rule("BRE-3")
def test_warnings_come_once_each_at_their_hours_and_one_for_all_that_was_missed() -> None:
    warned: int | None = None
    given = []
    for minute in range(0, (HOURS + 3) * 60, 5):
        now = AWARE + timedelta(minutes=minute)
        due = warning_due(now, ENDS, (48, 24, 6), warned)
        if due is not None:
            given.append((due, minute))
            warned = due

    assert given == [(48, 24 * 60), (24, 48 * 60), (6, 66 * 60), (0, HOURS * 60 + 5)]
    assert warning_due(ENDS - timedelta(hours=5), ENDS, (48, 24, 6), None) == 6
    assert warning_due(ENDS + timedelta(days=9), ENDS, (48, 24, 6), 48) == 0
    assert warning_due(ENDS + timedelta(days=9), ENDS, (48, 24, 6), 0) is None
    assert warning_due(AWARE, ENDS, (), None) is None

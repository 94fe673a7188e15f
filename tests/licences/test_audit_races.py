"""Many hands at once: each quarter is audited once, and no use is lost to it. Each on both databases.

Seen to fail: with the lock of the licence and the look for its verdict taken away, five schedulers write second
warnings, verdicts and letters, or stumble over the unique key; with the second look at the last use taken away, a
licence ends at the very moment at which a decision permits something by it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from audit.append import take_turn
from compliance.app import furnished, house_of
from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import FixedClock, start_of
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Job, JobRun, Run, Stopping, run_due, run_now
from compliance.licences.models import LastUse, Training, Vetting
from compliance.licences.quarterly.models import UseVerdict, UseWarning
from compliance.licences.rules import EndReason, Status
from compliance.licences.uses import note_uses
from compliance.notices.models import Notice
from tests.builders.decisions import the_case_system
from tests.builders.identity import COMMAND, every, logged
from tests.builders.licences import again, an_organisation, keys, rows_made, seats
from tests.builders.use import AUDIT, WARN, licences_in_use, move_to, used

SCHEDULERS = 5
QUARTERS = 8
FIRST = Quarter(2027, 1)


def at_once(acts: Sequence[Callable[[], object]]) -> None:
    """Do all of these at the same moment, and let none of them fail unseen."""
    begin, problems = threading.Barrier(len(acts)), list[BaseException]()

    def run(act: Callable[[], object]) -> None:
        begin.wait(timeout=30)
        try:
            act()
        except BaseException as problem:  # noqa: BLE001 - told below
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert problems == []


@contextmanager
def schedulers(house: House) -> Iterator[list[House]]:
    """Several processes' houses on the one store, each with its own connections, and the one clock."""
    houses = [house_of(furnished(house.settings, house.clock)) for _ in range(SCHEDULERS)]
    try:
        yield houses
    finally:
        for each in houses:
            each.engine.dispose()


def _in_the_end(act: Callable[[], object]) -> None:
    """Do it, however long a busy machine keeps it from the store: a scheduler comes again as well."""
    for more in reversed(range(10)):
        try:
            act()
            return
        except OperationalError:
            if not more:
                raise


def by_ledger(houses: Sequence[House], job: Job) -> None:
    """As the schedulers do it: the ledger lets one of them have the period."""
    at_once([partial(_in_the_end, partial(run_due, each, job, Stopping())) for each in houses])


def by_hand(houses: Sequence[House], job: Job) -> None:
    """As operators could, all at once: nothing but the store keeps them apart."""
    at_once([partial(_in_the_end, partial(run_now, each, job)) for each in houses])


@pytest.mark.rule("LIC-8", "GOV-5")
@pytest.mark.parametrize("go", [by_ledger, by_hand])
def test_five_schedulers_and_eight_quarters_do_each_thing_once(
    house: House, clock: FixedClock, go: Callable[[Sequence[House], Job], None]
) -> None:
    """Of eight licences, one more is left unused in each quarter."""
    seats(house)
    holders = licences_in_use(house, an_organisation(house), QUARTERS)
    alive, quarter, runs = list(holders), FIRST, 0

    with schedulers(house) as houses:
        while alive:
            clock.move(start_of(quarter.last_day - timedelta(days=20)) - clock.now())
            used(house, *alive[1:])
            clock.move(start_of(quarter.last_day - timedelta(days=10)) - clock.now())
            go(houses, WARN)
            clock.move(start_of(quarter.last_day + timedelta(days=7)) - clock.now())
            go(houses, AUDIT)

            gone, quarter, runs = alive.pop(0), quarter.next, runs + 1
            assert again(house, gone).end_reason == EndReason.UNUSED
            assert {again(house, each).status for each in alive} <= {Status.ACTIVE}

    assert runs == QUARTERS
    given = every(house, UseVerdict)
    assert Counter(row.verdict for row in given) == {"unused": QUARTERS, "used": sum(range(QUARTERS))}
    assert len({(row.quarter, row.licence_id) for row in given}) == len(given) == len(logged(house, "use.judged"))
    assert {row.licence_id for row in every(house, UseWarning)} == set(holders)
    assert len(every(house, UseWarning)) == len(logged(house, "use.warned")) == QUARTERS
    assert Counter(entry.subject_id for entry in logged(house, "licence.deactivated")) == {
        str(one): 1 for one in holders
    }
    assert Counter(row.kind for row in every(house, Notice)) == {
        "unused_warning": QUARTERS, "unused_warning_contact": QUARTERS,
        "unused_ended": QUARTERS, "unused_ended_contact": QUARTERS,
    }  # fmt: skip
    ledger = Counter((row.job, row.done, row.failed) for row in every(house, JobRun) if row.finished_at)
    if go is by_ledger:
        assert ledger == {(WARN.name, 1, 0): QUARTERS, **{(AUDIT.name, left + 1, 0): 1 for left in range(QUARTERS)}}
    else:
        assert ledger == {}


@pytest.mark.rule("LIC-8", "DEC-4")
def test_a_use_that_is_being_written_while_the_audit_judges_is_not_lost(house: House, clock: FixedClock) -> None:
    seats(house)
    (licence,) = licences_in_use(house, an_organisation(house), 1)
    move_to(clock, "2027-03-20T09:00")
    run_now(house, WARN)
    move_to(clock, "2027-04-06T09:00")
    done: list[Run] = []
    judging = threading.Thread(target=lambda: done.append(run_now(house, AUDIT)))
    waits = threading.Event()

    def looked(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "log_head" in statement and "FOR UPDATE" in statement:
            waits.set()

    # As a decision does it: the log first, then the use, then the commit by which it is so.
    with house.engine.execution_options(**{WRITES: True}).connect() as deciding:
        take_turn(deciding, 0)
        note_uses(deciding, [str(licence)], clock.now())
        event.listen(house.engine, "before_cursor_execute", looked)
        judging.start()
        # On SQLite it comes no further than to the beginning of its own transaction.
        waits.wait(timeout=10 if house.engine.dialect.name == "postgresql" else 0.2)
        deciding.commit()
    judging.join(timeout=30)
    event.remove(house.engine, "before_cursor_execute", looked)

    assert done == [Run(1, 1, 0)]
    assert waits.is_set() or house.engine.dialect.name == "sqlite"
    assert again(house, licence).status == Status.ACTIVE
    assert [row.verdict for row in every(house, UseVerdict)] == ["used_since"]
    assert {row.kind for row in every(house, Notice)} == {"unused_warning", "unused_warning_contact"}


@pytest.mark.rule("LIC-8", "DEC-4")
def test_whoever_is_permitted_something_during_the_audit_keeps_their_licence(app: Flask, clock: FixedClock) -> None:
    """Twelve licences that nobody used are judged while the case system asks about each of their holders."""
    house = house_of(app)
    seats(house, standing=20)
    holders = licences_in_use(house, an_organisation(house, review_in_days=400), 13)
    used(house, holders[12], at=datetime(2027, 3, 1, tzinfo=UTC))
    move_to(clock, "2027-03-20T09:00")
    run_now(house, WARN)
    move_to(clock, "2027-04-06T09:00")
    _ready(house, holders)
    asking = the_case_system(app)
    order = list(range(13))
    Random(8).shuffle(order)
    permitted: dict[int, bool] = {}

    def ask() -> None:
        for number in order:
            permitted[number] = asking.asks(f"h{number}@swale.gov.uk")["decision"]

    at_once([ask, lambda: run_now(house, AUDIT)])

    kept = {number: again(house, licence).status == Status.ACTIVE for number, licence in enumerate(holders)}
    assert kept == permitted
    assert permitted[12]
    found = {row.licence_id: row.verdict for row in every(house, UseVerdict)}
    assert {holders.index(one) for one, verdict in found.items() if verdict != "unused"} == {n for n in kept if kept[n]}


@pytest.mark.rule("LIC-8")
def test_the_first_use_of_a_day_is_written_down_however_short_after_the_last(
    sqlite_app: Flask, clock: FixedClock
) -> None:
    """Uses within an hour are one; but not where the quarter has ended in between."""
    house = house_of(sqlite_app)
    seats(house)
    (licence,) = licences_in_use(house, an_organisation(house, review_in_days=400), 1)
    move_to(clock, "2027-03-31T22:55")
    _ready(house, [licence])
    asking = the_case_system(sqlite_app)
    seen = []
    for instant in ("2027-03-31T22:58", "2027-03-31T22:59", "2027-03-31T23:00"):
        move_to(clock, instant)
        assert asking.asks("h0@swale.gov.uk")["decision"]
        seen.append(used_last(house))

    assert seen[0] == seen[1] < seen[2] == clock.now()


def used_last(house: House) -> datetime:

    return every(house, LastUse)[0].used_at


def _ready(house: House, licences: Sequence[UUID]) -> None:
    """Let their holders meet all that a decision asks."""
    with house.work(COMMAND) as ctx:
        for licence_id in licences:
            person_id = again(house, licence_id).person_id
            done_on, holds_until = date(2026, 1, 5), date(2028, 1, 31)
            rows_made(
                ctx,
                *keys(ctx, person_id),
                *(
                    Training(id=ctx.new_id(), person_id=person_id, module=module, done_on=done_on, recorded_by="-")
                    for module in ("case-system", "elearning")
                ),
                Vetting(id=ctx.new_id(), person_id=person_id, level="-", holds_until=holds_until, recorded_by="-"),
            )

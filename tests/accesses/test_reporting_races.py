"""Events that are told several times at once, by threads of several processes, and on a store that is held.

Seen to fail on PostgreSQL: with the unique key of events taken away, each is taken by all who tell it at once; without
the lock of the client's row, a batch commits after the client's end.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from flask import Flask

from audit.append import take_turn
from audit.models import AuditEntry, LogHead
from compliance.accesses.reporting.models import ReportedAccess
from compliance.app import create_app, house_of
from compliance.identity import use_cases as identity
from compliance.identity.models import ServiceClient
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.db import WRITES
from compliance.kernel.settings import Settings
from tests.builders.api import is_problem
from tests.builders.decisions import CaseSystem
from tests.builders.identity import every, logged
from tests.builders.licences import a_person, an_organisation
from tests.builders.reporting import an_event, receipts, tells, the_teller

PROCESSES = 2
THREADS = 3
ROUNDS = 4
IN_A_BATCH = 20


def each_event_once(house: House, events: int) -> None:
    """So many events were taken, each by one entry that its row names."""
    rows = every(house, ReportedAccess)
    assert len(rows) == len({row.event_id for row in rows}) == events
    told = {entry.number for entry in every(house, AuditEntry) if entry.event.startswith("case_access.")}
    assert {row.number for row in rows} == told
    numbers = sorted(entry.number for entry in every(house, AuditEntry))
    assert numbers == list(range(every(house, LogHead)[0].size))


@pytest.mark.rule("AUD-2")
@pytest.mark.parametrize("with_key", [False, True])
def test_the_same_batch_at_once_from_threads_of_processes_is_taken_once(
    settings: Settings, clock: FixedClock, with_key: bool
) -> None:
    app = create_app(settings, clock)
    house = house_of(app)
    a_person(house, an_organisation(house))
    teller = the_teller(app)
    house.engine.dispose()

    fork = multiprocessing.get_context("fork")
    together, told = fork.Barrier(PROCESSES * THREADS), fork.Queue()
    given = (settings, clock.now(), teller.client_id, teller.token, with_key, together, told)
    processes = [fork.Process(target=_process, args=given) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    answers = [told.get(timeout=240) for _ in range(PROCESSES * THREADS * ROUNDS)]
    for process in processes:
        process.join(timeout=60)

    assert {status for _, status, _ in answers} <= {200, 201, 409}
    for number in range(ROUNDS):
        shown = [said for round_, status, said in answers if round_ == number and status != 409]
        assert shown
        assert all(said == shown[0] for said in shown), "every one that was answered has the same receipts"
    each_event_once(house, ROUNDS * IN_A_BATCH)
    house.engine.dispose()


def _process(
    settings: Settings, at: datetime, client_id: str, token: str, with_key: bool, together: Barrier, told: Any
) -> None:
    app = create_app(settings, FixedClock(at))
    teller = CaseSystem(app, client_id, token)

    def run() -> None:
        for number in range(ROUNDS):
            batch = [an_event(number * IN_A_BATCH + each) for each in range(IN_A_BATCH)]
            together.wait(120)
            reply = tells(teller, *batch, key=f'"r-{number}"' if with_key else None)
            said = receipts(reply) if reply.status_code != 409 else []
            told.put((number, reply.status_code, said))

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house_of(app).engine.dispose()


@pytest.mark.rule("AUD-2")
def test_batches_that_share_events_are_taken_each_event_once(app: Flask) -> None:
    house = house_of(app)
    a_person(house, an_organisation(house))
    teller = the_teller(app)
    found: dict[int, list[tuple[str, int, str]]] = {}

    def run(first: int) -> None:
        reply = tells(teller, *(an_event(n) for n in range(first, first + 30)))
        found[first] = receipts(reply)

    at_once([10 * number for number in range(5)], run)

    each_event_once(house, 70)
    said: dict[str, set[int]] = {}
    for event_id, entry, _ in [each for listed in found.values() for each in listed]:
        said.setdefault(event_id, set()).add(entry)
    assert all(len(entries) == 1 for entries in said.values())


@pytest.mark.rule("DEC-4", "AUD-2")
def test_a_batch_that_races_its_clients_end_is_taken_before_it_or_not_at_all(app: Flask) -> None:
    house = house_of(app)
    a_person(house, an_organisation(house))
    for number in range(6):
        teller = the_teller(app)
        client = next(each for each in every(house, ServiceClient) if each.client_id == teller.client_id)
        answers: list[int] = []

        def act(what: int, teller: CaseSystem = teller, client: ServiceClient = client, number: int = number) -> None:
            if what:
                answers.append(tells(teller, *(an_event(number * 100 + n) for n in range(100))).status_code)  # noqa: B023
            else:
                time.sleep(0.01 * number)
                with house.work(operator("test")) as ctx:
                    identity.end_client(ctx, client.id)

        at_once([0, 1], act)

        entries = [entry.number for entry in every(house, AuditEntry) if entry.actor_id == teller.client_id]
        end = logged(house, "client.ended")[-1].number
        assert (answers, len(entries)) in (([201], 100), ([401], 0))
        assert all(entry < end for entry in entries)


@pytest.mark.rule("AUD-2", "DEC-3")
def test_on_a_log_that_is_held_nothing_is_taken_and_the_answer_comes_in_time(
    settings: Settings, clock: FixedClock
) -> None:
    app = create_app(replace(settings, wait_seconds=1), clock)
    house = house_of(app)
    a_person(house, an_organisation(house))
    teller = the_teller(app)

    with house.engine.execution_options(**{WRITES: True}).connect() as holding:
        take_turn(holding, 0)
        began = time.monotonic()
        reply = tells(teller, an_event(), key="k-1")
        took = time.monotonic() - began
        holding.rollback()

    is_problem(reply, 503, "unavailable")
    assert reply.headers["Retry-After"]
    assert took < 3
    each_event_once(house, 0)
    assert tells(teller, an_event(), key="k-1").status_code == 201, "and under the same key it is taken afterwards"
    each_event_once(house, 1)
    house.engine.dispose()


def at_once(given: Sequence[int], act: Any) -> None:
    """Do this with each of these at the same moment; what fails is raised here."""
    begin, problems = threading.Barrier(len(given)), list[BaseException]()

    def run(each: int) -> None:
        begin.wait(timeout=30)
        try:
            act(each)
        except BaseException as problem:  # noqa: BLE001 - raised below
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(each,)) for each in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if problems:
        raise problems[0]

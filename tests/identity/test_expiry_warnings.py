"""People are told in time that their password ends: of each warning once, and of what is still true."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from compliance.identity import use_cases
from compliance.identity.jobs import JOBS
from compliance.identity.models import Password, Person
from compliance.kernel.context import NOBODY, House, worker
from compliance.kernel.jobs import Run, run_now
from compliance.notices.models import Notice
from compliance.scheduler import job_named
from tests.builders.identity import (
    Account,
    a_mailed_link,
    a_person,
    accepted,
    an_account,
    every,
    letters,
    logged,
    someone,
)

[WARN] = (job for job in JOBS if job.name == "warn-of-expiring-passwords")
KIND = "password_expiring"


@pytest.fixture
def account(sqlite_house: House) -> Account:
    return an_account(sqlite_house)


def told(house: House) -> list[int]:
    """The days of every warning told, in order."""
    return [int(row.once.rpartition(":")[2]) for row in every(house, Notice) if row.kind == KIND and row.once]


@pytest.mark.rule("IDN-2")
def test_of_four_warnings_each_is_told_once_on_its_day(house: House, clock) -> None:
    person = a_person(house)
    accepted(house, person)
    clock.move(timedelta(days=76, seconds=-1))
    assert run_now(house, WARN) == Run(0, 0, 0)

    for days, expected in ((0, [14]), (7, [14, 7]), (4, [14, 7, 3]), (2, [14, 7, 3, 1])):
        clock.move(timedelta(days=days, seconds=1 if not days else 0))
        assert run_now(house, WARN) == Run(1, 1, 0)
        clock.move(timedelta(hours=1))
        assert run_now(house, WARN) == Run(0, 0, 0)
        assert told(house) == expected
        clock.move(timedelta(hours=-1))

    clock.move(timedelta(days=1))
    assert run_now(house, WARN) == Run(0, 0, 0)
    assert len(logged(house, "password.warned")) == 4
    clock.move(timedelta(days=-1))
    assert len(letters(house, person, KIND)) == 4


@pytest.mark.rule("IDN-2")
def test_a_warning_says_until_when_and_where_and_holds_no_link_that_opens(sqlite_house: House, clock, account) -> None:
    clock.move(timedelta(days=80))

    run_now(sqlite_house, WARN)

    [letter] = letters(sqlite_house, account.person, KIND)
    assert letter["subject"] == "Your MARAC Hub password ends on 19 February 2027"
    assert "at 10:00am" in letter["body"]
    assert sqlite_house.settings.base_url in letter["body"]
    assert "msi_" not in letter["body"]
    [row] = [row for row in every(sqlite_house, Notice) if row.kind == KIND]
    assert row.useless_at == every(sqlite_house, Password)[0].set_at + timedelta(days=90)


@pytest.mark.rule("IDN-2")
@pytest.mark.parametrize(("days_left", "warning"), [(13, 14), (6, 7), (2, 3), (0.5, 1)])
def test_what_fell_due_while_nobody_ran_is_one_letter_and_the_nearest(
    sqlite_house: House, clock, account, days_left: float, warning: int
) -> None:
    clock.move(timedelta(days=90 - days_left))

    assert run_now(sqlite_house, WARN) == Run(1, 1, 0)

    assert told(sqlite_house) == [warning]


@pytest.mark.rule("IDN-2")
def test_a_new_password_is_warned_of_anew_and_the_old_one_no_more(sqlite_house: House, clock, account) -> None:
    clock.move(timedelta(days=80))
    run_now(sqlite_house, WARN)
    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        use_cases.reset_account(ctx, account.person.id, identity_check="Rang back.")
    with sqlite_house.work(NOBODY) as ctx:
        token = a_mailed_link(sqlite_house, account.person)
        use_cases.accept_invitation(ctx, token, password="Brown-Otter-52-swims")

    clock.move(timedelta(days=9))
    assert run_now(sqlite_house, WARN) == Run(0, 0, 0)
    clock.move(timedelta(days=70))
    assert run_now(sqlite_house, WARN) == Run(1, 1, 0)
    assert told(sqlite_house) == [14, 14]


@pytest.mark.rule("IDN-2")
@pytest.mark.parametrize("shut", ["locked_at", "closed_at"])
def test_nobody_is_warned_whose_account_is_not_open(sqlite_house: House, clock, account, shut: str) -> None:
    clock.move(timedelta(days=80))
    with sqlite_house.engine.begin() as connection:
        connection.execute(Person.__table__.update().values({shut: clock.now()}))

    assert run_now(sqlite_house, WARN) == Run(0, 0, 0)
    with sqlite_house.work(worker(WARN.name)) as ctx:
        use_cases.warn_of_expiry(ctx, account.person.id)
    assert told(sqlite_house) == []


@pytest.mark.rule("IDN-2")
def test_a_compromised_password_is_not_warned_of(sqlite_house: House, clock, account) -> None:
    clock.move(timedelta(days=80))
    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        use_cases.password_compromised(ctx, account.person.id, reason="told")

    assert run_now(sqlite_house, WARN) == Run(0, 0, 0)


@pytest.mark.rule("IDN-2")
def test_several_schedulers_at_once_tell_each_warning_once(house: House, clock) -> None:
    for number in range(4):
        accepted(house, a_person(house, full_name=f"Wren Alder {number}"))
    clock.move(timedelta(days=80))
    together = threading.Barrier(4)
    runs: list[Run] = []

    def schedule() -> None:
        together.wait(timeout=30)
        runs.append(run_now(house, WARN))

    threads = [threading.Thread(target=schedule) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert [run.failed for run in runs] == [0, 0, 0, 0]
    assert told(house) == [14] * 4
    assert len(logged(house, "password.warned")) == 4


@pytest.mark.rule("IDN-2")
def test_the_scheduler_knows_the_job() -> None:
    assert job_named("warn-of-expiring-passwords") is WARN

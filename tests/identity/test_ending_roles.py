"""Roles that end: taken back, or past their last day; and never the last manager's (ROL-1, DEC-4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from compliance.identity import queries, use_cases
from compliance.identity.errors import LastManager, RoleOver
from compliance.identity.models import Person, SignIn
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House
from compliance.kernel.errors import Invalid
from compliance.kernel.jobs import Job, Run, run_now
from compliance.scheduler import job_named
from tests.builders.identity import (
    COMMAND,
    WHY,
    a_person,
    an_account,
    an_employer,
    at_work,
    letters,
    logged,
    signed_in,
    someone,
)
from tests.builders.roles import agree, end, grant, held_by

TODAY = date(2026, 11, 21)


@pytest.mark.rule("ROL-1", "DEC-4")
def test_a_role_that_ended_counts_for_nothing_and_ends_once(house: House) -> None:
    manager = someone(house, "hub_manager")
    person = a_person(house, "ig_officer")
    with house.reading(NOBODY) as ctx:
        [held] = queries.roles_held(ctx, person.id)

    end(house, manager, held.id)

    assert at_work(house, person).actor.holdings == frozenset()
    assert [(row.end_reason, row.ended_at) for row in held_by(house, person.id)] == [
        ("They have moved on.", house.clock.now())
    ]
    assert '"reason":"taken_back"' in logged(house, "role.ended")[-1].detail
    with pytest.raises(RoleOver):
        end(house, manager, held.id)
    with pytest.raises(Invalid):
        end(house, manager, held.id, reason="")
    agree(house, grant(house, manager, person.id, "ig_officer"))


@pytest.mark.rule("ROL-1", "DEC-4")
def test_a_role_counts_for_nothing_from_the_end_of_its_last_day_though_nobody_closes_it(
    house: House, clock: FixedClock
) -> None:
    account = an_account(house)
    with house.work(COMMAND) as ctx:
        use_cases.grant_role(ctx, account.person.id, role="ig_officer", reason=WHY, ends_on=TODAY)
    clock.move(timedelta(seconds=60))
    opened = signed_in(house, account)
    clock.move(timedelta(hours=14, seconds=-61))
    with house.engine.begin() as connection:
        connection.execute(update(SignIn).values(seen_at=clock.now(), opened_at=clock.now()))

    def roles() -> list[set[str]]:
        with house.reading(NOBODY) as ctx:
            current = queries.session_by_id(ctx, opened.session_id)
            assert current is not None
            listed = {row.role for row in queries.roles_held(ctx, account.person.id)}
            return [
                listed, {held.role for held in current.holdings},
                {held.role for held in queries.actor_for(ctx, account.person).holdings},
            ]  # fmt: skip

    assert roles() == [{"ig_officer"}] * 3
    clock.move(timedelta(seconds=1))
    assert roles() == [set()] * 3
    [held] = held_by(house, account.person.id)
    with pytest.raises(RoleOver):
        end(house, someone(house, "hub_manager"), held.id)
    with house.work(COMMAND) as ctx:
        use_cases.grant_role(ctx, account.person.id, role="ig_officer", reason=WHY)


@pytest.mark.rule("ROL-1", "AUD-1")
def test_the_scheduler_closes_a_role_past_its_last_day_once_and_writes_it_down(house: House, clock: FixedClock) -> None:
    account = an_account(house)
    with house.work(COMMAND) as ctx:
        for role, last in (("ig_officer", TODAY), ("steering_member", date(2026, 11, 22)), ("executive_chair", None)):
            use_cases.grant_role(ctx, account.person.id, role=role, reason=WHY, ends_on=last)
    job = job_named("end-roles")
    assert isinstance(job, Job)
    assert run_now(house, job) == Run()

    clock.move(timedelta(hours=16))
    assert run_now(house, job) == Run(found=1, done=1)
    assert run_now(house, job) == Run()

    [entry] = logged(house, "role.ended")
    assert (entry.actor_kind, entry.actor_id) == ("job", "end-roles")
    assert '"reason":"last_day"' in entry.detail
    [closed] = [held for held in held_by(house, account.person.id) if held.ended_at]
    assert (closed.role, closed.ended_at) == ("ig_officer", closed.ends_at)
    assert [letter["kind"] for letter in letters(house, account.person)][-1] == "role_ended"


@pytest.mark.rule("ROL-1")
def test_the_last_managers_role_is_not_taken_back(house: House) -> None:
    manager = someone(house, "hub_manager")
    [own] = held_by(house, manager.actor.person_id)
    for another in ("locked_at", "closed_at"):
        gone = a_person(house, "hub_manager")
        with house.engine.begin() as connection:
            connection.execute(update(Person).where(Person.id == gone.id).values({another: house.clock.now()}))
    a_person(house, "hub_supervisor")

    with pytest.raises(LastManager):
        end(house, manager, own.id)
    with house.work(COMMAND) as ctx, pytest.raises(LastManager):
        use_cases.end_role(ctx, own.id, reason=WHY)
    a_person(house, "hub_manager")
    end(house, manager, own.id)

    assert held_by(house, manager.actor.person_id)[0].ended_at is not None


@pytest.mark.rule("ROL-1", "GOV-5")
def test_whoever_holds_an_account_is_told_of_each_change_of_their_roles(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account(sqlite_house, organisation_id=an_employer(sqlite_house))
    manager = someone(sqlite_house, "hub_manager")

    held = grant(sqlite_house, manager, account.person.id, "delegate", ends_on=date(2026, 12, 31))
    clock.move(timedelta(minutes=1))
    end(sqlite_house, someone(sqlite_house, "hub_manager"), held.id)

    [given] = letters(sqlite_house, account.person, "role_given")
    [ended] = letters(sqlite_house, account.person, "role_ended")
    assert "Delegate. Your last day in it is 31 December 2026." in given["body"]
    assert "Delegate. The MARAC Hub Team took it back." in ended["body"]


@pytest.mark.rule("ROL-1", "IDN-8")
def test_whoever_has_not_begun_yet_reads_of_their_roles_when_they_do(sqlite_house: House) -> None:
    new = a_person(sqlite_house, organisation_id=an_employer(sqlite_house))

    held = grant(sqlite_house, someone(sqlite_house, "hub_manager"), new.id, "delegate")
    end(sqlite_house, someone(sqlite_house, "hub_manager"), held.id)

    assert letters(sqlite_house, new) == []

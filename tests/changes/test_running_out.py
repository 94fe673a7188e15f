"""What ends by time alone stands in the feed when it comes, once, whoever looks and however late (DEC-4).

Seen to fail: with the mark moved to now where a batch was full, what did not fit is never told.
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from compliance.changes import feed, running_out
from compliance.changes.jobs import write_ends
from compliance.changes.models import TimeMark
from compliance.changes.running_out import KINDS
from compliance.identity.models import RoleHeld
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Stopping
from compliance.licences import use_cases as licences
from tests.builders.api import Calls
from tests.builders.exceptions import opened
from tests.builders.identity import an_account, every, logged
from tests.builders.licences import a_licence, a_person, acting, an_organisation, hub, seats


def look(house: House) -> None:
    write_ends(house, Stopping())


def told(house: House) -> list[tuple[str, UUID]]:
    """What ran out, in the order of the feed: what, and whose."""
    said = {entry.number: entry.detail for entry in logged(house, "right.ran_out")}
    with house.reading(NOBODY) as ctx:
        changes = feed.after(ctx, feed.BEGINNING, limit=10_000)
    return [
        (said[change.place.entry].partition('"what":"')[2].partition('"')[0], change.place.subject_id)
        for change in changes
        if change.type == "right.ran_out"
    ]


@pytest.mark.rule("DEC-4", "IDN-2", "LIC-7", "DEC-5")
def test_each_kind_of_end_is_told_when_it_comes_and_once(house: House, clock: FixedClock) -> None:
    seats(house)
    person_id = a_licence(house, an_organisation(house)).person_id
    look(house)
    opened(house, person_id, "C-1", hours=5)
    with acting(house, hub("hub_coordinator")) as ctx:
        licences.invite_to_case(
            ctx, reference="C-2", person_id=person_id, closed=False, until=clock.now() + timedelta(hours=2)
        )
    with acting(house, hub("hub_coordinator")) as ctx:
        licences.record_vetting(ctx, person_id, level="NPPV 2", holds_until=date(2026, 11, 22))

    seen = []
    for step in (
        timedelta(hours=1, minutes=59),
        timedelta(minutes=1),
        timedelta(hours=3),
        timedelta(days=1),
        timedelta(days=89),
    ):
        clock.move(step)
        look(house)
        look(house)
        seen.append([what for what, whose in told(house) if whose == person_id])

    assert seen[:3] == [[], ["invitation"], ["invitation", "break_glass"]]
    assert seen[3] == ["invitation", "break_glass"], "the last day of the vetting is not over"
    assert seen[4] == ["invitation", "break_glass", "password", "vetting"]


@pytest.mark.rule("DEC-4")
def test_a_role_whose_time_is_over_is_told_before_any_job_has_closed_it(house: House, clock: FixedClock) -> None:
    account = an_account(house, "hub_coordinator")
    look(house)
    (held,) = [each for each in every(house, RoleHeld) if each.person_id == account.person.id]
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(
            update(RoleHeld).where(RoleHeld.id == held.id).values(ends_at=clock.now() + timedelta(minutes=1))
        )

    clock.move(timedelta(minutes=1))
    look(house)

    assert ("role", account.person.id) in told(house)


@pytest.mark.rule("DEC-4")
def test_more_ends_at_one_instant_than_one_look_takes_are_all_told(
    sqlite_house: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_out, "MOST", 3)
    monkeypatch.setattr("compliance.changes.jobs.MOST", 3)
    organisation = an_organisation(sqlite_house)
    people = {a_person(sqlite_house, organisation, f"p{each}@swale.gov.uk") for each in range(8)}
    look(sqlite_house)

    clock.move(timedelta(days=90))
    look(sqlite_house)

    passwords = [whose for what, whose in told(sqlite_house) if what == "password" and whose in people]
    assert len(passwords) == 8
    assert set(passwords) == people


@pytest.mark.rule("DEC-4")
def test_a_scheduler_that_was_away_tells_what_ended_meanwhile_and_the_feed_says_how_far_it_has_come(
    calls: Calls, clock: FixedClock
) -> None:
    program = calls.a_program(["changes:read"])
    assert program.get("/api/v1/changes").json["complete_until"] is None
    look(calls.house)
    assert {mark.what for mark in every(calls.house, TimeMark)} == set(KINDS)
    person_id = a_person(calls.house, an_organisation(calls.house))
    first = program.get("/api/v1/changes", limit=500).json

    clock.move(timedelta(days=100))
    program = calls.a_program(["changes:read"])
    behind = program.get("/api/v1/changes", after=first["next"]).json
    look(calls.house)
    caught_up = program.get("/api/v1/changes", after=first["next"], limit=500).json

    assert behind["complete_until"] == first["complete_until"]
    assert caught_up["complete_until"] > first["complete_until"]
    ended = [item for item in caught_up["items"] if item["type"] == "right.ran_out"]
    assert str(person_id) in {item["subject"]["id"] for item in ended}

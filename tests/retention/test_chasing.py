"""What the case system does not confirm is asked after, once a period, and at last the hub is told, once (RET-8)."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, Origin, worker
from compliance.kernel.jobs import Run, Stopping, run_due, run_now
from retention.disposals import chasing, jobs, use_cases
from retention.disposals.errors import StillWaits
from retention.disposals.rules import to_chase, to_escalate
from tests.builders.disposals import INSTRUCTIONS, agreed, confirms, items, may_go, proposed, the_manifest, waited
from tests.builders.exceptions import kept as kept_from
from tests.builders.identity import Acting, letters, logged, someone
from tests.builders.retention import a_keeper
from tests.support.together import together

TOLD, DAY = date(2026, 12, 5), timedelta(days=1)


@pytest.mark.rule("RET-8")
@pytest.mark.parametrize(
    ("day", "chased_on", "asks"),
    [(6, None, False), (7, None, True), (30, None, True), (13, 7, False), (14, 7, True), (20, 14, False)],
)
def test_what_is_not_confirmed_is_asked_after_each_so_many_days(day: int, chased_on: int | None, asks: bool) -> None:
    before = None if chased_on is None else TOLD + chased_on * DAY
    assert to_chase(TOLD + day * DAY, TOLD, before, 7) is asks


@pytest.mark.rule("RET-8")
def test_the_hub_is_told_from_a_day_on_and_once() -> None:
    assert [to_escalate(TOLD + day * DAY, TOLD, None, 21) for day in (20, 21, 90)] == [False, True, True]
    assert not to_escalate(TOLD + 90 * DAY, TOLD, TOLD + 21 * DAY, 21)


@pytest.mark.rule("RET-8")
def test_the_case_system_is_asked_and_the_hub_told_however_often_the_scheduler_looks(
    app: Flask, clock: FixedClock
) -> None:
    house = house_of(app)
    officer, manager = someone(house, "ig_officer"), someone(house, "hub_manager")
    kept_away = someone(house, "ig_officer")
    agreed(house, proposed(house, *may_go(app, "R-1", "R-2", "R-3")))
    assert kept_away.actor.person_id is not None
    kept_from(house, kept_away.actor.person_id, "R-3")
    waited(house, clock)
    confirms(app, items(house)["R-2"].id)
    seen: list[tuple[int, int, bool]] = []
    for day in range(1, 36):
        clock.move(DAY)
        runs = [run_now(house, jobs.CHASE) for _ in range(2)]
        assert runs[1] == Run()
        if runs[0] != Run():
            assert runs[0] == Run(1, 1)
            said = json.loads(logged(house, "disposal.chased")[-1].detail)
            seen.append((day, len(said["items"]), said["escalated"]))
        shown = a_keeper(app).get(INSTRUCTIONS).get_json()["items"]
        last = max((each for each, _, _ in seen), default=None)
        assert {each["chased_on"] for each in shown} == {str(TOLD + last * DAY) if last else None}

    assert seen == [(7, 2, False), (14, 2, False), (21, 2, True), (28, 2, False), (35, 2, False)]
    for person in (officer, manager):
        assert person.actor.person_id is not None
        [letter] = letters(house, person.actor.person_id, "disposal_not_confirmed")
        for said in ("2 records", "DM-2026-1", "5 December 2026"):
            assert said in letter["body"]
        assert "R-1" not in json.dumps(letter)
    assert letters(house, kept_away.actor.person_id, "disposal_not_confirmed") == []
    assert items(house)["R-2"].chased_on is None


@pytest.mark.rule("RET-8")
def test_what_was_due_while_nothing_ran_is_made_up_for_once(sqlite_app: Flask, clock: FixedClock) -> None:
    house = house_of(sqlite_app)
    someone(house, "hub_manager")
    agreed(house, proposed(house, *may_go(sqlite_app, "R-1")))
    waited(house, clock)
    clock.move(60 * DAY)

    assert run_now(house, jobs.CHASE) == Run(1, 1)
    assert run_now(house, jobs.CHASE) == Run()

    assert [json.loads(each.detail)["escalated"] for each in logged(house, "disposal.chased")] == [True]
    confirms(sqlite_app, items(house)["R-1"].id)
    clock.move(60 * DAY)
    assert run_now(house, jobs.CHASE) == Run()


@pytest.mark.rule("RET-8")
def test_of_five_schedulers_one_asks(house: House, app: Flask, clock: FixedClock) -> None:
    someone(house, "hub_manager")
    agreed(house, proposed(house, *may_go(app, "R-1")))
    waited(house, clock)
    manifest_id = the_manifest(house).id
    job = Acting(worker(jobs.CHASE.name), Origin())
    for day in range(1, 6):
        clock.move(7 * DAY)
        ends = together(house, [(job, lambda ctx: chasing.chase(ctx, manifest_id)) for _ in range(5)])
        assert ends == ["done"] * 5
        assert len(logged(house, "disposal.chased")) == day
    clock.move(7 * DAY)
    assert [run_due(house, jobs.CHASE, Stopping()) is not None for _ in range(2)] == [True, False]
    assert len(logged(house, "disposal.chased")) == 6
    told = [each for each in logged(house, "disposal.chased") if json.loads(each.detail)["escalated"]]
    assert len(told) == 1


@pytest.mark.rule("RET-8")
def test_nobody_is_told_before_the_waiting_time_is_over(sqlite_app: Flask, clock: FixedClock) -> None:
    house = house_of(sqlite_app)
    agreed(house, proposed(house, *may_go(sqlite_app, "R-1")))
    clock.move(13 * DAY)

    with house.work(worker(jobs.INSTRUCT.name)) as ctx, pytest.raises(StillWaits):
        use_cases.instruct(ctx, the_manifest(house).id)

    assert items(house)["R-1"].status == "frozen"

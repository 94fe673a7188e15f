"""Five schedulers over simulated weeks, the nights on which the clocks change among them: one person, one hand-over (LIC-6)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from audit.models import AuditEntry
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.licences import use_cases
from compliance.licences.models import Licence
from compliance.licences.rotas.rules import Turn, next_change, turn_at
from compliance.licences.rules import EndReason, Status, Suspension
from tests.builders import identity
from tests.builders.licences import again
from tests.builders.rotas import MONDAY, SATURDAY, SUNDAY, a_rota, a_turn, approved, at, hand_over, sharing
from tests.support.together import together

pytestmark = pytest.mark.rule("LIC-6")

SCHEDULERS = 5
NIGHTS = [at(28, 3, month=3, year=2027), at(31, 3, month=10, year=2027), at(14, 3, month=11, year=2027)]
"""Three o'clock on a Sunday morning, after each of the changes of 2027 and on an ordinary night."""


def a_weekend(house: House) -> tuple[list[Licence], list[Turn]]:
    """Three people who change hands in the small hours of Sunday, and before and after."""
    organisation, (alex, bo, cy) = sharing(house, "alex", "bo", "cy")
    turns = [
        a_turn(alex, SATURDAY, 18 * 60, 1440), a_turn(bo, SUNDAY, 0, 90), a_turn(cy, SUNDAY, 90, 125),
        a_turn(alex, SUNDAY, 130, 1440), a_turn(bo, MONDAY, 540, 1020),
    ]  # fmt: skip
    a_rota(house, organisation, turns)
    approved(house, bo, cy)
    return [alex, bo, cy], turns


def changes(turns: list[Turn], since: datetime, until: datetime) -> Iterator[datetime]:
    change = next_change(turns, since)
    while change is not None and change < until:
        yield change
        change = next_change(turns, change)


def active(house: House, licences: list[Licence]) -> list[UUID]:
    return [licence.id for licence in licences if again(house, licence.id).status == Status.ACTIVE]


def handed_over(house: House) -> list[tuple[str, UUID]]:
    """What the hand-overs wrote into the log, in order."""
    return [
        (entry.event, UUID(str(entry.subject_id)))
        for entry in sorted(identity.every(house, AuditEntry), key=lambda entry: entry.number)
        if entry.actor_id == "follow-rotas" and entry.subject_kind == "licence"
    ]


def test_the_seat_changes_hands_once_at_each_boundary_however_many_schedulers_run(
    house: House, clock: FixedClock
) -> None:
    licences, turns = a_weekend(house)
    hand_over(house)
    expected = len(handed_over(house))
    whose = {licence.id for licence in licences if licence.id in active(house, licences)}
    with ThreadPoolExecutor(SCHEDULERS) as schedulers:
        for night in NIGHTS:
            for instant in changes(turns, night - timedelta(days=6), night + timedelta(days=8)):
                clock.move(instant - clock.now())
                ran = list(schedulers.map(hand_over, [house] * SCHEDULERS))
                turn = turn_at(turns, instant)
                now = {turn.licence_id} if turn else set()
                expected += len(whose ^ now)
                assert sum(run.done for run in ran) == 1, instant
                assert [run.failed for run in ran] == [0] * SCHEDULERS
                assert set(active(house, licences)) == now, instant
                assert len(handed_over(house)) == expected, instant
                whose = now
    assert one_at_a_time(handed_over(house))


def one_at_a_time(told: list[tuple[str, UUID]]) -> bool:
    """Whether nobody was ever let in before whoever was there had gone out."""
    inside: set[UUID] = set()
    for event, licence in told:
        inside = inside | {licence} if event == "licence.resumed" else inside - {licence}
        if len(inside) > 1:
            return False
    return True


def test_after_a_time_without_a_scheduler_the_seat_goes_straight_to_whoever_has_the_turn(
    sqlite_house: House, clock: FixedClock
) -> None:
    licences, _ = a_weekend(sqlite_house)
    clock.move(at(22, 0, 10) - clock.now())
    hand_over(sqlite_house)
    before = len(handed_over(sqlite_house))
    clock.move(at(23, 9, 30) - clock.now())

    # Bo had the turn when it stopped, and has it again: what was in between is not caught up on.
    assert hand_over(sqlite_house).found == 0
    assert active(sqlite_house, licences) == [licences[1].id]

    clock.move(at(28, 20) - clock.now())
    hand_over(sqlite_house)
    assert handed_over(sqlite_house)[before:] == [
        ("licence.suspended", licences[1].id), ("licence.resumed", licences[0].id),
    ]  # fmt: skip


def test_the_store_itself_refuses_a_second_active_licence_in_a_rota(house: House) -> None:
    licences, _ = a_weekend(house)
    in_use = update(Licence).values(status=Status.ACTIVE)

    with pytest.raises(IntegrityError), house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(in_use.where(Licence.id.in_([licence.id for licence in licences])))


def test_a_licence_that_ends_while_its_turn_begins_is_never_left_active(house: House, clock: FixedClock) -> None:
    """Who ends it holds the licence, the hand-over the rota first: neither waits for the other for ever."""
    licences, _ = a_weekend(house)
    bo = licences[1]
    clock.move(at(22, 0) - clock.now())
    manager = identity.someone(house, "hub_manager")

    with ThreadPoolExecutor(1) as scheduler:
        running = scheduler.submit(hand_over, house)
        said = together(
            house,
            [
                (manager, lambda ctx: use_cases.deactivate(ctx, bo.id, reason=EndReason.LEAVER)),
                (manager, lambda ctx: use_cases.suspend(ctx, licences[2].id, reason=Suspension.LEAVE)),
            ],
        )
    assert running.result().failed == 0
    assert said == ["done", "done"]
    hand_over(house)
    assert active(house, licences) == []

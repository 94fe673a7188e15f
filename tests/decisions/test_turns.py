"""Whose turn it is decides at its very instant, in every process, whatever the rows say so far (LIC-6, DEC-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from compliance.app import create_app, house_of
from compliance.identity.access_tokens import issue
from compliance.identity.models import Password
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.settings import Settings
from compliance.licences import use_cases
from compliance.licences.models import Licence
from compliance.licences.rotas.models import Rota
from compliance.licences.rules import Suspension
from tests.builders.decisions import CaseSystem, the_case_system
from tests.builders.licences import acting, again, rows_made
from tests.builders.rotas import MONDAY, SATURDAY, SUNDAY, a_rota_of, at, hand_over

pytestmark = pytest.mark.rule("LIC-6", "DEC-1", "DEC-4")

ALEX, BO = "alex@swale.gov.uk", "bo@swale.gov.uk"
TICK = timedelta(microseconds=1)


@dataclass
class Desk:
    """A rota of two, and two processes' worth of doors on its one store; nothing hands over unless told."""

    doors: list[tuple[Flask, str]]
    clock: FixedClock
    rota: Rota
    licences: list[Licence]

    @property
    def house(self) -> House:
        return house_of(self.doors[0][0])

    def at(self, instant: datetime) -> None:
        """Let it be this instant; keys that time has worn out are renewed on the way."""
        self.clock.move(instant - self.clock.now())
        with self.house.work(operator("test")) as ctx:
            passwords = ctx.session.query(Password).all()
            for password in passwords:
                password.set_at = ctx.now()
            rows_made(ctx, *passwords)

    def answers(self, who: str) -> list[dict[str, Any]]:
        """What every process says to this person now."""
        doors = [CaseSystem(app, client, issue(house_of(app), client, ["decisions"])[0]) for app, client in self.doors]
        return [door.asks(who) for door in doors]

    def who_is_in(self) -> set[str]:
        """Whom every process permits; fails where they differ."""
        permits = {who: {answer["decision"] for answer in self.answers(who)} for who in (ALEX, BO)}
        assert all(len(said) == 1 for said in permits.values())
        return {who for who, said in permits.items() if True in said}

    def states(self) -> list[str]:
        return [str(again(self.house, licence.id).status) for licence in self.licences]


@pytest.fixture
def desk(app: Flask, settings: Settings, clock: FixedClock) -> Iterator[Desk]:
    house = house_of(app)
    rota, licences = a_rota_of(
        house, "alex", "bo",
        turns=[(SATURDAY, 540, 1440), (SUNDAY, 0, 90), (SUNDAY, 90, 1440), (MONDAY, 540, 1020)],
    )  # fmt: skip
    other = create_app(settings, clock)
    door = the_case_system(app)
    yield Desk([(app, door.client_id), (other, door.client_id)], clock, rota, licences)
    house_of(other).engine.dispose()


def test_the_seat_changes_hands_at_its_minute_though_no_scheduler_runs(desk: Desk) -> None:
    for instant, before, since in (
        (at(22, 0), ALEX, BO),
        (at(22, 1, 30), BO, ALEX),
        (at(23, 0), ALEX, None),
        (at(23, 9), None, BO),
        (at(23, 17), BO, None),
    ):
        desk.at(instant - TICK)
        assert desk.who_is_in() == ({before} if before else set()), instant
        desk.clock.move(TICK)
        assert desk.who_is_in() == ({since} if since else set()), instant
    assert desk.states() == ["active", "suspended"]


@pytest.mark.parametrize(
    ("instant", "before", "since"),
    [
        (at(28, 0, month=3, year=2027), ALEX, BO),
        # 01:30 does not come on this night: it is the instant at which the clocks jump.
        (at(28, 1, month=3, year=2027), BO, ALEX),
        # 01:30 comes twice: the seat changes hands at the first, in summer time, and not again.
        (at(31, 0, 30, month=10, year=2027), BO, ALEX),
    ],
)
def test_on_the_nights_the_clocks_change_as_well(desk: Desk, instant: datetime, before: str, since: str) -> None:
    desk.at(instant - TICK)
    assert desk.who_is_in() == {before}

    desk.clock.move(TICK)

    assert desk.who_is_in() == {since}
    desk.clock.move(timedelta(minutes=59))
    assert desk.who_is_in() == {since}


@pytest.mark.rule("DEC-2", "DEC-7")
def test_whoever_is_out_of_turn_is_told_when_theirs_begins_and_nobody_relies_on_a_permit_beyond_it(desk: Desk) -> None:
    desk.at(at(21, 23, 59, second=58))

    for answer in desk.answers(BO):
        assert answer["context"]["first_failing"] == "LIC-6"
        assert "your turn begins Sunday at midnight" in answer["context"]["reason_user"]["LIC-6"]
    assert {answer["context"]["valid_until"] for answer in desk.answers(ALEX)} == {"2026-11-22T00:00:00.000Z"}


@pytest.mark.rule("LIC-3", "LIC-8")
def test_a_rest_beats_the_turn_and_nobody_else_is_let_in(desk: Desk) -> None:
    with acting(desk.house) as ctx:
        use_cases.suspend(ctx, desk.licences[1].id, reason=Suspension.LEAVE)

    desk.at(at(22, 0))

    assert desk.who_is_in() == set()
    assert {answer["context"]["first_failing"] for answer in desk.answers(BO)} == {"LIC-3"}
    assert {answer["context"]["first_failing"] for answer in desk.answers(ALEX)} == {"LIC-6"}


def test_the_rows_follow_and_change_no_answer(desk: Desk) -> None:
    desk.at(at(22, 0))
    assert desk.who_is_in() == {BO}

    hand_over(desk.house)

    assert desk.states() == ["suspended", "active"]
    assert desk.who_is_in() == {BO}

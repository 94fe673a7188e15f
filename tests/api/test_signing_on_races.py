"""Many at once with one code, and a right that ends meanwhile: one is let in at the most, and nobody afterwards (DEC-4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from compliance.identity import use_cases as identity
from compliance.identity.clients.models import SignOn
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import operator
from tests.api.test_logging_out import Scene
from tests.builders.identity import every
from tests.builders.programs import code_in

ROUNDS, MANY = 15, 6


@pytest.mark.rule("IDN-6")
def test_a_code_opens_for_one_of_many_who_come_with_it_at_once(app: Flask, clock: FixedClock) -> None:
    scene = Scene(app, clock, None)
    for _ in range(ROUNDS):
        code = code_in(scene.browser.get(scene.program.asks()))
        with ThreadPoolExecutor(MANY) as many:
            answers = list(many.map(lambda _, code=code: scene.program.takes_up(code), range(MANY)))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [200, *[400] * (MANY - 1)]
        [token] = [answer.get_json()["access_token"] for answer in answers if answer.status_code == 200]
        assert scene.program.told_who(token).status_code == 401, "a code that came twice takes back what it gave"
    assert len([row for row in every(scene.house, SignOn) if row.ended_at is None]) == 1


@pytest.mark.rule("DEC-4", "IDN-6")
def test_whoever_signs_out_while_a_code_is_taken_up_is_told_of_nowhere_afterwards(
    app: Flask, clock: FixedClock
) -> None:
    scene = Scene(app, clock, None)
    code = code_in(scene.browser.get(scene.program.asks()))

    def ends() -> None:
        with scene.house.work(operator("tests")) as ctx:
            identity.end_sessions(ctx, person_id=scene.account.person.id, reason="signed_out")

    with ThreadPoolExecutor(2) as two:
        taking, ending = two.submit(scene.program.takes_up, code), two.submit(ends)
        answer = taking.result()
        ending.result()

    if answer.status_code == 200:
        assert scene.program.told_who(answer.get_json()["access_token"]).status_code == 401
    clock.move(timedelta(seconds=2))
    scene.looks()
    assert [row.reason for row in every(scene.house, SignOn)] == ["signed_out"]

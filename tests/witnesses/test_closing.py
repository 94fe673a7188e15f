"""A service that runs when its log is found to be another closes: nothing is shown, decided, changed or sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from audit.models import HEAD, LogHead, LogSeal
from compliance import scheduler
from compliance.app import house_of
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Errand, Run, Stopping
from compliance.witnesses import states
from compliance.witnesses.models import WitnessState
from compliance.witnesses.rules import Problem
from compliance.witnesses.sending import send_due
from compliance.witnesses.watch import Watch
from tests.support.witness import a_strange_witness, says
from tests.witnesses.conftest import Past, grow, witnessed


@pytest.fixture
def served(sqlite_settings, clock, folder: Path, sqlite_house) -> Iterator[Flask]:
    """A service with a folder as witness, which looks at every request whether it is closed."""
    with witnessed(sqlite_settings, clock, str(folder)) as app:
        house_of(app).the(Watch).every_seconds = 0
        yield app


@pytest.fixture
def house(sqlite_house):
    return sqlite_house


@pytest.mark.rule("AUD-3", "DEC-3")
def test_what_runs_on_a_log_that_was_turned_back_is_closed(served: Flask, past: Past) -> None:
    house, caller = house_of(served), served.test_client()
    grow(house, 2)
    past.take()
    grow(house, 3)
    send_due(house, Stopping(), 20)
    assert caller.get("/sign-in").status_code == 200
    assert caller.get("/ready").get_json()["checks"]["witnesses"]["status"] == "ok"

    house.engine.dispose()
    past.put_back()
    assert caller.get("/sign-in").status_code == 200, "nobody has asked a witness since"
    send_due(house, Stopping(), 20)

    for path in ("/sign-in", "/", "/licences", "/proposals"):
        page = caller.get(path)
        assert (page.status_code, "not the one that its witnesses saw" in page.text) == (503, True), path
    for path in ("/api/v1/organisations", "/api/v1/audit/checkpoint"):
        assert (caller.get(path).status_code, caller.get(path).get_json()["code"]) == (503, "log-contradicted")
    for path in ("/access/v1/evaluation", "/access/v1/evaluations", "/oauth2/token"):
        answer = caller.post(path, json={})
        assert (answer.status_code, answer.get_json()["code"]) == (503, "log-contradicted"), path
    assert caller.get("/live").status_code == 200
    ready = caller.get("/ready")
    assert (ready.status_code, ready.get_json()["checks"]["witnesses"]["status"]) == (503, "failing")

    ran: list[str] = []

    def go(_house, _stopping) -> Run:
        ran.append("it")
        return Run()

    scheduler._run(house, Errand("send-other-things", scheduler.BEAT, go, 1), Stopping())
    scheduler._seal(house)
    assert ran == []

    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(update(WitnessState).values(problem=None))
    assert caller.get("/sign-in").status_code == 503, "whoever takes the finding away opens nothing"


@pytest.mark.rule("AUD-3")
def test_what_a_witness_only_claims_closes_nothing_that_runs(sqlite_settings, clock, sqlite_house) -> None:
    grow(sqlite_house, 3)
    strange = a_strange_witness(says(409, b"700\n", "text/x.tlog.size"))
    with strange as prefix, witnessed(sqlite_settings, clock, prefix) as app:
        house_of(app).the(Watch).every_seconds = 0
        send_due(house_of(app), Stopping(), 20)
        caller = app.test_client()
        assert caller.get("/sign-in").status_code == 200
        ready = caller.get("/ready")
        assert (ready.status_code, ready.get_json()["checks"]["witnesses"]["status"]) == (200, "late")


@pytest.mark.rule("AUD-3")
def test_what_contradicts_is_asked_again_at_each_look(served: Flask, past: Past) -> None:
    house = house_of(served)
    grow(house, 2)
    past.take()
    grow(house, 3)
    send_due(house, Stopping(), 20)
    house.engine.dispose()
    past.put_back()
    assert send_due(house, Stopping(), 20) == Run(1, 0, 1)
    assert send_due(house, Stopping(), 20) == Run(1, 0, 1)
    with house.engine.connect() as connection:
        assert states.of(connection, house.settings.witnesses)[0].problem == Problem.AHEAD
        assert connection.execute(LogSeal.__table__.select()).one().size == 2
        assert connection.execute(LogHead.__table__.select().where(LogHead.id == HEAD)).one().size == 2

"""Checkpoints leave by themselves: to whoever is due, once however many schedulers there are, and nothing waits for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audit.notes import open_note
from audit.sealing import checkpoint, verifiers
from compliance.cli.doctor import Finding, examine
from compliance.kernel.context import House
from compliance.kernel.jobs import Run, Stopping
from compliance.notices.models import Notice
from compliance.notices.sending import send_due as post_goes
from compliance.notices.ways import Letter, Post
from compliance.witnesses import states
from compliance.witnesses.rules import Problem
from compliance.witnesses.sending import send_due
from compliance.witnesses.states import State
from tests.builders.identity import every
from tests.support.installation import a_free_port
from tests.witnesses.conftest import grow

HOUR = timedelta(hours=1)


@pytest.fixture
def house(sqlite_house: House) -> House:
    """The database makes no difference here, but where a test says so."""
    return sqlite_house


class Postbag:
    """Takes every letter."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter, _stopping: Stopping) -> None:
        self.letters.append(letter)


def sent(house: House) -> Run:
    return send_due(house, Stopping(), 20)


def known(house: House) -> list[State]:
    with house.engine.connect() as connection:
        return states.of(connection, house.settings.witnesses)


def newest(house: House) -> str | None:
    with house.engine.connect() as connection:
        return checkpoint(connection)


@pytest.mark.rule("AUD-3")
def test_a_witness_has_the_newest_checkpoint_every_hour(house: House, folder: Path, clock) -> None:
    house.settings = replace(house.settings, witnesses=(str(folder),))
    assert sent(house) == Run(1, 1, 0)
    assert known(house) == [State(str(folder))], "nothing was sealed, and so it is asked again at once"
    grow(house, 3)
    sent(house)
    first = (folder / "checkpoint").read_text()
    assert first == newest(house)
    assert known(house) == [State(str(folder), 3, clock.now(), clock.now())]

    grow(house)
    clock.move(HOUR - timedelta(seconds=1))
    assert sent(house) == Run()
    assert (folder / "checkpoint").read_text() == first
    clock.move(timedelta(seconds=1))
    assert sent(house) == Run(1, 1, 0)
    assert (folder / "checkpoint").read_text() == newest(house)
    clock.move(-5 * HOUR)
    assert sent(house) == Run(1, 1, 0), "a clock that was set back silences nobody"


@pytest.mark.rule("AUD-3")
def test_of_several_schedulers_one_sends(house: House, folder: Path) -> None:
    house.settings = replace(house.settings, witnesses=(str(folder),))
    grow(house, 3)

    with ThreadPoolExecutor(6) as together:
        claims = list(together.map(lambda _: states.claim(house, str(folder), HOUR), range(6)))

    assert sum(claim is not None for claim in claims) == 1


@pytest.mark.rule("AUD-3", "GOV-5")
def test_the_chair_has_a_letter_a_day_and_can_check_the_log_by_it(house: House, clock) -> None:
    bag = Postbag()
    house.fixtures[Post] = Post(bag)
    house.settings = replace(house.settings, witnesses=("mailto:chair@example.org",))
    grow(house, 3)
    for _ in range(30):
        sent(house)
        post_goes(house, Stopping(), 10)
        clock.move(HOUR)

    assert len(bag.letters) == len(every(house, Notice)) == 2
    letter = bag.letters[0]
    assert letter.to == "chair@example.org"
    assert (newest(house) or "?").strip() in letter.body
    lines = letter.body.split("\n")
    start = lines.index("127.0.0.1:8000/log")
    note = "\n".join(lines[start : start + 5]) + "\n"
    assert open_note(note, verifiers(house)).size == 3
    (state,) = known(house)
    assert (state.size, state.problem, state.taken_at is not None) == (3, None, True)
    assert states.late(house, [state]) == []
    clock.move(timedelta(hours=50))
    assert states.late(house, [state]) == [state]


@pytest.mark.rule("AUD-3")
def test_a_dead_witness_is_told_and_stops_nobody(sqlite_app, house: House, folder: Path, clock) -> None:
    dead = f"http://127.0.0.1:{a_free_port()}"
    house.settings = replace(house.settings, witnesses=(dead, str(folder)), demo=False)
    grow(house, 3)
    assert sent(house) == Run(2, 1, 1)
    assert [state.problem for state in known(house)] == [Problem.NOT_REACHED, None]

    ready = sqlite_app.test_client().get("/ready")
    assert (ready.status_code, ready.get_json()["checks"]["witnesses"]["status"]) == (200, "late")
    doctor = about_witnesses(sqlite_app)
    assert (doctor.well, "could not be reached" in doctor.says, f"{folder} holds 3 entries" in doctor.says) == (
        False,
        True,
        True,
    )

    house.settings = replace(house.settings, witnesses=(str(folder),))
    assert sqlite_app.test_client().get("/ready").get_json()["checks"]["witnesses"]["status"] == "ok"
    clock.move(timedelta(hours=25))
    assert sqlite_app.test_client().get("/ready").get_json()["checks"]["witnesses"]["status"] == "late"
    assert about_witnesses(sqlite_app).well, "the doctor asks for itself"


@pytest.mark.rule("AUD-3")
def test_where_there_is_no_witness_the_doctor_names_the_setting(sqlite_app, house: House) -> None:
    assert about_witnesses(sqlite_app).says == "as it must be"

    house.settings = replace(house.settings, demo=False)
    found = about_witnesses(sqlite_app)
    assert (found.well, "COMPLIANCE_WITNESSES" in found.says) == (True, True)
    assert "witnesses" not in sqlite_app.test_client().get("/ready").get_json()["checks"]


def about_witnesses(app) -> Finding:
    return next(finding for finding in examine(app) if "witnesses" in finding.check)

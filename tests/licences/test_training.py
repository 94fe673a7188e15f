"""Who has learnt which module, in which version and until when; who is due; and that they are told (GOV-7, LIC-1)."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock, start_of
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import Run, run_now
from compliance.licences import use_cases
from compliance.licences.jobs import JOBS
from compliance.licences.models import Training
from compliance.licences.training import queries
from compliance.licences.training.queries import Done, Learner
from compliance.licences.training.rules import State, Which, counts_until, state_of
from policies.training_groups import TrainingModule
from policies.values import BrokenPolicy, Policy
from tests.builders.identity import every, letters, someone
from tests.builders.licences import a_licence, acting, an_organisation, hub, seats

WARN = next(job for job in JOBS if job.name == "warn-of-what-runs-out")
TODAY = date(2026, 11, 21)
POLICIES = Path(__file__).parents[2] / "policies"


def recorded(house: House, person: UUID, module: str, done_on: date, **more: Any) -> None:
    with acting(house, hub("hub_coordinator")) as ctx:
        use_cases.record_training(ctx, person, module=module, done_on=done_on, **more)


def listed(house: House, which: Which = Which.ALL, **asked: Any) -> list[Learner]:
    with acting(house, hub("hub_coordinator")) as ctx:
        return list(queries.learners(ctx, which=which, **asked).rows)


def module(house: House, person: UUID, code: str) -> Done:
    with acting(house, hub("hub_coordinator")) as ctx:
        return next(each for each in queries.learner(ctx, person).modules if each.module == code)


@pytest.fixture
def place(house: House) -> UUID:
    seats(house)
    return an_organisation(house, review_in_days=2000)


@pytest.mark.rule("GOV-7")
def test_a_module_counts_by_its_months_and_its_newest_version_unless_said_otherwise(house: House, place: UUID) -> None:
    person = a_licence(house, place).person_id
    assert module(house, person, "marac-process").state is State.NOT_ASKED

    recorded(house, person, "marac-process", date(2026, 3, 31))
    done = module(house, person, "marac-process")
    assert (done.version, done.until, done.state) == ("2026.1", date(2028, 3, 30), State.IN_DATE)

    recorded(house, person, "marac-process", date(2026, 4, 1), version="2025.1", valid_until=date(2026, 12, 1))
    done = module(house, person, "marac-process")
    assert (done.version, done.until, done.state) == ("2025.1", date(2026, 12, 1), State.SOON)
    for code in ("case-system", "elearning"):
        assert module(house, person, code).until is None, "what a licence asks for does not run out by itself"


@pytest.mark.rule("GOV-7")
@pytest.mark.parametrize(
    ("code", "more", "pointer"),
    [("juggling", {}, "/module"), ("dash", {"version": "1066.1"}, "/version")],
)
def test_a_module_or_version_that_there_is_not_is_named(
    house: House, place: UUID, code: str, more: dict[str, Any], pointer: str
) -> None:
    person = a_licence(house, place).person_id

    with pytest.raises(Invalid) as refused:
        recorded(house, person, code, date(2026, 4, 1), **more)

    assert [field.pointer for field in refused.value.fields] == [pointer]


@pytest.mark.rule("GOV-7")
def test_those_who_are_due_are_found_and_the_others_are_not(house: House, place: UUID) -> None:
    calm = a_licence(house, place, "calm@swale.gov.uk").person_id
    over = a_licence(house, place, "over@swale.gov.uk").person_id
    soon = a_licence(house, place, "soon@swale.gov.uk").person_id
    recorded(house, calm, "dash", date(2026, 11, 1))
    recorded(house, over, "dash", date(2024, 11, 1))
    recorded(house, soon, "dash", date(2025, 1, 1), valid_until=TODAY + timedelta(days=28))

    due = {row.id: [(each.module, each.state) for each in row.due] for row in listed(house, Which.DUE)}

    assert due == {over: [("dash", State.OVER)], soon: [("dash", State.SOON)]}
    assert [row.id for row in listed(house, Which.IN_DATE)] == [calm]
    assert {row.id for row in listed(house)} == {calm, over, soon}
    with acting(house, hub("hub_coordinator")) as ctx:
        assert queries.due_count(ctx) == 2
    page = listed(house, limit=1)
    assert len(page) == 1
    assert {row.id for row in listed(house, search="swale")} == {calm, over, soon}
    assert listed(house, search="nobody of this name") == []
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(Person).where(Person.id == over).values(closed_at=house.clock.now()))
    assert {row.id for row in listed(house, Which.DUE)} == {soon}, "who has left is due for nothing"


MODULE = TrainingModule("dash", "DASH", "", "2024 2025 2026", "2025", 24, "", "")


@pytest.mark.rule("GOV-7", "LIC-1")
@pytest.mark.parametrize(
    ("asked", "done", "version", "until", "state"),
    [
        (True, False, None, None, State.MISSING),
        (False, False, None, None, State.NOT_ASKED),
        (False, True, "2026", TODAY - timedelta(days=1), State.OVER),
        (False, True, "2026", TODAY, State.SOON),
        (False, True, "2026", TODAY + timedelta(days=28), State.SOON),
        (False, True, "2026", TODAY + timedelta(days=29), State.IN_DATE),
        (False, True, "2026", None, State.IN_DATE),
        (False, True, "2024", None, State.OLD),
        (False, True, "2025", None, State.IN_DATE),
        (False, True, None, None, State.IN_DATE),
    ],
)
def test_how_a_module_stands(asked: bool, done: bool, version: str | None, until: date | None, state: State) -> None:
    soon = TODAY + timedelta(days=28)
    found = state_of(MODULE, asked=asked, done=done, version=version, until=until, today=TODAY, soon=soon)
    assert found is state


@pytest.mark.rule("GOV-7")
def test_what_counts_for_some_months_counts_through_the_day_before() -> None:
    assert counts_until(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert counts_until(date(2026, 3, 1), 24) == date(2028, 2, 29)
    assert counts_until(date(2026, 3, 1), 0) is None


@pytest.mark.rule("GOV-7", "ROL-4")
def test_a_delegate_sees_their_own_people_and_nobody_elses(house: House, place: UUID) -> None:
    other = an_organisation(house, "elsewhere", review_in_days=2000)
    ours = a_licence(house, place).person_id
    theirs = a_licence(house, other, "bo@elsewhere.gov.uk").person_id

    with house.reading(*someone(house, "delegate", organisation_id=place)) as ctx:
        assert [row.id for row in queries.learners(ctx).rows] == [ours]
        assert queries.learner(ctx, ours).due == ()
        with pytest.raises(NotFound):
            queries.learner(ctx, theirs)
    with house.reading(*someone(house, "steering_member")) as ctx, pytest.raises(Forbidden):
        queries.learners(ctx)


@pytest.mark.rule("GOV-7", "GOV-5")
def test_of_a_refresher_the_holder_is_told_once_on_each_day(house: House, place: UUID, clock: FixedClock) -> None:
    person = a_licence(house, place).person_id
    recorded(house, person, "dash", date(2026, 1, 5))
    assert run_now(house, WARN).done == 0

    clock.move(start_of(date(2027, 12, 28)) - clock.now())
    assert run_now(house, WARN) == Run(1, 1, 0)
    assert run_now(house, WARN).done == 0

    [letter] = letters(house, person, "refresher_due")
    assert letter["subject"] == "DASH and safe enquiry of Alex Made-Up is to be refreshed by 4 January 2028"
    assert "does not rest on it" in letter["body"]


@pytest.mark.rule("GOV-7")
def test_what_was_done_earlier_does_not_take_the_place_of_what_was_done_later(house: House, place: UUID) -> None:
    person = a_licence(house, place).person_id
    recorded(house, person, "dash", date(2026, 11, 1))

    with pytest.raises(Invalid) as refused:
        recorded(house, person, "dash", date(2020, 1, 1))

    assert [field.pointer for field in refused.value.fields] == ["/done_on"]
    [kept] = [row for row in every(house, Training) if row.module == "dash"]
    assert kept.done_on == date(2026, 11, 1)


@pytest.mark.rule("GOV-7", "LIC-1")
def test_a_module_that_licences_need_counts_in_every_version(tmp_path: Path) -> None:
    shutil.copytree(POLICIES, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / "training.toml").read_text()
    (tmp_path / "training.toml").write_text(text.replace('versions = "2026.1"', 'versions = "2025.1 2026.1"', 1))

    with pytest.raises(BrokenPolicy, match="counts from its first version"):
        Policy.load(tmp_path)

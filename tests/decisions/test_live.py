"""A right that ends has ended everywhere with the commit that ends it; one that time ends, ends on time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from audit.models import LogHead
from compliance.app import create_app, house_of
from compliance.decisions.exceptions.use_cases import end_break_glass
from compliance.identity.access_tokens import issue
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Context, House, operator
from compliance.kernel.settings import Settings
from compliance.licences import use_cases as licences
from compliance.licences.models import Licence
from compliance.licences.queries import last_uses
from compliance.licences.rules import EndReason, Kind, Status, Suspension
from tests.builders import exceptions
from tests.builders.decisions import CaseSystem, the_case_system
from tests.builders.identity import someone
from tests.builders.licences import a_licence, acting, an_organisation, hub, rows_made, seats, withdraw


@dataclass
class Hub:
    """A hub with one active licence, and two processes' worth of case-system doors on its one store."""

    first: CaseSystem
    second: CaseSystem
    organisation: UUID
    licence: Licence

    @property
    def house(self) -> House:
        return house_of(self.first.app)

    def everywhere(self, *given: str, **properties: object) -> set[str | None]:
        """The first failing rule in every process; None for a permit."""
        return {door.first_failing(*given, **properties) for door in (self.first, self.second)}


@pytest.fixture
def hub_at_work(app: Flask, settings: Settings, clock: FixedClock) -> Iterator[Hub]:
    house = house_of(app)
    seats(house)
    organisation = an_organisation(house)
    licence = a_licence(house, organisation)
    other = create_app(settings, clock)
    door = the_case_system(app)
    yield Hub(door, CaseSystem(other, door.client_id, door.token), organisation, licence)
    house_of(other).engine.dispose()


def suspended(ctx: Context, at_work: Hub) -> None:
    licences.suspend(ctx, at_work.licence.id, reason=Suspension.INVESTIGATION)


def deactivated(ctx: Context, at_work: Hub) -> None:
    licences.deactivate(ctx, at_work.licence.id, reason=EndReason.BREACH)


def locked(ctx: Context, at_work: Hub) -> None:
    person = ctx.session.get_one(Person, at_work.licence.person_id)
    person.locked_at = ctx.now()
    rows_made(ctx, person)


@pytest.mark.rule("DEC-4", "LIC-3", "IDN-4")
@pytest.mark.parametrize(("ends", "rule"), [(suspended, "LIC-3"), (deactivated, "LIC-3"), (locked, "IDN-4")])
def test_the_very_next_answer_in_every_process_is_no(
    hub_at_work: Hub, ends: Callable[[Context, Hub], None], rule: str
) -> None:
    assert hub_at_work.everywhere() == {None}

    with acting(hub_at_work.house) as ctx:
        ends(ctx, hub_at_work)

    assert hub_at_work.everywhere() == {rule}


@pytest.mark.rule("DEC-4", "DEC-6")
def test_a_conflict_is_in_force_everywhere_with_its_commit_and_so_is_its_end(hub_at_work: Hub) -> None:
    assert hub_at_work.everywhere() == {None}

    conflict = exceptions.kept(hub_at_work.house, hub_at_work.licence.person_id)
    assert hub_at_work.everywhere() == {"DEC-3"}

    exceptions.lifted(hub_at_work.house, conflict)
    assert hub_at_work.everywhere() == {None}


@pytest.mark.rule("DEC-4", "DEC-5")
def test_break_glass_opens_and_shuts_a_case_everywhere_at_once(hub_at_work: Hub) -> None:
    asked: dict[str, object] = {"area": "north-kent"}
    assert hub_at_work.everywhere(**asked) == {"ROL-2"}

    given = exceptions.opened(hub_at_work.house, hub_at_work.licence.person_id, area="north-kent")
    assert hub_at_work.everywhere(**asked) == {None}

    with acting(hub_at_work.house) as ctx:
        end_break_glass(ctx, given.id)
    assert hub_at_work.everywhere(**asked) == {"ROL-2"}


@pytest.mark.rule("DEC-5", "SIG-6", "IDN-4")
def test_break_glass_outlives_neither_a_withdrawal_nor_a_lock(hub_at_work: Hub) -> None:
    asked: dict[str, object] = {"area": "north-kent"}
    exceptions.opened(hub_at_work.house, hub_at_work.licence.person_id, area="north-kent")
    assert hub_at_work.everywhere(**asked) == {None}

    with acting(hub_at_work.house) as ctx:
        locked(ctx, hub_at_work)
    assert hub_at_work.everywhere(**asked) == {"IDN-4"}

    withdraw(hub_at_work.house, hub_at_work.organisation)
    assert "SIG-6" in hub_at_work.first.asks(**asked)["context"]["reason_admin"]


@pytest.mark.rule("DEC-4", "DEC-6", "DEC-5")
def test_no_answer_is_a_permit_once_a_conflict_is_set_however_many_ask(hub_at_work: Hub) -> None:
    """Two processes ask without pause, on the strength of break-glass, while a conflict is set and lifted."""
    exceptions.opened(hub_at_work.house, hub_at_work.licence.person_id, area="north-kent")
    stop = threading.Event()
    answers: list[tuple[int, bool]] = []
    problems: list[BaseException] = []

    def keep_asking(door: CaseSystem) -> None:
        try:
            while not stop.is_set():
                answer = door.asks(area="north-kent")
                answers.append((answer["context"]["state_version"], answer["decision"]))
        except BaseException as problem:  # noqa: BLE001 - shown by the test below
            problems.append(problem)

    first, second = someone(hub_at_work.house, "hub_coordinator"), someone(hub_at_work.house, "hub_supervisor")
    askers = [threading.Thread(target=keep_asking, args=(door,)) for door in (hub_at_work.first, hub_at_work.second)]
    for asker in askers:
        asker.start()
    states: dict[int, bool] = {}
    for _ in range(4):
        conflict = exceptions.kept(hub_at_work.house, hub_at_work.licence.person_id, "C-1", first, second)
        states[_state(hub_at_work.house)] = False
        exceptions.lifted(hub_at_work.house, conflict, second, first)
        states[_state(hub_at_work.house)] = True
    stop.set()
    for asker in askers:
        asker.join()

    assert not problems
    assert len({version for version, _ in answers} & states.keys()) > 1
    for version, permit in answers:
        if version in states:
            assert permit is states[version]


def _state(house: House) -> int:
    """The state of rights as it stands; nobody else changes it here."""
    with house.reading(operator("test")) as ctx:
        return ctx.session.execute(select(LogHead.state_version)).scalar_one()


@pytest.mark.rule("DEC-4", "LIC-3")
def test_what_was_lifted_is_open_again_everywhere(hub_at_work: Hub) -> None:
    with acting(hub_at_work.house) as ctx:
        suspended(ctx, hub_at_work)
    assert hub_at_work.everywhere() == {"LIC-3"}

    with acting(hub_at_work.house) as ctx:
        licences.resume(ctx, hub_at_work.licence.id)

    assert hub_at_work.everywhere() == {None}


@pytest.mark.rule("SIG-6", "DEC-4")
def test_after_a_withdrawal_nothing_is_permitted_and_the_hub_is_told_why(hub_at_work: Hub) -> None:
    assert hub_at_work.everywhere() == {None}

    withdraw(hub_at_work.house, hub_at_work.organisation)

    answer = hub_at_work.second.asks()
    assert hub_at_work.everywhere() == {"LIC-3"}
    assert list(answer["context"]["reason_admin"]) == ["LIC-3", "SIG-6"]


@pytest.mark.rule("LIC-13", "SIG-11", "DEC-1")
def test_a_lapse_is_in_force_at_its_instant_though_no_job_has_run(hub_at_work: Hub, clock: FixedClock) -> None:
    with acting(hub_at_work.house, hub("hub_coordinator")) as ctx:
        licences.record_vetting(ctx, hub_at_work.licence.person_id, level="NPPV 2", holds_until=date(2026, 11, 22))
    clock.move(timedelta(hours=13, minutes=59, seconds=59) + timedelta(days=1))
    assert fresh_token(hub_at_work.first).first_failing() is None

    clock.move(timedelta(seconds=1))

    assert fresh_token(hub_at_work.second).first_failing() == "LIC-13"


@pytest.mark.rule("IDN-2", "DEC-1")
def test_a_password_that_expires_ends_the_right_on_its_day(hub_at_work: Hub, clock: FixedClock) -> None:
    clock.move(timedelta(days=89, hours=23))
    assert fresh_token(hub_at_work.first).first_failing() is None

    clock.move(timedelta(hours=1))

    assert fresh_token(hub_at_work.first).first_failing() == "IDN-2"


@pytest.mark.rule("DEC-7")
def test_a_permit_is_never_to_be_relied_on_past_the_end_of_the_right(hub_at_work: Hub, clock: FixedClock) -> None:
    clock.move(timedelta(days=89, hours=23, minutes=59, seconds=58))

    answer = fresh_token(hub_at_work.first).asks()

    assert answer["decision"] is True
    assert answer["context"]["valid_until"] == "2027-02-19T10:00:00.000Z"


@pytest.mark.rule("LIC-7", "DEC-1")
def test_a_by_invite_licence_opens_its_cases_until_the_end_of_its_last_day(hub_at_work: Hub, clock: FixedClock) -> None:
    visitor = "visiting@swale.gov.uk"
    a_licence(
        hub_at_work.house, hub_at_work.organisation, visitor, kind=Kind.BY_INVITE, cases=("C-7",),
        ends_on=date(2026, 11, 30),
    )  # fmt: skip

    assert hub_at_work.everywhere(visitor, "case.view", "case", "C-7") == {None}
    assert hub_at_work.everywhere(visitor, "case.view", "case", "C-8") == {"LIC-7"}
    clock.move(timedelta(days=9, hours=14))
    assert fresh_token(hub_at_work.second).first_failing(visitor, "case.view", "case", "C-7") == "LIC-7"


@pytest.mark.rule("DEC-1", "LIC-7")
def test_a_closed_marac_opens_to_those_invited_and_shuts_to_everybody_else(hub_at_work: Hub) -> None:
    invited = a_licence(hub_at_work.house, hub_at_work.organisation, "invited@swale.gov.uk")
    assert hub_at_work.everywhere() == {None}

    with acting(hub_at_work.house, hub("hub_coordinator")) as ctx:
        licences.invite_to_case(ctx, reference="C-1", person_id=invited.person_id, closed=True)

    assert hub_at_work.everywhere() == {"DEC-1"}
    assert hub_at_work.everywhere("invited@swale.gov.uk") == {None}
    assert hub_at_work.everywhere("invited@swale.gov.uk", closed=True) == {None}


@pytest.mark.rule("LIC-8")
def test_a_permit_moves_the_licences_last_use_on(hub_at_work: Hub) -> None:
    hub_at_work.first.asks(area="medway")
    with hub_at_work.house.reading(operator("test")) as ctx:
        assert last_uses(ctx, [hub_at_work.licence.id]) == {}

    hub_at_work.first.asks()

    with hub_at_work.house.reading(operator("test")) as ctx:
        assert last_uses(ctx, [hub_at_work.licence.id]) == {hub_at_work.licence.id: ctx.now()}


@pytest.mark.rule("DEC-4")
def test_no_answer_given_after_the_end_of_a_right_is_a_permit_however_many_ask(hub_at_work: Hub) -> None:
    """Two processes ask without pause while the licence is suspended and resumed; each answer is held to its state."""
    stop = threading.Event()
    answers: list[tuple[int, bool]] = []
    problems: list[BaseException] = []

    def keep_asking(door: CaseSystem) -> None:
        try:
            while not stop.is_set():
                answer = door.asks()
                answers.append((answer["context"]["state_version"], answer["decision"]))
        except BaseException as problem:  # noqa: BLE001 - shown by the test below
            problems.append(problem)

    askers = [threading.Thread(target=keep_asking, args=(door,)) for door in (hub_at_work.first, hub_at_work.second)]
    for asker in askers:
        asker.start()
    states: dict[int, Status] = {}
    for _ in range(10):
        for step in (licences.suspend, licences.resume):
            with acting(hub_at_work.house) as ctx:
                if step is licences.suspend:
                    licence = licences.suspend(ctx, hub_at_work.licence.id, reason=Suspension.LEAVE)
                else:
                    licence = licences.resume(ctx, hub_at_work.licence.id)
            states[ctx.session.info["state_version"]] = Status(licence.status)
    stop.set()
    for asker in askers:
        asker.join()

    assert not problems
    assert len({version for version, _ in answers} & states.keys()) > 1
    for version, permit in answers:
        if version in states:
            assert permit is (states[version] is Status.ACTIVE)


def fresh_token(door: CaseSystem) -> CaseSystem:
    """The same client with a token of now: the clock was moved past the life of the old one."""
    return CaseSystem(door.app, door.client_id, issue(house_of(door.app), door.client_id, ["decisions"])[0])

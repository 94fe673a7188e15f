"""The policy is changed by two people, never below its floor, and is in force everywhere for the next request (IDN-9)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import create_app, furnished, house_of
from compliance.identity.errors import FreshCodeNeeded, NotTheValueInForce, PolicyAlreadySo
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.errors import OwnProposal, ProposalOver, WaitsAlready
from compliance.identity.proposals.models import Proposal
from compliance.identity.use_cases import signing_in
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.errors import Forbidden, Invalid, NotFound, Refusal, StaleForm
from compliance.kernel.settings import REPOSITORY, Settings
from policies.in_force import PolicyChange
from policies.values import BrokenPolicy, Policy
from tests.builders.decisions import ONE, CaseSystem, a_question, the_case_system
from tests.builders.identity import an_account, every, half_open, logged, someone
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.policies import WHY, behind_the_back, changed, proposed
from tests.web.conftest import Visitor


@pytest.fixture
def other(house: House, settings: Settings, clock: FixedClock) -> Iterator[House]:
    """Another process on the same store."""
    other = house_of(furnished(settings, clock))
    yield other
    other.engine.dispose()


@pytest.mark.rule("IDN-9", "ROL-3")
def test_a_value_changes_when_a_second_person_agrees_and_not_before(house: House, other: House) -> None:
    manager = someone(house, "hub_manager")
    before = other.the(Policy)

    proposal = proposed(house, manager, "password.min_length", 14)
    assert other.the(Policy).password.min_length == before.password.min_length == 12
    with pytest.raises(OwnProposal), house.work(*manager) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)
    with house.work(*someone(house, "hub_supervisor")) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)

    assert house.the(Policy).password.min_length == other.the(Policy).password.min_length == 14
    assert other.the(Policy).version == house.the(Policy).version != before.version


@pytest.mark.rule("IDN-9", "AUD-1")
def test_the_log_tells_before_and_after_and_stands_on_the_policy_that_the_change_made(house: House) -> None:
    changed(house, "password.warn_days", [10, 2])

    [entry] = logged(house, "policy.changed")
    told = json.loads(entry.detail)
    assert told == {"after": "[10, 2]", "before": "[14, 7, 3, 1]", "value": "password.warn_days"}
    assert UUID(entry.subject_id or "") == every(house, PolicyChange)[0].id
    assert entry.policy_version == house.the(Policy).version


@pytest.mark.rule("IDN-9")
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("password.min_length", 7, "The value must lie between 8 and 64."),
        ("password.min_length", 65, "The value must lie between 8 and 64."),
        ("password.min_length", "14", "Enter a whole number."),
        ("password.min_length", True, "Enter a whole number."),
        ("password.min_length", 12.5, "Enter a whole number."),
        ("password.min_length", -14, "Enter a whole number."),
        ("password.min_length", [14], "Enter a whole number."),
        ("password.warn_days", ["7"], "List whole numbers."),
        ("password.warn_days", [7, 0], "The value must lie between 1 and 60."),
        ("sign_in.failures_to_lock", 21, "The value must lie between 3 and 20."),
        ("sessions.idle_minutes", 31, "The value must lie between 1 and 30."),
        ("second_factor.hub_methods", ["app", "email"], "The value may only hold app, passkey, each once."),
        ("second_factor.partner_methods", ["email"], "The value must hold one of app, passkey."),
        ("countries.refused_countries", ["gb"], "The value holds what is no ISO 3166 code of two capitals."),
        ("countries.refused_countries", "GB", "List words, one after another."),
        ("countries.refused_countries", ["AA"] * 301, "List 300 or fewer."),
        ("countries.trusted_proxies", ["0.0.0.0/0"], "The value holds what is no network, or one that is too wide to trust."),
    ],
)  # fmt: skip
def test_nothing_below_the_floor_or_of_another_kind_can_be_proposed(
    sqlite_house: House, name: str, value: Any, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        proposed(sqlite_house, someone(sqlite_house, "hub_manager"), name, value)

    assert [(error.pointer, error.detail) for error in refused.value.fields] == [("/value", says)]
    assert every(sqlite_house, Proposal) == []


@pytest.mark.rule("IDN-9")
@pytest.mark.parametrize(
    "name", ["password", "password.", "decisions.permit_seconds", "areas.mid-kent", "", "x.y", "\0"]
)
def test_only_values_that_two_people_may_change_have_a_name(sqlite_house: House, name: str) -> None:
    with pytest.raises(NotFound):
        proposed(sqlite_house, someone(sqlite_house, "hub_manager"), name, 5)


@pytest.mark.rule("IDN-9", "ROL-3", "IDN-6")
def test_who_may_propose_with_what_and_what_there_is_to_propose(sqlite_house: House) -> None:
    house = sqlite_house
    manager = someone(house, "hub_manager")
    for role in ("hub_coordinator", "steering_member", "delegate"):
        with pytest.raises(Forbidden):
            proposed(house, someone(house, role), "password.min_length", 14)
    with pytest.raises(FreshCodeNeeded):
        proposed(house, someone(house, "hub_manager", fresh=False), "password.min_length", 14)
    with pytest.raises(PolicyAlreadySo):
        proposed(house, manager, "password.min_length", 12)
    with pytest.raises(PolicyAlreadySo):
        proposed(house, manager, "password.warn_days", (14, 7, 3, 1))

    proposed(house, manager, "password.min_length", 14)
    with pytest.raises(WaitsAlready):
        proposed(house, manager, "password.min_length", 15)
    proposed(house, manager, "password.history", 20)


@pytest.mark.rule("IDN-9")
def test_what_was_agreed_to_replaces_only_the_value_that_both_looked_at(house: House) -> None:
    proposal = proposed(house, someone(house, "hub_manager"), "password.min_length", 14)
    behind_the_back(house, "password.min_length", "13")

    with pytest.raises(NotTheValueInForce), house.work(*someone(house, "hub_supervisor")) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)

    assert house.the(Policy).password.min_length == 13
    assert [row.state for row in every(house, Proposal)] == ["proposed"]


@pytest.mark.rule("IDN-9")
def test_the_floor_is_held_again_when_the_second_person_agrees(house: House) -> None:
    with house.work(*someone(house, "hub_manager")) as ctx:
        asked = {"name": "password.min_length", "before": 12, "after": 7}
        proposal = proposals.propose(ctx, "policy.change", asked, thing="policy:password.min_length", reason=WHY)

    with pytest.raises(Invalid), house.work(*someone(house, "hub_supervisor")) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)

    assert house.the(Policy).password.min_length == 12


def approved_at_once(house: House, what: list[Proposal]) -> list[type[Refusal] | None]:
    """Each proposal approved in a thread of its own by somebody of their own, all begun together."""
    seconds = [someone(house, "steering_member") for _ in what]
    together = threading.Barrier(len(what))
    results: list[type[Refusal] | None] = []

    def approve(number: int) -> None:
        together.wait(timeout=30)
        try:
            with house.work(*seconds[number]) as ctx:
                proposals.approve(ctx, what[number].id, digest=what[number].digest)
        except Refusal as refused:
            results.append(type(refused))
        else:
            results.append(None)

    threads = [threading.Thread(target=approve, args=(number,)) for number in range(len(what))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(results) == len(what), "a thread failed otherwise than by a refusal"
    return results


@pytest.mark.rule("IDN-9", "ROL-3")
def test_of_eight_who_agree_to_one_proposal_at_once_one_changes_the_policy(house: House) -> None:
    proposal = proposed(house, someone(house, "hub_manager"), "password.min_length", 14)

    results = approved_at_once(house, [proposal] * 8)

    assert sorted(map(str, results)) == sorted(map(str, [None, *[ProposalOver] * 7]))
    assert [(row.number, row.after) for row in every(house, PolicyChange)] == [(1, "14")]
    assert len(logged(house, "policy.changed")) == 1


@pytest.mark.rule("IDN-9")
def test_two_values_changed_at_once_are_both_changed_or_one_is_told_to_look_again(house: House) -> None:
    manager = someone(house, "hub_manager")
    both = [proposed(house, manager, "password.min_length", 14), proposed(house, manager, "password.history", 20)]

    results = approved_at_once(house, both)

    assert None in results
    assert set(results) <= {None, StaleForm}
    assert len(every(house, PolicyChange)) == results.count(None)
    assert len({row.number for row in every(house, PolicyChange)}) == results.count(None)


@pytest.mark.rule("IDN-9", "DEC-4")
def test_a_decision_flips_in_every_process_with_the_commit_that_changes_the_policy(
    app: Flask, settings: Settings, clock: FixedClock
) -> None:
    house = house_of(app)
    seats(house)
    a_licence(house, an_organisation(house))
    clock.move(timedelta(days=40))
    first = the_case_system(app)
    second = CaseSystem(create_app(settings, clock), first.client_id, first.token)
    doors = (first, second)
    stood_on = {door.asks()["context"]["policy_version"] for door in doors}
    assert [door.first_failing() for door in doors] == [None, None]

    changed(house, "password.max_age_days", 30)

    assert [door.first_failing() for door in doors] == ["IDN-2", "IDN-2"]
    stands_on = {door.asks()["context"]["policy_version"] for door in doors}
    assert stands_on == {house.the(Policy).version}
    assert not stands_on & stood_on
    house_of(second.app).engine.dispose()


@pytest.mark.rule("IDN-9", "IDN-4")
def test_sign_in_goes_by_the_new_policy_in_every_process(house: House, other: House) -> None:
    account = an_account(house)
    changed(house, "sign_in.failures_to_lock", 3)

    for _ in range(3):
        with other.work(NOBODY, Origin("198.51.100.7")) as ctx:
            signing_in.settle(ctx, signing_in.Checked(signing_in.ask(ctx, account.email), right=False))

    assert len(logged(house, "account.locked")) == 1


@pytest.mark.rule("IDN-9", "IDN-6")
def test_a_shorter_session_ends_those_that_are_open(app: Flask, clock: FixedClock) -> None:
    house = house_of(app)
    account = an_account(house)
    clock.move(timedelta(seconds=30))
    opened = half_open(house, account)
    clock.move(timedelta(minutes=3))
    mine = {"Authorization": f"Bearer {opened.token}"}
    assert app.test_client().get("/api/v1/sessions/current", headers=mine).status_code == 200

    changed(house, "sign_in.half_open_minutes", 2)

    assert app.test_client().get("/api/v1/sessions/current", headers=mine).status_code == 401


@pytest.mark.rule("DEC-3", "IDN-9")
@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("password.min_length", "4"),
        ("password.max_age_days", "100000"),
        ("second_factor.hub_methods", '["email"]'),
        ("sessions.idle_minutes", '"long"'),
        ("sessions.idle_minutes", "not JSON"),
        ("password.warn_days", "null"),
    ],
)
def test_with_a_change_below_the_floor_behind_our_back_nothing_is_permitted_or_shown(
    app: Flask, name: str, after: str
) -> None:
    house = house_of(app)
    seats(house)
    a_licence(house, an_organisation(house))
    account = an_account(house)
    case_system = the_case_system(app)
    assert case_system.first_failing() is None

    behind_the_back(house, name, after)

    assert case_system.post(ONE, a_question()).status_code == 503
    batch = case_system.post("/access/v1/evaluations", {"evaluations": [a_question()]})
    assert (batch.status_code, '"decision":' in batch.text) == (503, False)
    page = Visitor(app).send("/sign-in", {"email": account.email, "password": account.password})
    assert page.status_code == 503, page.text
    tried = app.test_client().post("/api/v1/sessions", json={"email": account.email, "password": account.password})
    assert tried.status_code == 503, tried.text
    with pytest.raises(BrokenPolicy), house.work(NOBODY) as ctx:
        ctx.the(Policy)


@pytest.mark.rule("IDN-9", "DEC-3")
@pytest.mark.parametrize(
    ("file", "had", "has"),
    [
        ("password.toml", "value = 12\nmeans = \"characters at the least\"", "value = 6\nmeans = \"characters at the least\""),
        ("second_factor.toml", "[\"passkey\", \"app\"]", "[\"passkey\", \"email\"]"),
        ("countries.toml", "[trusted_proxies]\nvalue = []", "[trusted_proxies]\nvalue = [\"0.0.0.0/0\"]"),
        ("sessions.toml", "value = 15", "value = 600"),
    ],
)  # fmt: skip
def test_a_file_below_the_floor_keeps_the_service_from_starting(
    sqlite_settings: Settings, tmp_path: Path, file: str, had: str, has: str
) -> None:
    policies = copytree(REPOSITORY / "policies", tmp_path / "policies")
    text = (policies / file).read_text()
    assert had in text
    (policies / file).write_text(text.replace(had, has))

    with pytest.raises(BrokenPolicy, match=file):
        furnished(Settings(**(vars(sqlite_settings) | {"policy_dir": policies})))

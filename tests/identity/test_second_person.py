"""Who is too new to be the second person: whom the proposer made or promoted lately (ROL-3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from compliance.identity import use_cases
from compliance.identity.models import Person, RoleHeld
from compliance.identity.proposals import queries
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.errors import TooNew
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.notices.models import Notice
from tests.builders.identity import COMMAND, WHY, a_person, at_work, every, letters, someone
from tests.builders.roles import agree, end, grant, held_by

MONTH = timedelta(days=30)
Made = Callable[[House, Person], Person]


def invited(house: House, proposer: Person) -> Person:
    """Somebody whose account the proposer made, and whose role an operator gave."""
    with house.work(*at_work(house, proposer)) as ctx:
        person, _ = use_cases.invite_person(ctx, full_name="Ann Vale", email="ann@hub.example.org", hub_team=True)
    with house.work(COMMAND) as ctx:
        use_cases.grant_role(ctx, person.id, role="hub_supervisor", reason=WHY)
    return person


def promoted(house: House, proposer: Person) -> Person:
    """Somebody whom the proposer put forward for their role."""
    person = a_person(house, hub_team=True)
    agree(house, grant(house, at_work(house, proposer), person.id, "hub_supervisor"))
    return person


def promotion_approved(house: House, proposer: Person) -> Person:
    """Somebody whose role the proposer was only the second person for."""
    person = a_person(house, hub_team=True)
    asked = grant(house, someone(house, "hub_manager"), person.id, "hub_supervisor")
    agree(house, asked, at_work(house, proposer))
    return person


def promoted_to_what_has_ended(house: House, proposer: Person) -> Person:
    """Somebody whom the proposer gave another role, which has ended since."""
    person = a_person(house, "hub_supervisor")
    agree(house, grant(house, at_work(house, proposer), person.id, "ig_officer"))
    [held] = [held for held in held_by(house, person.id) if held.role == "ig_officer"]
    end(house, someone(house, "hub_manager"), held.id)
    return person


@pytest.mark.rule("ROL-3")
@pytest.mark.parametrize("made", [invited, promoted, promotion_approved, promoted_to_what_has_ended])
def test_nobody_decides_for_thirty_days_on_what_those_ask_who_made_or_promoted_them(
    house: House, clock: FixedClock, made: Made
) -> None:
    proposer = a_person(house, "hub_manager")
    second = made(house, proposer)
    clock.move(MONTH - timedelta(days=10))
    proposal: Proposal = grant(house, at_work(house, proposer), a_person(house, hub_team=True).id, "hub_coordinator")

    clock.move(timedelta(days=10) - timedelta(seconds=1))
    assert listed(house, second, proposal) == "for others"
    with house.work(*at_work(house, second)) as ctx, pytest.raises(TooNew):
        proposals.approve(ctx, proposal.id, digest=proposal.digest)
    with house.work(*at_work(house, second)) as ctx, pytest.raises(TooNew):
        proposals.refuse(ctx, proposal.id, reason="No.")

    clock.move(timedelta(seconds=1))
    assert listed(house, second, proposal) == "to decide"
    agree(house, proposal, at_work(house, second))


@pytest.mark.rule("ROL-3")
def test_what_others_did_for_the_second_person_does_not_count(house: House) -> None:
    proposer, second = someone(house, "hub_manager"), a_person(house, hub_team=True)
    agree(house, grant(house, someone(house, "hub_manager"), second.id, "hub_supervisor"))

    proposal = grant(house, proposer, a_person(house, hub_team=True).id, "hub_coordinator")

    assert listed(house, second, proposal) == "to decide"
    agree(house, proposal, at_work(house, second))


@pytest.mark.rule("ROL-3")
def test_whoever_it_was_made_by_before_the_log_of_makers_began_is_not_too_new(house: House) -> None:
    proposer, second = someone(house, "hub_manager"), a_person(house, "hub_supervisor")
    with house.engine.begin() as connection:
        connection.execute(update(Person).values(created_by=None))
        connection.execute(update(RoleHeld).values(approved_by=None))
    proposal = grant(house, proposer, a_person(house, hub_team=True).id, "hub_coordinator")

    agree(house, proposal, at_work(house, second))

    assert [row.state for row in every(house, Proposal)] == ["approved"]


@pytest.mark.rule("ROL-3", "ROL-4")
def test_each_sees_what_waits_for_them_what_they_asked_for_and_what_others_decide(house: House) -> None:
    manager, beneficiary = a_person(house, "hub_manager"), a_person(house, "hub_supervisor")
    proposal = grant(house, at_work(house, manager), beneficiary.id, "hub_manager")

    assert listed(house, manager, proposal) == "asked for"
    assert listed(house, beneficiary, proposal) == "for others"
    assert listed(house, a_person(house, "hub_supervisor"), proposal) == "to decide"
    for role in ("hub_coordinator", "steering_member", "delegate", "ig_officer"):
        assert listed(house, a_person(house, role), proposal) == "nowhere"

    with house.work(*at_work(house, manager)) as ctx:
        proposals.take_back(ctx, proposal.id)
    assert listed(house, manager, proposal) == listed(house, beneficiary, proposal) == "decided"


@pytest.mark.rule("GOV-5", "ROL-3")
def test_those_who_may_decide_are_told_that_something_waits_and_not_what(house: House) -> None:
    manager, supervisor = someone(house, "hub_manager"), a_person(house, "hub_supervisor")
    locked, other = a_person(house, "hub_supervisor"), a_person(house, "hub_manager")
    with house.engine.begin() as connection:
        connection.execute(update(Person).where(Person.id == locked.id).values(locked_at=house.clock.now()))
    member = a_person(house, hub_team=True, full_name="Bryony Dovecote")

    proposal: Proposal = grant(house, manager, member.id, "hub_supervisor")

    assert {row.person_id for row in every(house, Notice)} == {supervisor.id, other.id}
    [letter] = letters(house, supervisor, "proposal_waits")
    assert f"/proposals/{proposal.id}" in letter["body"]
    assert "Dovecote" not in letter["subject"] + letter["body"]


@pytest.mark.rule("ROL-3", "GOV-5")
def test_no_more_than_twenty_are_told_that_something_waits(house: House) -> None:
    manager, member = someone(house, "hub_manager"), a_person(house, hub_team=True)
    for _ in range(22):
        a_person(house, "hub_supervisor")

    grant(house, manager, member.id, "hub_supervisor")

    assert len({row.person_id for row in every(house, Notice)}) == 20


def listed(house: House, person: Person, proposal: Proposal) -> str:
    """In which list of theirs somebody finds a proposal; what the list says is what deciding on it answers."""
    with house.reading(*at_work(house, person)) as ctx:
        lists = {
            "to decide": queries.to_decide(ctx), "asked for": queries.asked_for(ctx),
            "for others": queries.for_others(ctx), "decided": queries.decided(ctx),
        }  # fmt: skip
        found = [name for name, rows in lists.items() if proposal.id in {row.id for row in rows}]
        assert queries.number_to_decide(ctx) == len(lists["to decide"])
        assert len(found) < 2
        if found and found[0] != "decided":
            decides = queries.why_not_second(ctx, queries.visible(ctx, proposal.id)) is None
            assert decides == (found[0] == "to decide")
        return found[0] if found else "nowhere"

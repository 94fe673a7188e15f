"""Two people at the same instant: the store lets one of them through, in one process and in several (ROL-3)."""

from __future__ import annotations

import multiprocessing
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from compliance.app import furnished, house_of
from compliance.identity import use_cases
from compliance.identity.models import RoleHeld
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Refusal
from compliance.kernel.settings import Settings
from tests.builders.identity import WHY, Acting, a_person, every, logged, someone
from tests.builders.roles import grant, held_by
from tests.support.together import Act, together


def approving(proposal: Proposal) -> Act:
    return lambda ctx: proposals.approve(ctx, proposal.id, digest=proposal.digest)


def refusing(proposal: Proposal) -> Act:
    return lambda ctx: proposals.refuse(ctx, proposal.id, reason="No.")


def taking_back(proposal: Proposal) -> Act:
    return lambda ctx: proposals.take_back(ctx, proposal.id)


def ending(role: RoleHeld) -> Act:
    return lambda ctx: use_cases.end_role(ctx, role.id, reason="Moved on.")


@pytest.mark.rule("ROL-3")
def test_of_eight_who_agree_at_once_one_is_the_second_person(house: House) -> None:
    member = a_person(house, hub_team=True)
    proposal = grant(house, someone(house, "hub_manager"), member.id, "hub_coordinator")

    ends = together(house, [(someone(house, "hub_supervisor"), approving(proposal)) for _ in range(8)])

    assert sorted(ends) == ["ProposalOver"] * 7 + ["done"]
    assert len(held_by(house, member.id)) == 1
    assert len(logged(house, "proposal.approved")) == 1


@pytest.mark.rule("ROL-3")
def test_a_proposal_agreed_to_refused_and_taken_back_at_once_ends_one_way(house: House) -> None:
    for _ in range(5):
        manager, member = someone(house, "hub_manager"), a_person(house, hub_team=True)
        proposal: Proposal = grant(house, manager, member.id, "hub_coordinator")
        acts: list[tuple[Acting, Act]] = [
            (someone(house, "hub_supervisor"), approving(proposal)),
            (someone(house, "hub_supervisor"), refusing(proposal)),
            (manager, taking_back(proposal)),
        ]

        ends = together(house, acts)

        assert sorted(ends) == ["ProposalOver", "ProposalOver", "done"]
        [kept] = [row for row in every(house, Proposal) if row.id == proposal.id]
        assert kept.state == ("approved", "refused", "taken_back")[ends.index("done")]
        assert len(held_by(house, member.id)) == (kept.state == "approved")


@pytest.mark.rule("ROL-3")
def test_of_one_thing_asked_for_eight_times_at_once_one_waits(house: House) -> None:
    member = a_person(house, hub_team=True)

    def ask(ctx: Any) -> None:
        use_cases.grant_role(ctx, member.id, role="hub_coordinator", reason=WHY)

    ends = together(house, [(someone(house, "hub_manager"), ask) for _ in range(8)])

    assert sorted(ends) == ["WaitsAlready"] * 7 + ["done"]
    assert len(every(house, Proposal)) == 1


@pytest.mark.rule("ROL-1")
def test_of_a_partners_role_given_eight_times_at_once_one_is_held(house: House) -> None:
    person = a_person(house, "delegate")

    def give(ctx: Any) -> None:
        use_cases.grant_role(ctx, person.id, role="escalation_contact", reason=WHY)

    ends = together(house, [(someone(house, "hub_manager"), give) for _ in range(8)])

    assert sorted(ends) == ["RoleAlreadyHeld"] * 7 + ["done"]
    assert len(held_by(house, person.id)) == 2


@pytest.mark.rule("ROL-3", "DEC-4")
def test_nothing_is_agreed_to_after_the_proposers_role_has_ended(house: House) -> None:
    remover = someone(house, "hub_manager")
    for _ in range(6):
        proposer, member = someone(house, "hub_manager"), a_person(house, hub_team=True)
        proposal: Proposal = grant(house, proposer, member.id, "hub_coordinator")
        [role] = held_by(house, proposer.actor.person_id)
        supervisor = someone(house, "hub_supervisor")

        agreed, ended = together(
            house,
            [
                (supervisor, approving(proposal)),
                (remover, ending(role)),
            ],
        )

        assert ended == "done"
        assert agreed in ("done", "ProposerGone")
        if agreed == "done":
            [approval] = [row for row in logged(house, "proposal.approved") if row.subject_id == str(proposal.id)]
            assert approval.number < logged(house, "role.ended")[-1].number


@pytest.mark.rule("ROL-1")
def test_two_managers_who_end_each_others_role_at_once_leave_one(house: House) -> None:
    for row in every(house, RoleHeld):
        assert row.role != "hub_manager"
    one, other = someone(house, "hub_manager"), someone(house, "hub_manager")
    [first], [second] = held_by(house, one.actor.person_id), held_by(house, other.actor.person_id)

    ends = together(
        house,
        [
            (one, lambda ctx: use_cases.end_role(ctx, second.id, reason="Moved on.")),
            (other, lambda ctx: use_cases.end_role(ctx, first.id, reason="Moved on.")),
        ],
    )

    assert sorted(ends) == ["LastManager", "done"]
    assert len([row for row in every(house, RoleHeld) if row.role == "hub_manager" and not row.ended_at]) == 1


def _agrees(
    settings: Settings, at: datetime, who: Acting, proposal_id: UUID, digest: str, begin: Any, ends: Any
) -> None:
    """One process: its own house, its own connections."""
    house = house_of(furnished(settings, FixedClock(at)))
    begin.wait(timeout=60)
    try:
        with house.work(*who) as ctx:
            proposals.approve(ctx, proposal_id, digest=digest)
        ends.put("done")
    except Refusal as refused:
        ends.put(type(refused).__name__)
    house.engine.dispose()


@pytest.mark.rule("ROL-3")
def test_of_four_processes_that_agree_at_once_one_is_the_second_person(house: House) -> None:
    member = a_person(house, hub_team=True)
    proposal: Proposal = grant(house, someone(house, "hub_manager"), member.id, "hub_coordinator")
    seconds = [someone(house, "hub_supervisor") for _ in range(4)]
    house.engine.dispose()
    apart = multiprocessing.get_context("fork")
    begin, ends = apart.Barrier(4), apart.Queue()
    given = (house.settings, house.clock.now())
    running = [
        apart.Process(target=_agrees, args=(*given, who, proposal.id, proposal.digest, begin, ends)) for who in seconds
    ]

    for each in running:
        each.start()
    answers = sorted(ends.get(timeout=90) for _ in running)
    for each in running:
        each.join(timeout=30)

    assert answers == ["ProposalOver"] * 3 + ["done"]
    assert len(held_by(house, member.id)) == 1

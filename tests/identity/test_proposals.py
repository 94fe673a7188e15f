"""What takes two people: proposed by one, decided by another, bound to exactly what was asked (ROL-3)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from compliance.identity import use_cases
from compliance.identity.errors import FreshCodeNeeded, RoleAlreadyHeld
from compliance.identity.models import Person
from compliance.identity.proposals import queries, rules
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.acts import takes_two
from compliance.identity.proposals.errors import (
    ForOneself,
    NotTheProposer,
    NotWhatWasAsked,
    OwnProposal,
    ProposalOver,
    ProposerGone,
    WaitsAlready,
)
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.rules import NEXT, State, Step
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House
from compliance.kernel.errors import Forbidden, Invalid, NotFound, Refusal
from compliance.kernel.jobs import Job, Run, run_now
from compliance.scheduler import job_named
from policies.permissions import Permission
from tests.builders.identity import COMMAND, WHY, Acting, a_person, at_work, every, logged, someone
from tests.builders.roles import end, grant, held_by


def approve(house: House, who: Acting, proposal: Proposal, digest: str | None = None) -> None:
    with house.work(*who) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest if digest is None else digest)


def refuse(house: House, who: Acting, proposal: Proposal, reason: str = "Not now.") -> None:
    with house.work(*who) as ctx:
        proposals.refuse(ctx, proposal.id, reason=reason)


def take_back(house: House, who: Acting, proposal: Proposal) -> None:
    with house.work(*who) as ctx:
        proposals.take_back(ctx, proposal.id)


def expire(house: House, proposal: Proposal) -> None:
    with house.work(COMMAND) as ctx:
        proposals.expire(ctx, proposal.id)


def as_kept(house: House, proposal: Proposal) -> Proposal:
    return next(row for row in every(house, Proposal) if row.id == proposal.id)


def by_hand(house: House, kind: Any, row_id: UUID | None, **values: Any) -> None:
    """Change a row behind the service's back."""
    with house.engine.begin() as connection:
        connection.execute(update(kind).where(kind.id == row_id).values(**values))


class Case:
    """A hub with a proposal in it: a manager asks that a member of the team be made co-ordinator."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.manager = someone(house, "hub_manager")
        self.supervisor = someone(house, "hub_supervisor")
        self.member = a_person(house, hub_team=True)
        self.proposal: Proposal = grant(house, self.manager, self.member.id, "hub_coordinator")


@pytest.fixture
def case(house: House) -> Case:
    return Case(house)


@pytest.fixture
def sqlite_case(sqlite_house: House) -> Case:
    return Case(sqlite_house)


def fresh(house: House, who: Acting) -> Acting:
    """The same person with a code given now and the roles they hold now."""
    person_id = who.actor.person_id
    person = next(row for row in every(house, Person) if row.id == person_id)
    return at_work(house, person)


def left_and_closed(case: Case, clock: FixedClock) -> None:
    clock.move(timedelta(days=14))
    expire(case.house, case.proposal)


BROUGHT_TO: dict[str, Any] = {
    "waits": lambda case, clock: None,
    "was left too long": lambda case, clock: clock.move(timedelta(days=14)),
    "approved": lambda case, clock: approve(case.house, case.supervisor, case.proposal),
    "refused": lambda case, clock: refuse(case.house, case.supervisor, case.proposal),
    "taken_back": lambda case, clock: take_back(case.house, case.manager, case.proposal),
    "expired": lambda case, clock: left_and_closed(case, clock),
}
STEPS: dict[Step, Any] = {
    Step.APPROVE: lambda case: approve(case.house, fresh(case.house, case.supervisor), case.proposal),
    Step.REFUSE: lambda case: refuse(case.house, fresh(case.house, case.supervisor), case.proposal),
    Step.TAKE_BACK: lambda case: take_back(case.house, fresh(case.house, case.manager), case.proposal),
    Step.EXPIRE: lambda case: expire(case.house, case.proposal),
}


@pytest.mark.rule("ROL-3")
@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("brought_to", BROUGHT_TO)
def test_every_step_from_every_state_leads_where_the_table_says_or_nowhere(
    sqlite_case: Case, clock: FixedClock, brought_to: str, step: Step
) -> None:
    BROUGHT_TO[brought_to](sqlite_case, clock)
    before = State(as_kept(sqlite_case.house, sqlite_case.proposal).state)
    opens = {"waits": {Step.APPROVE, Step.REFUSE, Step.TAKE_BACK}, "was left too long": {Step.EXPIRE}}
    allowed = step in opens.get(brought_to, set())

    if allowed or step is Step.EXPIRE:
        STEPS[step](sqlite_case)
    else:
        with pytest.raises(ProposalOver):
            STEPS[step](sqlite_case)

    after = as_kept(sqlite_case.house, sqlite_case.proposal).state
    assert after == (NEXT[before, step] if allowed else before)
    given = after == State.APPROVED
    assert [held.role for held in held_by(sqlite_case.house, sqlite_case.member.id)] == ["hub_coordinator"] * given


@pytest.mark.rule("ROL-3", "AUD-1")
def test_the_log_says_who_asked_who_agreed_and_to_what(case: Case) -> None:
    approve(case.house, case.supervisor, case.proposal)

    [asked], [agreed] = logged(case.house, "proposal.made"), logged(case.house, "proposal.approved")
    assert (asked.actor_id, agreed.actor_id) == (case.manager.actor.id, case.supervisor.actor.id)
    assert asked.subject_id == agreed.subject_id == str(case.proposal.id)
    assert f'"digest":"{case.proposal.digest}"' in agreed.detail
    assert WHY not in asked.detail
    kept = as_kept(case.house, case.proposal)
    assert (kept.decided_by, kept.decided_at) == (case.supervisor.actor.id, case.house.clock.now())


@pytest.mark.rule("ROL-3")
@pytest.mark.parametrize("column", ["asked", "thing", "reason", "beneficiary_id", "proposer"])
def test_what_was_changed_after_it_was_asked_for_is_not_agreed_to(case: Case, column: str) -> None:
    another = a_person(case.house, "hub_manager")
    asked = json.loads(case.proposal.asked) | {"role": "hub_manager"}
    changed = {"asked": rules.written(asked), "beneficiary_id": another.id, "proposer": str(another.id)}
    by_hand(case.house, Proposal, case.proposal.id, **{column: changed.get(column, "something else")})

    with pytest.raises(NotWhatWasAsked):
        approve(case.house, case.supervisor, case.proposal)

    by_hand(case.house, Proposal, case.proposal.id, digest=rules.digest(as_kept(case.house, case.proposal).bound))
    with pytest.raises(NotWhatWasAsked):
        approve(case.house, case.supervisor, case.proposal)
    assert held_by(case.house, case.member.id) == []


@pytest.mark.rule("ROL-3")
def test_what_one_looked_at_is_what_one_agrees_to(sqlite_case: Case) -> None:
    house = sqlite_case.house
    other: Proposal = grant(house, sqlite_case.manager, a_person(house, hub_team=True).id, "hub_coordinator")

    for digest in (other.digest, sqlite_case.proposal.digest.upper(), "", "ü", "\ud800", "0" * 64):
        with pytest.raises(NotWhatWasAsked):
            approve(house, sqlite_case.supervisor, sqlite_case.proposal, digest)


def test_the_same_thing_asked_again_has_another_digest(sqlite_case: Case) -> None:
    refuse(sqlite_case.house, sqlite_case.supervisor, sqlite_case.proposal)

    again: Proposal = grant(sqlite_case.house, sqlite_case.manager, sqlite_case.member.id, "hub_coordinator")

    assert (again.kind, again.asked, again.thing) == (
        sqlite_case.proposal.kind, sqlite_case.proposal.asked, sqlite_case.proposal.thing,
    )  # fmt: skip
    assert again.digest != sqlite_case.proposal.digest


@pytest.mark.rule("ROL-3", "ROL-4")
def test_neither_whoever_asked_nor_whom_it_is_for_nor_anybody_without_the_role_decides(house: House) -> None:
    manager = someone(house, "hub_manager")
    supervisor = a_person(house, "hub_supervisor")
    proposal: Proposal = grant(house, manager, supervisor.id, "hub_manager")

    for who, refusal in (
        (manager, OwnProposal),
        (at_work(house, supervisor), ForOneself),
        (someone(house, "hub_coordinator"), NotFound),
        (someone(house, "delegate"), NotFound),
        (someone(house, "ig_officer"), NotFound),
    ):
        with pytest.raises(refusal):
            approve(house, who, proposal)
        with pytest.raises(refusal):
            refuse(house, who, proposal)
    with pytest.raises(NotFound), house.work(*manager) as ctx:
        proposals.approve(ctx, uuid4(), digest=proposal.digest)
    with pytest.raises(NotTheProposer):
        take_back(house, someone(house, "hub_supervisor"), proposal)
    with pytest.raises(NotFound):
        take_back(house, someone(house, "delegate"), proposal)


@pytest.mark.rule("ROL-3", "IDN-6")
def test_both_give_a_fresh_code(house: House) -> None:
    member = a_person(house, hub_team=True)
    with pytest.raises(FreshCodeNeeded):
        grant(house, someone(house, "hub_manager", fresh=False), member.id, "hub_coordinator")
    proposal: Proposal = grant(house, someone(house, "hub_manager"), member.id, "hub_coordinator")

    stale = someone(house, "hub_supervisor", fresh=False)
    with pytest.raises(FreshCodeNeeded):
        approve(house, stale, proposal)
    with pytest.raises(FreshCodeNeeded):
        refuse(house, stale, proposal)


@pytest.mark.rule("ROL-3")
@pytest.mark.parametrize("how", ["role taken back", "role past its last day", "locked", "closed"])
def test_a_proposal_is_void_once_its_proposer_could_not_make_it(case: Case, clock: FixedClock, how: str) -> None:
    house, proposer = case.house, case.manager.actor.person_id
    [role] = held_by(house, proposer)
    if how == "role taken back":
        end(house, someone(house, "hub_manager"), role.id)
    elif how == "role past its last day":
        by_hand(house, type(role), role.id, ends_at=clock.now())
    else:
        by_hand(house, Person, proposer, **{f"{how}_at": clock.now()})

    with pytest.raises(ProposerGone):
        approve(house, case.supervisor, case.proposal)
    with house.reading(*case.supervisor) as ctx:
        assert isinstance(queries.why_not(ctx, queries.visible(ctx, case.proposal.id)), ProposerGone)
    refuse(house, case.supervisor, case.proposal)

    assert held_by(house, case.member.id) == []


@pytest.mark.rule("ROL-3", "DEC-4")
def test_a_second_person_whose_role_ended_a_moment_ago_decides_nothing(case: Case) -> None:
    [role] = held_by(case.house, case.supervisor.actor.person_id)
    end(case.house, case.manager, role.id)

    with pytest.raises(Forbidden):
        approve(case.house, case.supervisor, case.proposal)
    with pytest.raises(Forbidden):
        refuse(case.house, case.supervisor, case.proposal)


@pytest.mark.rule("ROL-3")
def test_one_thing_waits_once_and_can_be_asked_for_again_when_it_is_over(case: Case, clock: FixedClock) -> None:
    house = case.house

    def asks() -> Proposal:
        asked: Proposal = grant(house, fresh(house, case.manager), case.member.id, "hub_coordinator")
        return asked

    with pytest.raises(WaitsAlready):
        asks()
    refuse(house, case.supervisor, case.proposal)
    take_back(house, case.manager, asks())
    asks()
    clock.move(timedelta(days=14) - timedelta(seconds=1))
    with pytest.raises(WaitsAlready):
        asks()
    clock.move(timedelta(seconds=1))
    asks()

    states = sorted(row.state for row in every(house, Proposal))
    assert states == ["expired", "proposed", "refused", "taken_back"]


@pytest.mark.rule("ROL-3", "AUD-1")
def test_the_scheduler_closes_what_nobody_decided(case: Case, clock: FixedClock) -> None:
    job = job_named("expire-proposals")
    assert isinstance(job, Job)
    clock.move(timedelta(days=14) - timedelta(seconds=1))
    assert run_now(case.house, job) == Run()

    clock.move(timedelta(seconds=1))
    assert run_now(case.house, job) == Run(found=1, done=1)
    assert run_now(case.house, job) == Run()

    [entry] = logged(case.house, "proposal.expired")
    assert (entry.actor_kind, entry.actor_id) == ("job", "expire-proposals")


@pytest.mark.rule("ROL-3", "AUD-2")
def test_what_cannot_be_done_any_more_leaves_the_proposal_as_it_was(case: Case) -> None:
    with case.house.work(COMMAND) as ctx:
        use_cases.grant_role(ctx, case.member.id, role="hub_coordinator", reason=WHY)

    with pytest.raises(RoleAlreadyHeld):
        approve(case.house, case.supervisor, case.proposal)

    assert as_kept(case.house, case.proposal).state == State.PROPOSED
    assert logged(case.house, "proposal.approved") == []


@pytest.mark.rule("ROL-3")
def test_only_a_person_proposes_and_says_why(sqlite_house: House) -> None:
    member = a_person(sqlite_house, hub_team=True)

    with sqlite_house.work(COMMAND) as ctx, pytest.raises(Forbidden):
        proposals.propose(ctx, "role.grant", {}, thing="x", reason=WHY, beneficiary_id=member.id)
    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx, pytest.raises(Forbidden):
        proposals.propose(ctx, "role.grant", {}, thing="x", reason=WHY, beneficiary_id=member.id)
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx, pytest.raises(Invalid):
        proposals.propose(ctx, "role.grant", {}, thing="x", reason=" ", beneficiary_id=member.id)
    with sqlite_house.reading(NOBODY) as ctx:
        assert not queries.takes_part(ctx)


@pytest.mark.rule("ROL-3")
def test_a_refusal_says_why(sqlite_case: Case) -> None:
    with pytest.raises(Invalid):
        refuse(sqlite_case.house, sqlite_case.supervisor, sqlite_case.proposal, reason="  ")
    refuse(sqlite_case.house, sqlite_case.supervisor, sqlite_case.proposal, reason="We wait for spring.")

    assert as_kept(sqlite_case.house, sqlite_case.proposal).decision_reason == "We wait for spring."


def test_an_act_is_named_once() -> None:
    with pytest.raises(TypeError):
        takes_two("role.grant", propose=Permission.ROLE_GRANT, approve=Permission.ROLE_APPROVE)(lambda *_: None)


def test_every_refusal_of_this_room_says_its_rule_and_what_to_do() -> None:
    for refusal in (ForOneself, NotTheProposer, NotWhatWasAsked, OwnProposal, ProposalOver, ProposerGone, WaitsAlready):
        assert issubclass(refusal, Refusal)
        assert refusal.rule == "ROL-3"

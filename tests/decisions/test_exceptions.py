"""Break-glass opens one case for hours, and a conflict of interest shuts one as if there were none (DEC-5, DEC-6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from audit.models import AuditEntry
from compliance.app import create_app, house_of
from compliance.decisions.exceptions import use_cases
from compliance.decisions.exceptions.errors import (
    BreakGlassForOneself,
    BreakGlassOver,
    KeptFromCase,
    NothingToStandOn,
    OpenAlready,
    OwnBreakGlass,
    ReviewedAlready,
    StillOpen,
)
from compliance.decisions.exceptions.models import BreakGlass, ConflictAttempt
from compliance.identity.access_tokens import issue
from compliance.identity.errors import FreshCodeNeeded
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden, Invalid
from compliance.kernel.jobs import Job, run_now
from compliance.licences import use_cases as licences
from compliance.licences.queries import active_for
from compliance.licences.rules import Suspension
from compliance.scheduler import job_named
from tests.builders import exceptions as build
from tests.builders.decisions import MANY, CaseSystem, a_question, the_case_system
from tests.builders.identity import every, letters, logged, someone
from tests.builders.licences import a_licence, acting, an_organisation, seats

ALEX = "alex@swale.gov.uk"


@pytest.fixture
def desk(sqlite_app: Flask) -> CaseSystem:
    """The case system, and Alex of Swale with an active licence in mid-Kent and Medway."""
    house = house_of(sqlite_app)
    seats(house)
    a_licence(house, an_organisation(house))
    return the_case_system(sqlite_app)


@pytest.fixture
def house(desk: CaseSystem) -> House:
    return house_of(desk.app)


@pytest.fixture
def alex(house: House) -> UUID:
    return next(person.id for person in every(house, Person) if person.email == ALEX)


def entry(house: House, answer: dict[str, Any]) -> AuditEntry:
    with house.reading(operator("test")) as ctx:
        return ctx.session.get_one(AuditEntry, answer["context"]["receipt"]["entry"])


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what no two answers share: its receipt, its versions and its instant."""
    varies = ("receipt", "state_version", "policy_version", "valid_until")
    context = {name: value for name, value in answer["context"].items() if name not in varies}
    return {"decision": answer["decision"], "context": context}


def fresh(desk: CaseSystem) -> CaseSystem:
    return CaseSystem(desk.app, desk.client_id, issue(house_of(desk.app), desk.client_id, ["decisions"])[0])


@pytest.mark.rule("DEC-5", "DEC-7")
def test_break_glass_opens_what_area_or_closed_marac_would_refuse_and_says_so(
    desk: CaseSystem, house: House, alex: UUID
) -> None:
    assert desk.first_failing(ALEX, "case.view", "case", "C-1", area="north-kent") == "ROL-2"
    assert desk.first_failing(ALEX, "case.view", "case", "C-2", closed=True) == "DEC-1"

    given = build.opened(house, alex, area="north-kent", hours=2)
    build.opened(house, alex, "C-2")

    answer = desk.asks(ALEX, "case.view", "case", "C-1", area="north-kent")
    assert answer["decision"] is True
    assert list(answer["context"]["reason_admin"]) == ["DEC-5"]
    assert entry(house, answer).rules == "DEC-5"
    assert (entry(house, answer).outcome, entry(house, answer).reference) == ("permit", "C-1")
    assert desk.first_failing(ALEX, "case.view", "case", "C-2", closed=True) is None
    assert desk.first_failing(ALEX, "document.download", "document", "D-9", case="C-1", area="north-kent") is None
    assert desk.first_failing(ALEX, "case.view", "case", "C-3", area="north-kent") == "ROL-2"
    assert desk.first_failing(ALEX, "case.view", "case", "C-1") is None, "a case of one's own area"
    assert desk.first_failing(ALEX, "case.view", "case", "C-1", area="west-kent") == "ROL-2"
    assert given.until == house.clock.now() + timedelta(hours=2)


@pytest.mark.rule("DEC-5")
def test_a_permit_that_needs_no_break_glass_does_not_say_it_stands_on_one(
    desk: CaseSystem, house: House, alex: UUID
) -> None:
    build.opened(house, alex, area="mid-kent")

    answer = desk.asks(ALEX, "case.view", "case", "C-1")

    assert answer["decision"] is True
    assert "reason_admin" not in answer["context"]
    assert entry(house, answer).rules is None


@pytest.mark.rule("DEC-5", "SIG-6", "IDN-4", "LIC-3", "ROL-2")
def test_break_glass_stands_in_for_nothing_else(desk: CaseSystem, house: House, alex: UUID) -> None:
    build.opened(house, alex, area="north-kent")
    north: dict[str, Any] = {"area": "north-kent"}

    assert desk.first_failing(ALEX, "case.close", "case", "C-1", **north) == "DEC-1", "no role of theirs permits it"
    assert (
        desk.first_failing(ALEX, "research.write", "case", "C-1", owner_organisation="kent-police", **north) == "ROL-2"
    )
    with acting(house) as ctx:
        (licence,) = active_for(ctx, alex)
        licences.suspend(ctx, licence.id, reason=Suspension.INVESTIGATION)
    assert desk.first_failing(ALEX, "case.view", "case", "C-1", **north) == "LIC-3"


@pytest.mark.rule("DEC-5", "DEC-7", "DEC-4")
def test_break_glass_is_over_at_its_instant_though_no_job_has_run(
    desk: CaseSystem, house: House, alex: UUID, clock: FixedClock
) -> None:
    build.opened(house, alex, area="north-kent", hours=1)
    clock.move(timedelta(minutes=59, seconds=58))
    late = fresh(desk).asks(ALEX, "case.view", "case", "C-1", area="north-kent")
    assert late["decision"] is True
    assert late["context"]["valid_until"] == "2026-11-21T11:00:00.000Z"

    clock.move(timedelta(seconds=2))

    assert fresh(desk).first_failing(ALEX, "case.view", "case", "C-1", area="north-kent") == "ROL-2"
    assert every(house, BreakGlass)[0].ended_at is None
    job = job_named("close-break-glass")
    assert isinstance(job, Job)
    run_now(house, job)
    assert every(house, BreakGlass)[0].ended_at == every(house, BreakGlass)[0].until
    assert len(logged(house, "break_glass.ended")) == 1


@pytest.mark.rule("DEC-5", "ROL-3", "IDN-6")
def test_who_may_open_what_to_whom(house: House, alex: UUID, desk: CaseSystem, clock: FixedClock) -> None:
    manager, stale = someone(house, "hub_manager"), someone(house, "hub_supervisor", fresh=False)

    with pytest.raises(BreakGlassForOneself):
        build.opened(house, UUID(manager.actor.id), who=manager)
    with pytest.raises(FreshCodeNeeded):
        build.opened(house, alex, who=stale)
    for role in ("hub_coordinator", "ig_officer"):
        with pytest.raises(Forbidden):
            build.opened(house, alex, who=someone(house, role))
    for wrong in ({"hours": 25}, {"hours": 0}, {"area": "surrey"}, {"reason": " "}, {"reference": "C\n1"}):
        with pytest.raises(Invalid):
            build.opened(house, alex, who=manager, **wrong)
    with pytest.raises(NothingToStandOn):
        build.opened(house, UUID(someone(house, "hub_coordinator").actor.id), who=manager)

    build.opened(house, alex, who=manager, hours=1)
    with pytest.raises(OpenAlready):
        build.opened(house, alex, who=manager)
    clock.move(timedelta(hours=2))
    build.opened(house, alex)
    assert [each.ended_at is None for each in sorted(every(house, BreakGlass), key=lambda one: one.granted_at)] == [
        False,
        True,
    ]


@pytest.mark.rule("DEC-5")
def test_a_closed_case_opened_is_looked_at_by_an_officer_who_is_asked_to(
    house: House, alex: UUID, desk: CaseSystem, clock: FixedClock
) -> None:
    officer, supervisor = someone(house, "ig_officer"), someone(house, "hub_supervisor")
    given = build.opened(house, alex, who=supervisor)
    written = [*letters(house, UUID(officer.actor.id)), *letters(house, alex, "break_glass_opened")]
    assert [letter["kind"] for letter in written] == ["break_glass_granted", "break_glass_opened"]
    assert not any("C-1" in each or "Made-Up" in each.replace("Hello Alex Made-Up", "")
                   for letter in written for each in letter.values())  # fmt: skip
    assert given.review_due_on.isoformat() == "2026-11-27"

    def look(who: Any, *, justified: bool = True) -> BreakGlass:
        with house.work(*who) as ctx:
            return use_cases.review_break_glass(ctx, given.id, justified=justified, review="It was called at night.")

    with pytest.raises(StillOpen):
        look(officer)
    with house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.end_break_glass(ctx, given.id)
    assert desk.first_failing(ALEX, "case.view", "case", "C-1", closed=True) == "DEC-1"
    with house.work(*supervisor) as ctx, pytest.raises(BreakGlassOver):
        use_cases.end_break_glass(ctx, given.id)
    with pytest.raises(Forbidden):
        look(someone(house, "hub_manager"))
    both = someone(house, "hub_supervisor", "ig_officer")
    other = build.opened(house, alex, "C-5", who=both)
    with house.work(*both) as ctx:
        use_cases.end_break_glass(ctx, other.id)
    with house.work(*both) as ctx, pytest.raises(OwnBreakGlass):
        use_cases.review_break_glass(ctx, other.id, justified=True, review="My own.")

    found = look(officer, justified=False)
    assert (found.justified, found.reviewed_by) == (False, officer.actor.id)
    assert found.review is not None
    assert b"night" not in found.review
    with pytest.raises(ReviewedAlready):
        look(officer)
    assert [row.outcome for row in logged(house, "break_glass.reviewed")] == ["done"]


@pytest.mark.rule("DEC-5")
def test_what_nobody_looked_at_is_called_to_mind_on_its_day_and_when_it_is_late(
    house: House, alex: UUID, desk: CaseSystem, clock: FixedClock
) -> None:
    officer = UUID(someone(house, "ig_officer").actor.id)
    build.opened(house, alex)
    job = job_named("call-break-glass-to-mind")
    assert isinstance(job, Job)

    def after(days: int) -> list[str]:
        clock.move(timedelta(days=days))
        run_now(house, job)
        run_now(house, job)
        return [letter["kind"] for letter in letters(house, officer)]

    assert after(5) == ["break_glass_granted"]
    assert after(1) == ["break_glass_granted", "break_glass_due"]
    assert after(1) == ["break_glass_granted", "break_glass_due", "break_glass_overdue"]
    assert after(9) == ["break_glass_granted", "break_glass_due", "break_glass_overdue"]


@pytest.mark.rule("DEC-6", "DEC-2")
@pytest.mark.parametrize(
    ("action", "kind", "properties"),
    [
        ("case.view", "case", {}),
        ("case.view", "case", {"closed": True}),
        ("case.view", "case", {"area": "north-kent"}),
        ("research.write", "research", {"case": "C-1", "owner_organisation": "swale"}),
        ("document.download", "document", {"case": "C-1"}),
        ("minutes.view", "minutes", {"case": "c-1 "}),
        ("case.close", "case", {}),
    ],
)
def test_whoever_is_kept_from_a_case_is_answered_as_if_there_were_none(
    desk: CaseSystem, house: House, alex: UUID, action: str, kind: str, properties: dict[str, Any]
) -> None:
    build.kept(house, alex)
    reference = "R-7" if "case" in properties else "C-1"
    of_none = a_question(ALEX, action, kind, "never-used")
    of_none["resource"].pop("properties")

    answer = desk.asks(ALEX, action, kind, reference, **properties)

    assert said(answer) == said(desk.post("/access/v1/evaluation", of_none).get_json())
    assert answer["decision"] is False
    assert "DEC-6" not in str(answer)
    found = entry(house, answer)
    assert "DEC-6" not in f"{found.rules} {found.detail}"
    many = {"evaluations": [a_question(ALEX, action, kind, reference, **properties)]}
    assert [said(each) for each in desk.post(MANY, many).get_json()["evaluations"]] == [said(answer)]


@pytest.mark.rule("DEC-6")
def test_a_conflict_beats_every_role_invitations_and_break_glass(desk: CaseSystem, house: House, alex: UUID) -> None:
    with acting(house) as ctx:
        licences.invite_to_case(ctx, reference="C-1", person_id=alex, closed=True)
    build.opened(house, alex)
    assert desk.first_failing(ALEX, "case.view", "case", "C-1", closed=True) is None

    build.kept(house, alex)

    assert desk.first_failing(ALEX, "case.view", "case", "C-1", closed=True) == "DEC-3"
    assert desk.first_failing(ALEX, "case.view", "case", "C-2") is None
    assert desk.first_failing(ALEX, "case_system.use", "case_system", "cms", area=None) is None
    with pytest.raises(KeptFromCase):
        build.opened(house, alex)


@pytest.mark.rule("DEC-6")
def test_an_attempt_is_kept_once_a_day_and_tells_only_those_who_set_the_conflict(
    desk: CaseSystem, house: House, alex: UUID, clock: FixedClock
) -> None:
    first, second = someone(house, "hub_coordinator"), someone(house, "hub_supervisor")
    conflict = build.kept(house, alex, "C-1", first, second)
    for _ in range(3):
        desk.asks(ALEX)
    desk.asks(ALEX, "case.update")
    desk.asks(ALEX, "case.view", "case", "C-2")

    kept = every(house, ConflictAttempt)
    assert sorted((each.conflict_id, each.action, each.told_at) for each in kept) == [
        (conflict.id, "case.update", None),
        (conflict.id, "case.view", None),
    ]
    other = create_app(house.settings, clock)
    CaseSystem(other, desk.client_id, desk.token).asks(ALEX)
    house_of(other).engine.dispose()
    assert len(every(house, ConflictAttempt)) == 2

    job = job_named("tell-who-set-conflicts")
    assert isinstance(job, Job)
    run_now(house, job)
    run_now(house, job)
    for who in (first, second):
        (letter,) = letters(house, UUID(who.actor.id), "something_to_see")
        assert "C-1" not in str(letter)
        assert "Alex" not in str(letter)
    assert len(logged(house, "conflict.told")) == 1
    clock.move(timedelta(days=1))
    fresh(desk).asks(ALEX)
    assert len(every(house, ConflictAttempt)) == 3


@pytest.mark.rule("DEC-6")
def test_a_lifted_conflict_opens_the_case_again(desk: CaseSystem, house: House, alex: UUID) -> None:
    conflict = build.kept(house, alex)
    assert desk.first_failing(ALEX) == "DEC-3"

    build.lifted(house, conflict)

    assert desk.first_failing(ALEX) is None

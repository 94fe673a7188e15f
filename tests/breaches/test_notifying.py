"""A personal-data breach from its report to the last stage that the ICO is told: who may, what is kept, what is refused (BRE-3, BRE-6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from compliance.breaches.notifying import jobs, opening, queries, saying, use_cases
from compliance.breaches.notifying.errors import (
    AssessedMeanwhile,
    ClockRuns,
    DecidedAlready,
    LatenessNeedsReason,
    NotAssessed,
    NotDecidedToTell,
    PeopleNotDecided,
    PeopleToldAlready,
    RiskAsksForTelling,
    ToldAlready,
)
from compliance.breaches.notifying.models import BreachAssessment, DataBreach, NotificationStage
from compliance.breaches.notifying.queries import Which
from compliance.breaches.notifying.rules import Decision, PeopleDecision, Risk, Status
from compliance.breaches.notifying.use_cases import Told
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from tests.builders.flags import a_conflict
from tests.builders.identity import Acting, a_person, at_work, every, letters, logged, someone
from tests.builders.incidents import HOUR, a_data_breach, an_incident, as_it_is, assessed, known


def decided(
    house: House, breach: DataBreach, by: Acting, decision: Decision = Decision.NOTIFY, assessment: int = 1
) -> None:
    with house.work(*by) as ctx:
        use_cases.decide(ctx, breach.id, decision, reasons="Because.", assessment=assessment)


def told(
    house: House, breach: DataBreach, by: Acting, *, assessment: int = 1, more: bool = True, **said: object
) -> None:
    with house.work(*by) as ctx:
        now = Told(at=ctx.now(), more_to_follow=more)
        use_cases.tell_regulator(ctx, breach.id, replace(now, **said), assessment=assessment)  # type: ignore[arg-type]


@pytest.mark.rule("BRE-3", "BRE-6")
def test_a_breach_is_assessed_decided_told_in_stages_and_everything_is_kept(house: House, clock: FixedClock) -> None:
    manager, officer = someone(house, "hub_manager"), someone(house, "ig_officer")
    breach = a_data_breach(house)
    assert breach.tell_by - breach.aware_at == 72 * HOUR

    with pytest.raises(NotAssessed):
        decided(house, breach, manager, assessment=0)
    assert assessed(house, breach, Risk.NOT_KNOWN, officer, categories=(), people=None) == 1
    with pytest.raises(RiskAsksForTelling):
        decided(house, breach, manager, Decision.NOT_NOTIFY)
    with pytest.raises(NotDecidedToTell):
        told(house, breach, manager)
    decided(house, breach, manager)
    with pytest.raises(DecidedAlready):
        decided(house, breach, manager)

    clock.move(70 * HOUR)
    told(house, breach, someone(house, "hub_manager"), words="The first.", reference="IC-1")
    now = as_it_is(house, breach)
    assert (now.status, now.more_to_follow, now.breach.regulator_reference) == (Status.NOTIFIED, True, "IC-1")
    assert now.breach.late_reason is None
    manager = someone(house, "hub_manager")
    with pytest.raises(ToldAlready):
        decided(house, breach, manager, Decision.NOT_NOTIFY)

    clock.move(30 * HOUR)
    manager = someone(house, "hub_manager")
    assert assessed(house, breach, Risk.HIGH) == 2
    with pytest.raises(AssessedMeanwhile):
        told(house, breach, manager, assessment=1)
    told(house, breach, manager, assessment=2, more=False)
    now = as_it_is(house, breach)
    assert (now.more_to_follow, now.breach.regulator_reference) == (False, "IC-1"), "what follows is not late"
    assert [(row.number, row.assessment_number) for row in every(house, NotificationStage)] == [(1, 1), (2, 2)]
    assert [row.number for row in sorted(every(house, BreachAssessment), key=lambda row: row.number)] == [1, 2]

    with house.reading(*manager) as ctx:
        [said] = saying.everything(ctx, now.breach, "decision_words")
        assert (said.what, said.words) == ("notify", "Because.")
    held = [entry.detail for entry in logged(house, "data_breach.told")]
    assert len(held) == 2
    assert not any("first" in each or "wrong address" in each for each in held)


@pytest.mark.rule("BRE-6")
def test_telling_late_needs_its_reason_and_not_a_minute_before(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    for hours, late in ((72 * HOUR, False), (72 * HOUR + timedelta(minutes=1), True)):
        breach = a_data_breach(house)
        assessed(house, breach)
        decided(house, breach, someone(house, "hub_manager"))
        clock.move(hours)
        manager = someone(house, "hub_manager")
        if not late:
            told(house, breach, manager)
            assert as_it_is(house, breach).breach.late_reason is None
            continue
        for nothing in ("", "  \n"):
            with pytest.raises(LatenessNeedsReason) as refused:
                told(house, breach, manager, late_reason=nothing)
        assert refused.value.rule == "BRE-6"
        assert refused.value.fields[0].pointer == "/late_reason"
        told(house, breach, manager, late_reason="It was found on a Sunday.")
        assert as_it_is(house, breach).breach.late_reason is not None


@pytest.mark.rule("BRE-3", "BRE-6")
def test_not_telling_holds_only_as_long_as_harm_is_unlikely(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    manager = someone(house, "hub_manager")
    breach = a_data_breach(house)
    assessed(house, breach, Risk.UNLIKELY)
    with pytest.raises(Invalid) as refused, house.work(*manager) as ctx:
        use_cases.decide(ctx, breach.id, "not_notify", reasons=" ", assessment=1)
    assert refused.value.fields[0].pointer == "/reasons"
    decided(house, breach, manager, Decision.NOT_NOTIFY)
    assert as_it_is(house, breach).status is Status.NOT_NOTIFIED
    assessed(house, breach, Risk.UNLIKELY)
    assert as_it_is(house, breach).status is Status.NOT_NOTIFIED

    assessed(house, breach, Risk.LIKELY)

    now = as_it_is(house, breach)
    assert now.status is Status.STARTED
    clock.move(73 * HOUR)
    assert listed(house, Which.OVER) == {breach.id}
    decided(house, breach, someone(house, "hub_manager"), assessment=3)
    with house.reading(*manager) as ctx:
        said = saying.everything(ctx, queries.one(ctx, breach.id).breach, "decision_words")
    assert [each.what for each in said] == ["not_notify", "notify"], "what was decided before is kept"


@pytest.mark.rule("BRE-3")
def test_people_are_told_once_after_it_is_decided_with_reasons_and_decided_again_when_risk_becomes_high(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    manager = someone(house, "hub_manager")
    breach = a_data_breach(house)
    assessed(house, breach, Risk.LIKELY)

    def people(decision: PeopleDecision, assessment: int) -> None:
        with house.work(*manager) as ctx:
            use_cases.decide_people(ctx, breach.id, decision, reasons="Because.", assessment=assessment)

    def say(at: datetime) -> None:
        with house.work(*manager) as ctx:
            use_cases.people_told(ctx, breach.id, at=at, words="By telephone.")

    with pytest.raises(PeopleNotDecided):
        say(clock.now())
    people(PeopleDecision.NOT_TELL, 1)
    assert listed(house, Which.PEOPLE) == set()
    assessed(house, breach, Risk.HIGH)
    assert as_it_is(house, breach).breach.people_decision is None
    assert listed(house, Which.PEOPLE) == {breach.id}
    people(PeopleDecision.NOT_TELL, 2)
    assessed(house, breach, Risk.HIGH)
    assert as_it_is(house, breach).breach.people_decision == "not_tell", "it was decided on a high risk"
    people(PeopleDecision.TELL, 3)
    assert listed(house, Which.PEOPLE) == {breach.id}
    for wrong in (clock.now() + HOUR, breach.aware_at - HOUR):
        with pytest.raises(Invalid):
            say(wrong)
    say(clock.now())
    assert listed(house, Which.PEOPLE) == set()
    for again in (lambda: say(clock.now()), lambda: people(PeopleDecision.TELL, 3)):
        with pytest.raises(PeopleToldAlready):
            again()


@pytest.mark.rule("BRE-3")
def test_awareness_is_neither_after_the_report_nor_before_the_event_and_the_clock_never_gains_time(
    sqlite_house: House, clock: FixedClock
) -> None:
    house, officer = sqlite_house, someone(sqlite_house, "ig_officer")
    now = clock.now()
    incident = an_incident(house, kind="failure_to_share", happened_at=now - 5 * HOUR, aware_at=now - 2 * HOUR)
    clock.move(HOUR)

    def opens(at: datetime | None) -> DataBreach:
        with house.work(*officer) as ctx:
            return opening.open_clock(ctx, incident.id, aware_at=at)

    for wrong in (now + timedelta(seconds=1), now - 5 * HOUR - timedelta(seconds=1)):
        with pytest.raises(Invalid) as refused:
            opens(wrong)
        assert refused.value.fields[0].pointer == "/aware_at"
    breach = opens(None)
    assert breach.aware_at == now - 2 * HOUR
    with pytest.raises(ClockRuns):
        opens(None)

    def corrects(at: datetime) -> DataBreach:
        with house.work(*officer) as ctx:
            return opening.correct_awareness(ctx, breach.id, aware_at=at)

    for wrong in (now - HOUR, now - 2 * HOUR, now - 6 * HOUR):
        with pytest.raises(Invalid):
            corrects(wrong)
    assert corrects(now - 3 * HOUR).tell_by == now + 69 * HOUR
    assessed(house, breach)
    decided(house, breach, someone(house, "hub_manager"))
    told(house, breach, someone(house, "hub_manager"))
    with pytest.raises(ToldAlready):
        corrects(now - 4 * HOUR)


@pytest.mark.rule("BRE-3")
def test_the_regulator_is_told_neither_in_the_future_nor_before_anybody_knew_nor_out_of_order(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    breach = a_data_breach(house)
    clock.move(4 * HOUR)
    assessed(house, breach)
    manager = someone(house, "hub_manager")
    decided(house, breach, manager)
    for wrong in (clock.now() + timedelta(seconds=1), breach.aware_at - timedelta(minutes=1)):
        with pytest.raises(Invalid) as refused:
            told(house, breach, manager, at=wrong)
        assert refused.value.fields[0].pointer == "/at"
    told(house, breach, manager, at=breach.aware_at + 3 * HOUR)
    with pytest.raises(Invalid):
        told(house, breach, manager, at=breach.aware_at + 2 * HOUR)


@pytest.mark.rule("BRE-3")
def test_what_is_written_is_short_and_clean_and_kinds_of_data_are_those_of_the_policy(sqlite_house: House) -> None:
    house, officer = sqlite_house, someone(sqlite_house, "ig_officer")
    breach = a_data_breach(house)
    wrong = {
        "/risk": known(risk="huge"), "/facts": known(facts="a\x00b"), "/effects": known(effects=" "),
        "/remedy": known(remedy="x" * 1001), "/categories": known(categories=("names",)), "/people": known(people=-1),
        "/records": known(records=10**9),
    }  # fmt: skip
    for pointer, said in wrong.items():
        with pytest.raises(Invalid) as refused, house.work(*officer) as ctx:
            use_cases.assess(ctx, breach.id, said, assessment=0)
        assert refused.value.fields[0].pointer == pointer
    with pytest.raises(AssessedMeanwhile), house.work(*officer) as ctx:
        use_cases.assess(ctx, breach.id, known(), assessment=1)
    assert every(house, BreachAssessment) == []


@pytest.mark.rule("BRE-3", "IDN-6", "ROL-4")
def test_who_may_and_that_whoever_is_kept_from_the_case_finds_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    breach = a_data_breach(house, reference="C-7")
    assessed(house, breach)
    for role in ("delegate", "authorised_signatory", "steering_member", "escalation_contact", "executive_chair"):
        with pytest.raises(Forbidden), house.reading(*someone(house, role)) as ctx:
            queries.data_breaches(ctx)
    for role in ("hub_coordinator", "hub_supervisor", "ig_officer"):
        with pytest.raises(Forbidden):
            decided(house, breach, someone(house, role))
    with pytest.raises(FreshCodeNeeded):
        decided(house, breach, someone(house, "hub_manager", fresh=False))

    kept, one, two = (someone(house, "hub_manager") for _ in range(3))
    a_conflict(house, kept.actor.person_id, "C-7", one, two)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        decided(house, breach, kept)
    with house.reading(*kept) as ctx:
        assert queries.data_breaches(ctx).rows == ()
        assert queries.of_incident(ctx, breach.incident_id) is None
        assert queries.counted(ctx).running == 0
    with house.reading(*one) as ctx:
        assert queries.counted(ctx).running == 1


@pytest.mark.rule("BRE-3", "GOV-5")
def test_the_hub_and_the_officer_are_warned_once_each_time_and_whoever_is_kept_from_the_case_is_not(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    manager, officer, kept = (
        a_person(house, "hub_manager"),
        a_person(house, "ig_officer"),
        a_person(house, "ig_officer"),
    )
    a_conflict(house, kept.id, "C-7", *(at_work(house, each) for each in (manager, officer)))
    breach = a_data_breach(house, reference="C-7")
    assert len(letters(house, officer, "data_breach_began")) == 1
    for hours, soon, over in ((23, 0, 0), (2, 1, 0), (24, 2, 0), (18, 3, 0), (6, 3, 1), (100, 3, 1)):
        clock.move(hours * HOUR)
        for _ in range(2):
            assert run_now(house, jobs.WARN).failed == 0
        for person in (manager, officer):
            assert len(letters(house, person, "data_breach_ends_soon")) == soon
            assert len(letters(house, person, "data_breach_over")) == over
    assert letters(house, kept) == []
    assert [entry.detail for entry in logged(house, "data_breach.warned")] == [
        f'{{"hours":{hours}}}' for hours in (48, 24, 6, 0)
    ]
    assert as_it_is(house, breach).breach.reminded_hours == 0
    said = str(letters(house, officer))
    assert "C-7" not in said


@pytest.mark.rule("BRE-3")
def test_no_warning_comes_once_the_regulator_is_told_or_is_not_to_be(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    officer = a_person(house, "ig_officer")
    first, second = a_data_breach(house), a_data_breach(house)
    manager = someone(house, "hub_manager")
    assessed(house, first, Risk.UNLIKELY)
    decided(house, first, manager, Decision.NOT_NOTIFY)
    assessed(house, second)
    decided(house, second, manager)
    told(house, second, manager)

    clock.move(100 * HOUR)

    assert run_now(house, jobs.WARN).found == 0
    assert letters(house, officer, "data_breach_over") == []


def listed(house: House, which: Which) -> set[object]:
    with house.reading(*someone(house, "ig_officer")) as ctx:
        return {row.breach.id for row in queries.data_breaches(ctx, which=which).rows}

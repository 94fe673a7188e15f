"""Organisations that do not take part: asked, answered, raised one group at a time, ended (GOV-2)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from compliance.governance.escalations import jobs, queries, rules, use_cases
from compliance.governance.escalations.errors import (
    AlreadyEscalated,
    AnsweredAlready,
    AnswerNotDue,
    EscalationOver,
    NoGroupAbove,
    RaisedMeanwhile,
)
from compliance.governance.escalations.models import Escalation, EscalationAsk
from compliance.governance.escalations.queries import Which
from compliance.governance.escalations.rules import NEXT, REFUSED, About, Level, Standing, Step
from compliance.governance.escalations.use_cases import Ask
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.calendar import BeyondCalendar
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from tests.builders.escalations import ASKED, again, an_escalation, answered, ended, raised
from tests.builders.identity import Acting, a_person, an_employer, at_work, every, letters, logged, someone
from tests.builders.use import move_to


def asks(house: House) -> dict[str, EscalationAsk]:
    """What each group asked, by the group."""
    return {ask.level: ask for ask in every(house, EscalationAsk)}


def listed(house: House, who: Acting, which: Which = Which.ALL, **asked: object) -> list[str]:
    with house.reading(*who) as ctx:
        page = queries.escalations(ctx, which=which, **asked)  # type: ignore[arg-type]
        return [rules.called(row.escalation.year, row.escalation.number) for row in page.rows]


@pytest.mark.rule("GOV-2")
@pytest.mark.parametrize(("standing", "step"), list(product(Standing, Step)))
def test_every_step_from_every_standing_is_taken_or_refused_by_name(standing: Standing, step: Step) -> None:
    possible = {
        "asked": {"answer": "answered", "end": "ended"},
        "overdue": {"answer": "answered", "raise": "asked", "end": "ended"},
        "answered": {"raise": "asked", "end": "ended"},
        "ended": {},
    }
    follows = possible[standing].get(step)
    if follows is not None:
        assert rules.after(standing, step) == follows
        assert (standing, step) not in REFUSED
        return
    with pytest.raises(REFUSED[standing, step]) as refused:
        rules.after(standing, step)
    assert refused.value.rule == "GOV-2"
    assert (standing, step) not in NEXT


@pytest.mark.rule("GOV-2")
def test_it_goes_up_one_group_at_a_time_and_no_further_than_the_executive() -> None:
    assert [rules.ABOVE.get(level) for level in Level] == [Level.TACTICAL, Level.EXECUTIVE, None]
    with pytest.raises(NoGroupAbove) as refused:
        rules.above(Level.EXECUTIVE)
    assert refused.value.rule == "GOV-2"
    assert Step.RAISE not in rules.steps(Standing.OVERDUE, Level.EXECUTIVE)
    assert Step.RAISE in rules.steps(Standing.OVERDUE, Level.TACTICAL)


@pytest.mark.rule("GOV-2")
def test_the_whole_ladder_with_what_each_group_asked_and_was_answered(house: House, clock: FixedClock) -> None:
    refuge = an_employer(house)
    member, contact = someone(house, "steering_member"), someone(house, "escalation_contact", organisation_id=refuge)
    it = an_escalation(house, refuge, member)
    assert (it.level, it.number, asks(house)["steering"].answer_by) == ("steering", 1, date(2026, 12, 4))

    with pytest.raises(AnswerNotDue):
        raised(house, it)
    answered(house, it, contact)
    with pytest.raises(AnsweredAlready):
        answered(house, it, contact)
    raised(house, it, member)
    assert asks(house)["tactical"].of_whom == "The director"
    move_to(clock, "2026-12-05T09:00")
    raised_late = asks(house)["tactical"].answer_by
    assert raised_late == date(2026, 12, 4), "ten working days from Saturday 21 November"
    raised(house, it, member)
    with pytest.raises(AnswerNotDue):
        raised(house, it, member)
    answered(house, it, contact)
    with pytest.raises(NoGroupAbove):
        raised(house, it, member)
    ended(house, it)

    for act in (answered, raised, ended):
        with pytest.raises(EscalationOver):
            act(house, it)
    with house.work(*contact) as ctx:
        whole = use_cases.view(ctx, it.id)
    assert [(each.ask.level, each.asked, each.answer) for each in whole.asks] == [
        ("steering", "Name who comes from now on.", "We had nobody to send."),
        ("tactical", "Say what you will do.", None),
        ("executive", "Say what you will do.", "We had nobody to send."),
    ]
    assert (whole.grounds, whole.outcome) == ("Not at six meetings.", "Two people come from now on.")
    said = [(entry.event, entry.organisation) for entry in logged(house, "escalation.raised")]
    assert said == [("escalation.raised", str(refuge))] * 2
    assert not any("six meetings" in (entry.detail or "") for entry in logged(house, "escalation.opened"))


@pytest.mark.rule("GOV-2")
def test_one_matter_stands_before_a_group_once_and_can_come_again_when_it_ended(house: House) -> None:
    refuge = an_employer(house)
    it = an_escalation(house, refuge)

    with pytest.raises(AlreadyEscalated):
        an_escalation(house, refuge)
    assert an_escalation(house, refuge, about="actions").number == 2
    assert an_escalation(house).number == 3
    ended(house, it)
    assert an_escalation(house, refuge).number == 4


@pytest.mark.rule("GOV-2")
def test_what_was_read_of_another_group_is_not_done_to_the_one_it_stands_before_now(sqlite_house: House) -> None:
    house = sqlite_house
    it = an_escalation(house)
    member = someone(house, "steering_member")
    contact = someone(house, "delegate", organisation_id=it.organisation_id)
    answered(house, it)
    raised(house, it)
    answered(house, it)

    for who, act in (
        (member, lambda ctx: use_cases.raise_higher(ctx, it.id, level="steering", ask=ASKED)),
        (member, lambda ctx: use_cases.end(ctx, it.id, level="steering", outcome="Done.")),
        (contact, lambda ctx: use_cases.answer(ctx, it.id, level="steering", words="Soon.")),
    ):
        with pytest.raises(RaisedMeanwhile), house.work(*who) as ctx:
            act(ctx)
    assert again(house, it).level == "tactical"


@pytest.mark.rule("GOV-2", "ROL-4")
def test_another_organisations_escalation_does_not_exist_and_only_the_groups_raise_and_end(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    it = an_escalation(house)
    own = someone(house, "escalation_contact", organisation_id=it.organisation_id)
    other = someone(house, "delegate")
    officer, chair = someone(house, "ig_officer"), someone(house, "executive_chair")

    with pytest.raises(NotFound), house.work(*other) as ctx:
        use_cases.view(ctx, it.id)
    with pytest.raises(NotFound):
        answered(house, it, other)
    assert listed(house, other) == []
    for who in (own, officer, chair):
        assert listed(house, who) == ["E-2026-1"]
        with pytest.raises(Forbidden):
            raised(house, it, who)
        with pytest.raises(Forbidden):
            ended(house, it, who)
    for who in (someone(house, "authorised_signatory"), at_work(house, a_person(house))):
        with pytest.raises(Forbidden), house.work(*who) as ctx:
            use_cases.view(ctx, it.id)
        with pytest.raises(Forbidden):
            listed(house, who)
    for who in (own, officer, chair, someone(house, "hub_coordinator")):
        with pytest.raises(Forbidden):
            an_escalation(house, by=who)
    with pytest.raises(Forbidden):
        answered(house, it, officer)
    answered(house, it, someone(house, "hub_coordinator"))


@pytest.mark.rule("GOV-2", "IDN-6")
def test_ending_takes_a_fresh_code(sqlite_house: House) -> None:
    it = an_escalation(sqlite_house)

    with pytest.raises(FreshCodeNeeded):
        ended(sqlite_house, it, someone(sqlite_house, "steering_member", fresh=False))


@pytest.mark.rule("GOV-2")
def test_what_cannot_be_is_refused_where_it_stands(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    for pointer, said in {
        "/about": {"about": "weather"},
        "/grounds": {"grounds": " \n"},
        "/asked": {"ask": Ask("x" * 2001, "Head")},
        "/of_whom": {"ask": Ask("Come.", "Head\x00")},
    }.items():
        with pytest.raises(Invalid) as refused:
            an_escalation(house, **said)
        assert refused.value.fields[0].pointer == pointer
    for day in (london_date(clock.now()), date(2026, 11, 29), date(2026, 12, 25)):
        with pytest.raises(Invalid) as refused:
            an_escalation(house, ask=Ask("Come.", "Head", day))
        assert refused.value.fields[0].pointer == "/answer_by", day
    with pytest.raises(Invalid) as refused, house.work(*someone(house, "steering_member")) as ctx:
        use_cases.open_escalation(ctx, ctx.new_id(), about="actions", grounds="x", ask=ASKED)
    assert refused.value.fields[0].pointer == "/organisation_id"
    assert every(house, Escalation) == []
    move_to(clock, "2029-12-24T09:00")
    with pytest.raises(BeyondCalendar):
        an_escalation(house)


@pytest.mark.rule("GOV-2")
def test_an_organisation_is_reminded_before_on_and_after_its_day_and_the_groups_learn_that_it_did_not_answer(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    refuge = an_employer(house)
    contact = a_person(house, "escalation_contact", organisation_id=refuge)
    member = a_person(house, "steering_member")
    it = an_escalation(house, refuge)
    assert [each["kind"] for each in letters(house, contact)] == ["escalation_asked"]

    told = []
    for _ in range(20):
        clock.move(timedelta(days=1))
        run_now(house, jobs.REMIND)
        run_now(house, jobs.REMIND)
        kinds = [each["kind"] for each in letters(house, contact)[1:]]
        told.append((london_date(clock.now()), kinds, len(letters(house, member, "escalation_unanswered"))))

    before, on, over = "escalation_due", "escalation_due_today", "escalation_overdue"
    seen = {day: (kinds, groups) for day, kinds, groups in told}
    assert seen[date(2026, 12, 1)] == ([], 0)
    assert seen[date(2026, 12, 2)] == seen[date(2026, 12, 3)] == ([before], 0)
    assert seen[date(2026, 12, 4)] == ([before, on], 0)
    assert seen[date(2026, 12, 5)] == seen[date(2026, 12, 11)] == ([before, on, over], 1)
    assert again(house, it).level == "steering", "it never goes up by itself"
    answered(house, it)
    assert len(letters(house, member, "escalation_answered")) == 1
    assert not any("six meetings" in each["body"] for each in (*letters(house, contact), *letters(house, member)))
    assert run_now(house, jobs.REMIND).found == 0


@pytest.mark.rule("GOV-2")
def test_the_list_says_whose_move_it_is_and_is_searched_and_sorted(house: House, clock: FixedClock) -> None:
    member = someone(house, "steering_member")
    first = an_escalation(house, an_employer(house, "Harbour Refuge"))
    second = an_escalation(house, an_employer(house, "Dover Housing"), about="actions")
    answered(house, first)
    raised(house, first)
    answered(house, second)
    third = an_escalation(house, an_employer(house, "Ashford Care"), about="research")
    ended(house, third)
    clock.move(timedelta(days=21))

    for which, numbers in (
        (Which.OPEN, ["E-2026-1", "E-2026-2"]), (Which.ASKED, []), (Which.OVERDUE, ["E-2026-1"]),
        (Which.ANSWERED, ["E-2026-2"]), (Which.ENDED, ["E-2026-3"]),
    ):  # fmt: skip
        assert sorted(listed(house, member, which)) == numbers, which
    assert listed(house, member, level=Level.TACTICAL) == ["E-2026-1"]
    assert listed(house, member, about=About.ACTIONS) == ["E-2026-2"]
    assert listed(house, member, search="dover") == listed(house, member, search="e-2026-2") == ["E-2026-2"]
    assert listed(house, member, sort="-level")[0] == "E-2026-1"
    assert listed(house, member, sort="organisation") == ["E-2026-3", "E-2026-2", "E-2026-1"]
    with house.reading(*member) as ctx:
        assert queries.counted(ctx) == queries.Counted(0, 1, 1)

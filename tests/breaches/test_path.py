"""The path of a breach: every status with every step, who takes which, and by when (BRE-2, BRE-5)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from uuid import uuid4

import pytest

from compliance.breaches import jobs, learning, queries, rules, showing, use_cases
from compliance.breaches.errors import NoSuchStep
from compliance.breaches.models import IncidentAction, IncidentStep
from compliance.breaches.rules import ENDED, MOVES, NEXT, Lesson, Status, Step
from compliance.kernel.calendar import BeyondCalendar
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from policies.values import Policy
from tests.builders.breaches import WAYS, a_cast, as_it_is, brought_to, reported, take, taken
from tests.builders.identity import COMMAND, every, letters, logged, someone

LEADS = {
    "reported": {"raise": "raised"},
    "raised": {"answer": "answered", "resolve": "resolved", "escalate_to_manager": "with_manager"},
    "answered": {"resolve": "resolved", "escalate_to_manager": "with_manager"},
    "with_manager": {"resolve": "resolved", "escalate_to_steering": "with_steering"},
    "with_steering": {"close": "closed"},
    "resolved": {},
    "closed": {},
}
"""Where each step leads, written down a second time."""


@pytest.mark.rule("BRE-2")
@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_every_status_takes_the_steps_of_op_10_2_and_no_other(status: Status, step: Step) -> None:
    leads = LEADS[status].get(step)
    if leads is None:
        with pytest.raises(NoSuchStep):
            rules.after(status, step)
        with pytest.raises(NoSuchStep):
            rules.taken_with(status, step)
    else:
        assert rules.after(status, step) == leads
        assert rules.taken_with(status, step)


@pytest.mark.rule("BRE-2")
def test_each_step_keeps_who_why_and_by_when_and_the_others_are_refused(sqlite_house: House) -> None:
    house = sqlite_house
    cast = a_cast(house)
    days = {
        "reported": (11, 24),
        "raised": (11, 27),
        "answered": (11, 24),
        "with_manager": (11, 27),
        "with_steering": (12, 18),
    }
    for status in Status:
        incident = brought_to(house, cast, status)
        kept = sorted(
            (row for row in every(house, IncidentStep) if row.incident_id == incident.id), key=lambda row: row.number
        )
        assert [row.step for row in kept] == ["report", *WAYS[status]]
        assert [row.number for row in kept] == list(range(1, len(kept) + 1))
        assert kept[-1].status == incident.status == status
        assert b"Tell us why" not in kept[-1].words
        assert (incident.due_on is None) == (status in ENDED)
        if status in days:
            assert incident.due_on == date(2026, *days[status])
        for step in Step:
            if step is Step.REPORT or (status, step) in NEXT:
                continue
            with pytest.raises((NoSuchStep, Invalid, NotFound)) as refused:
                taken(house, incident, step, cast.partner if step is Step.ANSWER else cast.manager)
            assert isinstance(refused.value, NoSuchStep) or status is Status.REPORTED
        assert as_it_is(house, incident).status == status


@pytest.mark.rule("BRE-2", "ROL-4")
def test_each_step_is_taken_by_those_whose_it_is(sqlite_house: House) -> None:
    house = sqlite_house
    cast = a_cast(house)
    everybody = {
        "partner": cast.partner, "other": someone(house, "delegate"), "coordinator": cast.coordinator,
        "manager": cast.manager, "steering": cast.steering, "officer": someone(house, "ig_officer"),
        "signatory": someone(house, "authorised_signatory", organisation_id=cast.partner_id),
    }  # fmt: skip
    may = {
        Step.RAISE: {"coordinator", "manager"}, Step.ANSWER: {"partner"}, Step.CLOSE: {"steering"},
        Step.ESCALATE_TO_MANAGER: {"coordinator", "manager"}, Step.ESCALATE_TO_STEERING: {"manager"},
    }  # fmt: skip
    for status, step in NEXT:
        allowed = may.get(step, {"manager"} if status is Status.WITH_MANAGER else {"coordinator", "manager"})
        incident = brought_to(house, cast, status)
        for name, who in everybody.items():
            if name not in allowed:
                with pytest.raises((Forbidden, NotFound)):
                    taken(house, incident, step, who)
                continue
            with house.work(*who) as ctx:
                assert step in showing.can_take(ctx, queries.readable(ctx, incident.id))
                take(ctx, incident.id, step)
                ctx.session.rollback()
        assert as_it_is(house, incident).status == status


@pytest.mark.rule("BRE-2")
def test_a_breach_is_raised_with_the_partner_that_the_hub_names(sqlite_house: House) -> None:
    house = sqlite_house
    cast = a_cast(house)
    incident = reported(house, cast, organisation_id=None)
    for named in (None, uuid4()):
        with pytest.raises(Invalid) as refused, house.work(*cast.coordinator) as ctx:
            use_cases.raise_with(ctx, incident.id, organisation_id=named, words="Tell us why.")
        assert refused.value.fields[0].pointer == "/organisation"
    incident = taken(house, incident, Step.RAISE, cast.coordinator, organisation_id=cast.partner_id)
    assert incident.organisation_id == cast.partner_id
    assert len(letters(house, cast.partner.actor.person_id or uuid4(), "breach_waits")) == 1
    with pytest.raises(Invalid), house.work(*cast.partner) as ctx:
        use_cases.answer(ctx, incident.id, words="bell \x07")
    with pytest.raises(Invalid), house.work(*cast.partner) as ctx:
        use_cases.answer(ctx, incident.id, words="x" * 1001)


@pytest.mark.rule("BRE-2")
def test_a_day_that_nobody_knows_is_not_guessed(sqlite_house: House, clock: FixedClock) -> None:
    clock.move(timedelta(days=365 * 8))
    cast = a_cast(sqlite_house)
    with pytest.raises(BeyondCalendar):
        reported(sqlite_house, cast)


@pytest.mark.rule("BRE-2")
def test_those_whose_move_it_is_are_reminded_before_on_and_after_the_day_once_each_and_nothing_else_happens(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    cast = a_cast(house)
    incident = brought_to(house, cast, Status.RAISED)
    assert incident.due_on == date(2026, 11, 27), "five working days from Monday on"
    partner = cast.partner.actor.person_id
    manager = cast.manager.actor.person_id
    assert partner
    assert manager
    told = []
    for _ in range(14):
        clock.move(timedelta(days=1))
        for _ in range(2):
            run_now(house, jobs.REMIND)
        now = (len(letters(house, partner, "breach_due")), len(letters(house, partner, "breach_overdue")))
        told.append((clock.now().day, *now))
    assert [day for day, due, _ in told if due == 1] == [26]
    assert [day for day, due, over in told if due == 2 and not over] == [27]
    assert told[-1][1:] == (2, 1)
    assert len(letters(house, manager, "breach_overdue")) == 1, "the hub's managers are told besides"
    assert as_it_is(house, incident).status == Status.RAISED
    assert len(logged(house, "incident.reminded")) == 3
    text = str(letters(house, partner, "breach_overdue"))
    assert "Nothing came" not in text
    assert "Harbour" not in text


@pytest.mark.rule("BRE-2")
def test_an_action_has_an_owner_and_a_day_and_its_owner_is_reminded_until_it_is_done(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    cast = a_cast(house)
    incident = brought_to(house, cast, Status.RESOLVED)
    owner, stranger = cast.partner.actor.person_id, someone(house, "delegate")
    day = date(2026, 12, 1)
    for wrong, pointer in (
        ({"kind": "moon"}, "/kind"), ({"words": ""}, "/words"), ({"owner_id": None}, "/owner"),
        ({"owner_id": stranger.actor.person_id}, "/owner"), ({"due_on": None}, "/due_on"),
        ({"due_on": date(2026, 11, 20)}, "/due_on"),
    ):  # fmt: skip
        said = {"kind": Lesson.ACTION, "words": "Train all.", "owner_id": owner, "due_on": day} | wrong
        with pytest.raises(Invalid) as refused, house.work(*cast.coordinator) as ctx:
            learning.add(ctx, incident.id, **said)  # type: ignore[arg-type]
        assert refused.value.fields[0].pointer == pointer
    for reader in (someone(house, "ig_officer"), stranger):
        with pytest.raises((Forbidden, NotFound)), house.work(*reader) as ctx:
            learning.add(ctx, incident.id, kind=Lesson.LESSON, words="Ask twice.")
    with house.work(*cast.coordinator) as ctx:
        action = learning.add(ctx, incident.id, kind="action", words="Train all.", owner_id=owner, due_on=day)
    assert owner
    assert len(letters(house, owner, "breach_action")) == 1
    for days, due, over in ((8, 0, 0), (1, 1, 0), (1, 2, 0), (1, 2, 1), (5, 2, 1)):
        clock.move(timedelta(days=days))
        run_now(house, jobs.REMIND_OF_ACTIONS)
        assert len(letters(house, owner, "breach_action_due")) == due, clock.now()
        assert len(letters(house, owner, "breach_action_overdue")) == over, clock.now()
    with pytest.raises(Forbidden), house.work(*cast.steering) as ctx:
        learning.done(ctx, incident.id, action.id)
    with house.work(*cast.partner) as ctx:
        learning.done(ctx, incident.id, action.id)
    with pytest.raises(learning.ActionDone), house.work(*cast.coordinator) as ctx:
        learning.done(ctx, incident.id, action.id)
    [row] = every(house, IncidentAction)
    assert row.done_by == cast.partner.actor.id


@pytest.mark.rule("BRE-5")
def test_of_somebodys_conduct_their_organisations_reference_is_kept_and_no_more(sqlite_house: House) -> None:
    house = sqlite_house
    cast = a_cast(house)
    incident = brought_to(house, cast, Status.RAISED)
    other = a_cast(house)
    for who in (other.partner, cast.steering, someone(house, "ig_officer")):
        with pytest.raises((Forbidden, NotFound)), house.work(*who) as ctx:
            learning.refer_conduct(ctx, incident.id, organisation_id=cast.partner_id, reference="HR-1")
    with house.work(*cast.partner) as ctx:
        learning.refer_conduct(ctx, incident.id, organisation_id=other.partner_id, reference="HR-1")
    kept = as_it_is(house, incident)
    assert (kept.conduct_organisation_id, kept.conduct_reference) == (cast.partner_id, "HR-1"), (
        "its own, whatever it says"
    )
    with house.work(*cast.coordinator) as ctx:
        learning.refer_conduct(ctx, incident.id, organisation_id=other.partner_id, reference="HR-2")
    assert as_it_is(house, incident).conduct_organisation_id == other.partner_id
    with pytest.raises(Invalid), house.work(*cast.coordinator) as ctx:
        learning.refer_conduct(ctx, incident.id, organisation_id=other.partner_id, reference="x" * 65)
    with pytest.raises(Invalid), house.work(*cast.coordinator) as ctx:
        learning.refer_conduct(ctx, incident.id, organisation_id=uuid4(), reference="HR-2")
    assert "HR-" not in str([entry.detail for entry in logged(house, "incident.conduct_referred")])


def test_every_status_but_the_ends_has_somebody_whose_move_it_is(sqlite_house: House) -> None:
    assert set(MOVES) == set(Status) - ENDED
    with sqlite_house.reading(COMMAND) as ctx:
        policy = ctx.the(Policy)
    for status in Status:
        due = rules.due_on(status, date(2026, 11, 21), policy.breaches, policy.calendar)
        assert (due is None) == (status in ENDED)

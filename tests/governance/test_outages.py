"""The passphrase and its holders, packs made and fetched, declared outages, and what is written up afterwards (GOV-3)."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from compliance.governance.outages import archive, holding, jobs, keeping, packing, queries, rules, use_cases
from compliance.governance.outages.errors import (
    HolderAlready,
    NoPassphrase,
    NotAHolder,
    NotTranscribed,
    OutageOpen,
    OutageOver,
    PackGone,
    StillDown,
    TooFewHolders,
    TranscribedAlready,
    TurnedMeanwhile,
)
from compliance.governance.outages.models import OutagePack, OutagePassphrase
from compliance.governance.outages.rules import NEXT, REFUSED, Standing, Step
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from policies.values import Policy, packaged
from tests.builders.identity import Acting, at_work, every, logged, someone
from tests.builders.outage_days import a_holder, a_passphrase, again, an_outage, back, person_of, taken


def words(house: House, who: Acting, number: int | None = None) -> str:
    with house.work(*who) as ctx:
        return holding.reveal(ctx, number)[1]


def person(who: Acting) -> UUID:
    assert who[0].person_id is not None
    return who[0].person_id


@pytest.mark.rule("GOV-3")
@pytest.mark.parametrize(("standing", "step"), list(product(Standing, Step)))
def test_every_step_from_every_standing_is_taken_or_refused_by_name(standing: Standing, step: Step) -> None:
    possible = {
        "down": {"expect": "down", "take": "down", "end": "back"},
        "back": {"take": "back", "close": "closed"},
        "closed": {},
    }
    follows = possible[standing].get(step)
    if follows is not None:
        assert rules.after(standing, step) == follows
        return
    with pytest.raises(REFUSED[standing, step]) as refused:
        rules.after(standing, step)
    assert refused.value.rule == "GOV-3"
    assert (standing, step) not in NEXT


@pytest.mark.rule("GOV-3")
@pytest.mark.parametrize(
    ("hours", "codes"),
    [
        (1, ["announce", "move_meeting"]),
        (24, ["announce", "move_meeting"]),
        (25, ["announce", "offline_referrals", "daily_research"]),
        (24 * 6, ["announce", "offline_referrals", "daily_research"]),  # The fifth working day itself.
        (24 * 7, ["announce", "offline_referrals", "daily_research", "fortnightly_meetings"]),
    ],
)
def test_which_steps_of_the_appendix_apply_is_told_by_how_long_it_lasts(
    hours: int, codes: list[str], clock: FixedClock
) -> None:
    policy, began = packaged(), clock.now()
    until = began + timedelta(hours=hours)
    found = rules.steps_now(policy.outage_steps.values(), began, until, policy.calendar)
    assert [step.code for step in found] == codes
    over = rules.steps_now(policy.outage_steps.values(), began, until, policy.calendar, over=True)
    assert [step.code for step in over] == ["transcribe"]


@pytest.mark.rule("GOV-3")
def test_the_passphrase_needs_two_holders_and_only_they_see_it_after_a_fresh_code(house: House) -> None:
    manager = someone(house, "hub_manager")
    one = a_holder(house, manager=manager)
    with pytest.raises(TooFewHolders), house.work(*manager) as ctx:
        holding.turn(ctx, number=0)
    other = a_holder(house, manager=manager)
    with pytest.raises(HolderAlready), house.work(*manager) as ctx:
        holding.name_holder(ctx, person(one))
    outsider = someone(house, "steering_member")
    with pytest.raises(Invalid) as wrong, house.work(*manager) as ctx:
        holding.name_holder(ctx, person(outsider))
    assert wrong.value.fields[0].pointer == "/person_id"
    with house.work(*manager) as ctx:
        made = holding.turn(ctx, number=0)
    assert (made.number, made.why) == (1, "first")

    said = words(house, one)
    assert said == words(house, other)
    assert len(said.split()) == packaged().outages.passphrase_words
    with pytest.raises(NotAHolder):
        words(house, manager)
    with pytest.raises(FreshCodeNeeded):
        words(house, at_work(house, person_of(house, one), fresh=False))
    assert len(logged(house, "outage_passphrase.viewed")) == 2
    assert said.encode() not in every(house, OutagePassphrase)[0].words
    assert not any(said in (entry.detail or "") for entry in logged(house, "outage_passphrase.turned"))


@pytest.mark.rule("GOV-3")
def test_in_a_hub_of_many_people_each_of_them_can_hold_it(sqlite_house: House) -> None:
    manager = someone(sqlite_house, "hub_manager")
    team = [someone(sqlite_house, "hub_coordinator") for _ in range(45)]
    for one in team:
        with sqlite_house.work(*manager) as ctx:
            holding.name_holder(ctx, person(one))
    with sqlite_house.reading(*manager) as ctx:
        assert {person(one) for one in team} <= set(queries.able(ctx))


@pytest.mark.rule("GOV-3")
def test_it_is_turned_when_it_is_lost_or_a_holder_leaves_and_the_earlier_one_still_opens_what_it_sealed(
    house: House,
) -> None:
    manager = someone(house, "hub_manager")
    _, (one, other) = a_passphrase(house, manager=manager)
    first = words(house, one)
    with pytest.raises(TurnedMeanwhile), house.work(*manager) as ctx:
        holding.turn(ctx, number=0)
    with house.work(*manager) as ctx:
        assert holding.turn(ctx, number=1, lost=True).why == "lost"
    assert words(house, one) != first
    assert words(house, one, 1) == first
    with pytest.raises(NotFound):
        words(house, one, 9)

    with pytest.raises(TooFewHolders), house.work(*manager) as ctx:
        holding.end_holder(ctx, person(one))
    a_holder(house, manager=manager)
    with house.work(*manager) as ctx:
        made = holding.end_holder(ctx, person(one))
    assert made is not None
    assert (made.number, made.why) == (3, "holder_left")
    with pytest.raises(NotAHolder):
        words(house, one)
    assert words(house, other)
    for act in (lambda ctx: holding.turn(ctx, number=3), lambda ctx: holding.end_holder(ctx, person(other))):
        with pytest.raises(Forbidden), house.work(*other) as ctx:
            act(ctx)


@pytest.mark.rule("GOV-3")
def test_a_pack_is_made_each_day_and_when_the_passphrase_turned_and_opens(house: House, clock: FixedClock) -> None:
    make = jobs.JOBS[0]
    assert run_now(house, make).found == 0, "without a passphrase there is nothing to seal with"
    coordinator = someone(house, "hub_coordinator")
    with pytest.raises(NoPassphrase), house.reading(*coordinator) as ctx:
        packing.prepare(ctx)
    manager = someone(house, "hub_manager")
    _, (one, _) = a_passphrase(house, manager=manager)

    assert run_now(house, make).done == 1
    assert run_now(house, make).found == 0, "once a day"
    with house.work(*manager) as ctx:
        holding.turn(ctx, number=1)
    clock.move(timedelta(minutes=5))
    assert run_now(house, make).done == 1, "at once under the new passphrase"
    clock.move(timedelta(days=1))
    assert run_now(house, make).done == 1
    packs = sorted(every(house, OutagePack), key=lambda each: each.made_at)
    assert [each.passphrase for each in packs] == [1, 2, 2]

    with house.work(*at_work(house, person_of(house, one))) as ctx:
        it, sealed = packing.fetch(ctx, packs[0].id)
    assert archive.opened(sealed, words(house, at_work(house, person_of(house, one)), 1)).people == it.people
    with pytest.raises(archive.sealing.DoesNotOpen):
        archive.opened(sealed, words(house, at_work(house, person_of(house, one))))
    assert [entry.subject_id for entry in logged(house, "outage_pack.fetched")] == [str(packs[0].id)]
    with pytest.raises(FreshCodeNeeded), house.work(*at_work(house, person_of(house, one), fresh=False)) as ctx:
        packing.fetch(ctx, packs[0].id)
    with pytest.raises(Forbidden), house.work(*someone(house, "ig_officer")) as ctx:
        packing.fetch(ctx, packs[0].id)
    lies = keeping.folders(house.settings)[0] / keeping.name_of(packs[0].made_at)
    lies.write_bytes(sealed + b"x")
    with pytest.raises(PackGone), house.work(*at_work(house, person_of(house, one))) as ctx:
        packing.fetch(ctx, packs[0].id)


@pytest.mark.rule("GOV-3")
def test_an_outage_closes_only_when_all_that_was_taken_by_hand_is_settled(house: House, clock: FixedClock) -> None:
    it = an_outage(house)
    with pytest.raises(OutageOpen):
        an_outage(house)
    one = taken(house, it)
    clock.move(timedelta(hours=2))
    with pytest.raises(StillDown), house.work(*someone(house, "hub_coordinator")) as ctx:
        use_cases.close(ctx, it.id)
    back(house, it)
    other = taken(house, it, kind="research", reference="OFF-2")
    clock.move(timedelta(hours=1))
    with pytest.raises(Invalid) as late:
        taken(house, it, taken_at=clock.now())
    assert late.value.fields[0].pointer == "/taken_at", "it was back by then"
    hub = someone(house, "hub_coordinator")
    with pytest.raises(NotTranscribed), house.work(*hub) as ctx:
        use_cases.close(ctx, it.id)
    with house.work(*hub) as ctx:
        use_cases.settle(ctx, it.id, one.id)
    with pytest.raises(TranscribedAlready), house.work(*hub) as ctx:
        use_cases.settle(ctx, it.id, one.id)
    with pytest.raises(Invalid), house.work(*hub) as ctx:
        use_cases.settle(ctx, it.id, other.id, reason=" ")
    with house.work(*hub) as ctx:
        use_cases.settle(ctx, it.id, other.id, reason="It was withdrawn.")
    with house.reading(*hub) as ctx:
        assert [line.reason for line in queries.lines(ctx, it.id).rows] == [None, "It was withdrawn."]
    with house.work(*hub) as ctx:
        use_cases.close(ctx, it.id)
    assert again(house, it).closed_at == clock.now()
    with pytest.raises(OutageOver):
        taken(house, it)
    an_outage(house)


@pytest.mark.rule("GOV-3")
def test_a_list_that_is_not_finished_in_time_is_shown_as_overdue(house: House, clock: FixedClock) -> None:
    it = an_outage(house)
    taken(house, it)
    back(house, it)

    def overdue() -> bool:
        with house.reading(*someone(house, "hub_coordinator")) as ctx:
            return queries.whole(ctx, it.id).overdue

    assert not overdue()
    clock.move(timedelta(days=5))
    assert not overdue()
    clock.move(timedelta(days=4))
    assert overdue()
    with house.reading(*someone(house, "hub_coordinator")) as ctx:
        assert queries.counted(ctx) == queries.Counted(0, 1, 1, 0)


@pytest.mark.rule("GOV-3")
@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"kind": "rumour"}, "/kind"),
        ({"reference": " "}, "/reference"),
        ({"area": "atlantis"}, "/area"),
        ({"organisation_id": UUID(int=1)}, "/organisation_id"),
    ],
)
def test_what_is_taken_by_hand_is_held_against_the_registers(
    house: House, said: dict[str, object], pointer: str
) -> None:
    it = an_outage(house)
    with pytest.raises(Invalid) as wrong:
        taken(house, it, **said)
    assert wrong.value.fields[0].pointer == pointer
    with house.reading(*someone(house, "hub_coordinator")) as ctx:
        assert queries.whole(ctx, it.id).what == "The supplier’s data centre is down."
        assert ctx.the(Policy).outages.holders_least == 2

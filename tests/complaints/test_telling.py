"""Who is told what of a complaint and when, who sees it, and whose turn the lists say it is (COM-2, COM-5, COM-7, DEC-6)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from audit.models import AuditEntry
from compliance.complaints import jobs, queries, ruling
from compliance.complaints.queries import Which
from compliance.complaints.rules import Turn
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.jobs import run_now
from compliance.kernel.secrets import KeyRing
from compliance.notices.models import Notice
from tests.builders.complaints import (
    WORDS,
    a_complaint,
    again,
    at_stage,
    escalates,
    partners,
    records,
    reports,
    resolves,
    rules_on,
    stages,
)
from tests.builders.flags import a_conflict
from tests.builders.identity import Acting, a_person, at_work, every, logged, someone


def told(house: House) -> Counter[tuple[str, str]]:
    """Every letter about complaints: its kind and to which address."""
    ring = house.the(KeyRing)
    return Counter(
        (each.kind.removeprefix("complaint_"), ring.open(each.address, place=f"notices.address:{each.id}").decode())
        for each in every(house, Notice)
        if each.kind.startswith("complaint_") and each.address is not None
    )


def bodies(house: House) -> str:
    ring = house.the(KeyRing)
    return " ".join(
        json.dumps(json.loads(ring.open(each.words, place=f"notices.words:{each.id}")))
        for each in every(house, Notice)
        if each.kind.startswith("complaint_") and each.words is not None
    )


def listed(house: House, who: Acting, which: Which = Which.ALL) -> set[int]:
    with house.reading(*who) as ctx:
        return {row.complaint.number for row in queries.complaints(ctx, which=which).rows}


def run(house: House) -> int:
    return run_now(house, jobs.REMIND).done


def ours(stage: int = 1) -> str:
    return f"level{stage}@swale-council.example"


def theirs(stage: int = 1) -> str:
    return f"level{stage}@refuge-council.example"


@pytest.mark.rule("COM-5")
def test_both_sides_are_reminded_before_on_and_after_and_the_hub_is_told_when_it_is_overdue(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    it = partners(house)
    complaint = a_complaint(it)  # on Saturday the 21st, until Friday the 27th
    hub = at_work_address(house, it.hub)
    assert run(house) == 0
    seen = told(house)
    for days, kind, hub_too in ((5, "due", False), (6, "due_today", False), (7, "overdue", True)):
        clock.move(timedelta(days=days) - (clock.now() - complaint.raised_at))
        assert (run(house), run(house)) == (1, 0), "once"
        new = told(house) - seen
        assert new == Counter({(kind, ours()): 1, (kind, theirs()): 1} | ({(kind, hub): 1} if hub_too else {}))
        seen = told(house)
    clock.move(timedelta(days=60))
    assert run(house) == 0
    assert (again(it, complaint).status, again(it, complaint).stage) == ("open", 1), (
        "it neither ends nor rises by itself"
    )
    assert [entry.event for entry in logged(house, "complaint.reminded")] == ["complaint.reminded"] * 3
    assert listed(house, it.hub, Which.OVERDUE) == {1}

    records(it, complaint)
    resolves(it, complaint)
    assert listed(house, it.hub, Which.OVERDUE) == set()
    with house.work(worker("remind-of-complaints")) as ctx:
        assert ruling.remind(ctx, stages(it, complaint)[0].id) is None
    with pytest.raises(Forbidden), house.work(*it.hub) as ctx:
        ruling.remind(ctx, stages(it, complaint)[0].id)


@pytest.mark.rule("COM-2", "COM-5")
def test_letters_tell_of_each_step_and_hold_nothing_of_the_case_nor_of_between_whom_it_is(sqlite_house: House) -> None:
    house = sqlite_house
    it, chair = partners(house), someone(house, "executive_chair")
    complaint = at_stage(it, 3, reference="MC-77")
    records(it, complaint, it.ours)
    seen = told(house)
    assert seen[("stage_opened", ours(3))] == seen[("stage_opened", theirs(3))] == 1
    assert seen[("report_sent", theirs(2))] == 1
    assert seen[("report_sent", ours(2))] == 0
    assert not [kind for kind, _ in seen if kind in ("for_chair", "not_recorded", "ended")]

    reports(it, complaint, by=it.theirs)
    escalates(it, complaint)
    new = told(house) - seen
    assert new[("not_recorded", theirs(3))] == 1, "told, and not barred"
    assert new[("report_sent", ours(3))] == 1
    assert new[("for_chair", at_work_address(house, chair))] == 1
    rules_on(it, complaint, chair)
    assert (told(house) - seen)[("ended", ours(4))] == 1

    said = bodies(house)
    for secret in (
        "MC-77",
        WORDS,
        "Swale Council",
        "research",
        "Refuge,",
        "We talked",
        "Both change",
        "What went wrong",
    ):
        assert secret not in said, secret
    entries = " ".join(f"{entry.detail} {entry.reference} {entry.organisation}" for entry in logged_all(house))
    for secret in ("MC-77", "research", "We talked", "manager", str(it.refuge)):
        assert secret not in entries, secret


@pytest.mark.rule("COM-2")
def test_a_side_without_an_address_is_told_through_its_contacts_or_the_hub(sqlite_house: House) -> None:
    it = partners(sqlite_house)
    hub = at_work_address(sqlite_house, it.hub)
    complaint = a_complaint(it)
    records(it, complaint)
    escalates(it, complaint, theirs=it.speaker(it.refuge, 2, email=None))
    assert told(sqlite_house)[("stage_opened", hub)] == 1


@pytest.mark.rule("COM-7", "DEC-6")
def test_only_the_two_the_hub_and_from_stage_four_the_chair_know_of_it(sqlite_house: House) -> None:
    house = sqlite_house
    it, chair = partners(house), someone(house, "executive_chair")
    early, late = a_complaint(it), at_stage(it, 4)
    others = [someone(house, role) for role in ("steering_member", "ig_officer", "delegate", "authorised_signatory")]
    for who in (it.ours, it.theirs, it.hub):
        assert listed(house, who) == {1, 2}
    assert listed(house, chair) == {2}
    for who in (*others, chair):
        with pytest.raises(NotFound), house.reading(*who) as ctx:
            queries.visible(ctx, early.id)
    for who in others:
        with pytest.raises(NotFound), house.reading(*who) as ctx:
            queries.visible(ctx, late.id)
    for who in others[:2]:
        with pytest.raises(Forbidden):
            listed(house, who)
    assert listed(house, others[2]) == set()


@pytest.mark.rule("DEC-6")
def test_whoever_is_kept_from_the_case_is_shown_nothing_and_sent_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    it = partners(house)
    kept = a_person(house, "delegate", organisation_id=it.refuge, email="level1@refuge-council.example")
    complaint = a_complaint(it)
    hidden = a_complaint(it, reference="MC-5")
    seen = told(house)
    assert seen[("stage_opened", theirs())] == 2
    a_conflict(house, kept.id, "MC-5", it.hub, someone(house, "hub_manager"))
    who = at_work(house, kept)
    assert listed(house, who) == {complaint.number}
    with pytest.raises(NotFound), house.reading(*who) as ctx:
        queries.visible(ctx, hidden.id)
    for each in (complaint, hidden):
        records(it, each, it.ours)
        resolves(it, each)
    assert (told(house) - seen)[("ended", theirs())] == 1


@pytest.mark.rule("COM-5")
def test_the_lists_say_the_same_turn_as_the_rule_whoever_has_recorded_at_whatever_stage(house: House) -> None:
    it, chair = partners(house), someone(house, "executive_chair")
    for stage in (1, 3, 4):
        for who in ((), (it.ours,), (it.theirs,), (it.ours, it.theirs)):
            complaint = at_stage(it, stage)
            if who:
                records(it, complaint, *who)
    for actor, turn in ((it.ours, Turn.FROM), (it.theirs, Turn.ABOUT), (chair, Turn.CHAIR), (it.hub, None)):
        with house.reading(*actor) as ctx:
            rows = queries.complaints(ctx).rows
            counted = queries.counted(ctx)
        assert len(rows) == (4 if turn is Turn.CHAIR else 12)
        assert all(row.mine == (turn in row.turns) for row in rows)
        mine = {row.complaint.number for row in rows if row.mine}
        assert listed(house, actor, Which.MINE) == mine
        assert listed(house, actor, Which.WAITING) == {row.complaint.number for row in rows} - mine
        assert (counted.mine, counted.waiting, counted.overdue) == (len(mine), len(rows) - len(mine), 0)
        assert bool(mine) == (turn is not None)


def at_work_address(house: House, who: Acting) -> str:
    return next(each.email for each in every(house, Person) if str(each.id) == who.actor.id)


def logged_all(house: House) -> list[AuditEntry]:
    return [entry for entry in every(house, AuditEntry) if entry.event.startswith("complaint.")]

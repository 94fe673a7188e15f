"""Reviewing and handing over: who may, once, and what everybody else learns (AUD-6, AUD-7, DEC-6, ROL-3)."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest

from compliance.accesses.flags import jobs, queries, use_cases
from compliance.accesses.flags.errors import (
    FlagGrew,
    FlagReviewed,
    NotAReviewer,
    NotItsReviewer,
    RaisedByYou,
)
from compliance.accesses.flags.models import AccessFlag
from compliance.accesses.flags.queries import Which
from compliance.accesses.flags.rules import Reason, Status, Step
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import Stopping, run_now
from tests.builders.flags import (
    a_concern,
    a_conflict,
    again,
    attempted,
    flags,
    looked,
    opens,
    reviewed,
)
from tests.builders.identity import COMMAND, Acting, a_person, an_account, at_work, every, letters, logged, someone
from tests.builders.licences import rows_made
from tests.support.together import together

MANY = [f"C-{n}" for n in range(41)]


def listed(house: House, who: Acting, which: Which = Which.ALL) -> set[AccessFlag]:
    with house.reading(*who) as ctx:
        return {row.flag.id for row in queries.flags(ctx, which=which).rows}  # type: ignore[misc]


def named(house: House, flag: AccessFlag, *among: Acting) -> Acting:
    """Whoever of these is the flag's reviewer."""
    return next(each for each in among if each.actor.person_id == again(house, flag).reviewer_id)


@pytest.mark.rule("AUD-6", "ROL-3")
def test_only_its_named_reviewer_reviews_it_and_never_whoever_raised_it_or_whom_it_is_about(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    one, two, reporter = (someone(house, "ig_officer") for _ in range(3))
    flagged = someone(house, "hub_manager")
    flag = a_concern(house, reporter, person=str(flagged.actor.person_id))
    mine = named(house, flag, one, two)
    other = two if mine is one else one

    with pytest.raises(NotItsReviewer):
        reviewed(house, flag, other)
    with pytest.raises(RaisedByYou):
        reviewed(house, flag, reporter)
    with pytest.raises(NotFound):
        reviewed(house, flag, flagged)
    assert listed(house, flagged) == set()
    assert listed(house, reporter) == {flag.id}
    for who in (reporter, flagged):
        with pytest.raises(NotAReviewer), house.work(*mine) as ctx:
            use_cases.hand_over(ctx, flag.id, who.actor.person_id)  # type: ignore[arg-type]
    with pytest.raises(RaisedByYou), house.work(*reporter) as ctx:
        use_cases.hand_over(ctx, flag.id, other.actor.person_id)  # type: ignore[arg-type]

    with house.work(*other) as ctx:
        use_cases.hand_over(ctx, flag.id, other.actor.person_id)  # type: ignore[arg-type]
    with pytest.raises(NotItsReviewer):
        reviewed(house, flag, mine)
    assert reviewed(house, again(house, flag), other).finding == Reason.PART_OF_WORK
    with pytest.raises(FlagReviewed):
        reviewed(house, again(house, flag), other)
    with pytest.raises(FlagReviewed), house.work(*other) as ctx:
        use_cases.hand_over(ctx, flag.id, mine.actor.person_id)  # type: ignore[arg-type]


@pytest.mark.rule("AUD-6")
def test_a_review_of_fewer_accesses_than_there_are_is_refused(sqlite_house: House) -> None:
    house = sqlite_house
    officer, person = someone(house, "ig_officer"), a_person(house)
    opens(house, person.id, *MANY)
    looked(house)
    [read] = flags(house)
    opens(house, person.id, "D-1")
    looked(house)

    with pytest.raises(FlagGrew):
        reviewed(house, read, officer)
    for step, reason, pointer in (
        ("perhaps", "other", "/step"), (Step.EXPLAIN, "dunno", "/reason"), (Step.EXPLAIN, Reason.NO_NEED, "/reason"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused, house.work(*officer) as ctx:
            use_cases.review(ctx, read.id, step=step, reason=reason, words="I asked.", accesses=42)
        assert refused.value.fields[0].pointer == pointer


@pytest.mark.rule("AUD-6", "DEC-6")
def test_an_attempt_under_a_conflict_is_seen_by_those_who_set_it_and_by_nobody_else(house: House) -> None:
    asked_by, agreed_by = someone(house, "hub_coordinator"), someone(house, "hub_supervisor")
    officer, manager = someone(house, "ig_officer"), someone(house, "hub_manager")
    kept = someone(house, "hub_manager")
    person_id = kept.actor.person_id
    assert person_id is not None
    conflict = a_conflict(house, person_id, "C-1", asked_by, agreed_by)
    attempted(house, conflict)
    looked(house)
    attempted(house, conflict, "case.export")
    looked(house)
    looked(house)

    [flag] = flags(house)
    assert (flag.rule, flag.person_id, flag.reference, flag.accesses) == ("declared_conflict", person_id, "C-1", 2)
    assert flag.reviewer_id in {asked_by.actor.person_id, agreed_by.actor.person_id}
    assert [listed(house, who) for who in (asked_by, agreed_by)] == [{flag.id}] * 2
    assert [listed(house, who) for who in (officer, manager, kept)] == [set()] * 3
    for stranger in (officer, manager, kept):
        with pytest.raises(NotFound), house.work(*stranger) as ctx:
            use_cases.view(ctx, flag.id)
        with pytest.raises(NotFound), house.work(*stranger) as ctx:
            use_cases.hand_over(ctx, flag.id, stranger.actor.person_id)  # type: ignore[arg-type]
        with house.reading(*stranger) as ctx:
            assert queries.counted(ctx) == queries.Counted(0, 0, 0, 0)
    told = (*logged(house, "flag.raised"), *logged(house, "flag.grown"))
    assert not any(
        word in f"{entry.detail}{entry.reference}" for entry in told for word in ("C-1", "conflict", str(person_id))
    )
    other = agreed_by if flag.reviewer_id == asked_by.actor.person_id else asked_by
    with house.work(*other) as ctx:
        use_cases.hand_over(ctx, flag.id, other.actor.person_id)  # type: ignore[arg-type]
    reviewed(house, again(house, flag), other)
    with pytest.raises(Forbidden), house.work(*someone(house, "delegate")) as ctx:
        use_cases.view(ctx, flag.id)


@pytest.mark.rule("AUD-6", "DEC-6")
def test_an_officer_kept_from_a_case_neither_sees_nor_gets_the_flags_about_it(sqlite_house: House) -> None:
    house = sqlite_house
    kept, person = someone(house, "ig_officer"), a_person(house)
    kept_id = kept.actor.person_id
    assert kept_id is not None
    a_conflict(house, kept_id, "C-1", someone(house, "hub_supervisor"), someone(house, "hub_coordinator"))
    opens(house, person.id, *MANY, involved=False)
    looked(house)

    by_reference = {flag.reference: flag for flag in flags(house)}
    assert by_reference["C-1"].reviewer_id is None
    assert by_reference["C-2"].reviewer_id == kept_id
    assert listed(house, kept) == {flag.id for flag in flags(house) if flag.reference != "C-1"}
    with pytest.raises(NotFound), house.work(*kept) as ctx:
        use_cases.view(ctx, by_reference["C-1"].id)
    with house.work(*kept) as ctx:
        shown = use_cases.view(ctx, by_reference[None].id).entries
    assert {entry.reference for entry in shown} == set(MANY) - {"C-1"}


@pytest.mark.rule("AUD-6")
def test_a_flag_with_nobody_gets_a_reviewer_as_soon_as_there_is_one_and_one_who_left_is_replaced(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    flag = a_concern(house)
    assert flag.reviewer_id is None
    run_now(house, jobs.REVIEWERS)
    assert again(house, flag).reviewer_id is None

    first = a_person(house, "ig_officer")
    assert run_now(house, jobs.REVIEWERS).done == 1
    assert again(house, flag).reviewer_id == first.id
    assert run_now(house, jobs.REVIEWERS).found == 0
    second = a_person(house, "hub_manager")
    with house.work(COMMAND) as ctx:
        row = ctx.session.get_one(Person, first.id)
        row.closed_at = ctx.now()
        rows_made(ctx, row)
    run_now(house, jobs.REVIEWERS)
    assert again(house, flag).reviewer_id == second.id
    assert len(letters(house, second, "flag_waits")) == 1


@pytest.mark.rule("AUD-6")
def test_who_can_sign_in_is_named_before_who_has_perhaps_moved_on(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    gone = an_account(house, "hub_manager")
    clock.move(timedelta(days=91))
    here = an_account(house, "ig_officer")

    given = [a_concern(house, reference=f"C-{number}").reviewer_id for number in range(3)]

    assert given == [here.person.id] * 3
    assert gone.person.id not in given


@pytest.mark.rule("AUD-6")
def test_its_reviewer_is_reminded_before_and_after_the_day_once_each(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    officer = a_person(house, "ig_officer")
    flag = a_concern(house)
    assert flag.due_on == date(2026, 12, 4)

    told = []
    for _ in range(20):
        clock.move(timedelta(days=1))
        run_now(house, jobs.REMIND)
        run_now(house, jobs.REMIND)
        told.append((len(letters(house, officer, "flag_due")), len(letters(house, officer, "flag_overdue"))))

    assert told[9:14] == [(0, 0), (1, 0), (1, 0), (1, 0), (1, 1)], "from 2 December, and on the 5th"
    assert told[-1] == (1, 1)
    assert not any("C-7" in letter["body"] for letter in letters(house, officer))


@pytest.mark.rule("AUD-6")
def test_two_schedulers_at_once_raise_each_flag_once(house: House) -> None:
    a_person(house, "ig_officer")
    people = [a_person(house) for _ in range(3)]
    for person in people:
        opens(house, person.id, *MANY, involved=False)
    begin = threading.Barrier(4)

    def run() -> None:
        begin.wait(30)
        for _ in range(30):
            jobs.look(house, Stopping(), most=17, stretches=5)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    looked(house)

    assert len(flags(house, "no_involvement")) == 123
    assert [flag.accesses for flag in flags(house, "bulk")] == [41, 41, 41]
    assert len(every(house, AccessFlag)) == 126


@pytest.mark.rule("AUD-6")
def test_of_a_review_and_a_hand_over_at_once_one_happens(house: House) -> None:
    one, two = someone(house, "ig_officer"), someone(house, "ig_officer")
    for number in range(3):
        flag = a_concern(house, reference=f"C-{number}")
        mine = named(house, flag, one, two)
        other = two if mine is one else one
        other_id = other.actor.person_id
        assert other_id is not None

        def review(ctx, flag=flag):  # type: ignore[no-untyped-def]
            use_cases.review(
                ctx, flag.id, step=Step.EXPLAIN, reason=Reason.OTHER, words="I asked.", accesses=flag.accesses
            )

        def hand_over(ctx, flag=flag, other_id=other_id):  # type: ignore[no-untyped-def]
            use_cases.hand_over(ctx, flag.id, other_id)

        ends = together(house, [(mine, review), (mine, review), (other, hand_over)])

        assert ends.count("done") == 1, ends
        assert set(ends) - {"done"} <= {"FlagReviewed", "NotItsReviewer", "StaleForm"}, ends
        now = again(house, flag)
        assert (now.status == Status.EXPLAINED) == (now.reviewer_id == mine.actor.person_id)


@pytest.mark.rule("AUD-6", "AUD-7")
def test_nobody_without_the_role_reads_reviews_or_raises(sqlite_house: House) -> None:
    house = sqlite_house
    flag = a_concern(house)
    holder = someone(house, "escalation_contact")
    for act in (
        lambda ctx: queries.flags(ctx),
        lambda ctx: queries.counted(ctx),
        lambda ctx: use_cases.view(ctx, flag.id),
        lambda ctx: use_cases.assign(ctx, flag.id),
        lambda ctx: use_cases.hand_over(ctx, flag.id, uuid4()),
    ):
        with pytest.raises(Forbidden), house.work(*holder) as ctx:
            act(ctx)
    assert at_work(house, a_person(house)).actor.holdings == frozenset()

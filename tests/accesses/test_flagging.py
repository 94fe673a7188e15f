"""Going through the log: each occasion raises one flag, however it is gone through, and honest work raises none (AUD-6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from audit.models import HEAD, LogHead
from compliance.accesses.flags import jobs, looking, raising
from compliance.accesses.flags.errors import LookedMeanwhile
from compliance.accesses.flags.models import AccessFlagEntry, FlaggedUpTo, NotedRefusal
from compliance.accesses.flags.rules import Status
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from tests.builders.flags import again, answered, flags, looked, opens, refused, reviewed
from tests.builders.identity import COMMAND, a_person, an_employer, at_work, every, letters, logged, someone

MANY = [f"C-{n}" for n in range(41)]


def rests_on(house: House, flag_id: UUID) -> list[int]:
    return sorted(row.number for row in every(house, AccessFlagEntry) if row.flag_id == flag_id)


def place(house: House) -> tuple[int, int]:
    with house.reading(COMMAND) as ctx:
        return ctx.session.get_one(FlaggedUpTo, 1).number, ctx.session.get_one(LogHead, HEAD).size


@pytest.mark.rule("AUD-6")
def test_a_case_the_organisation_has_no_part_in_raises_a_flag_with_a_named_reviewer(house: House) -> None:
    officer = a_person(house, "ig_officer")
    refuge = an_employer(house)
    person = a_person(house, full_name="Ash Birch", organisation_id=refuge)
    numbers = opens(house, person.id, "C-1", "C-2", involved=False)
    opens(house, person.id, "C-3", involved=None)

    assert looked(house).done == 2

    first, second = flags(house)
    assert (first.rule, first.person_id, first.organisation_id) == ("no_involvement", person.id, refuge)
    assert {first.reference, second.reference} == {"C-1", "C-2"}
    assert {first.reviewer_id, second.reviewer_id} == {officer.id}
    assert rests_on(house, first.id) + rests_on(house, second.id) == numbers
    assert first.due_on == datetime(2026, 12, 4).date()
    told = letters(house, officer, "flag_waits")
    assert len(told) == 2
    assert not any(word in str(told) for word in ("C-1", "C-2", person.full_name, "no_involvement"))
    assert all((entry.reference, entry.organisation) == (None, None) for entry in logged(house, "flag.raised"))


@pytest.mark.rule("AUD-6")
def test_bulk_is_one_flag_that_grows_while_it_is_open_and_another_once_it_is_decided(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    officer = someone(house, "ig_officer")
    person = a_person(house)
    opens(house, person.id, *MANY[:40])
    looked(house)
    assert flags(house) == []

    opens(house, person.id, *MANY[40:])
    looked(house)
    [flag] = flags(house)
    assert (flag.rule, flag.accesses, flag.reference) == ("bulk", 41, None)
    opens(house, person.id, "D-1", "D-2")
    looked(house)
    assert again(house, flag).accesses == 43
    assert len(rests_on(house, flag.id)) == 43

    reviewed(house, again(house, flag), officer)
    opens(house, person.id, "D-3")
    looked(house)
    assert len(flags(house)) == 1, "what was decided counts no more"
    opens(house, person.id, *MANY)
    looked(house)
    assert [flag.status for flag in flags(house)] == [Status.EXPLAINED, Status.OPEN]
    clock.move(timedelta(days=1))
    opens(house, person.id, *MANY)
    looked(house)
    assert len(flags(house)) == 3, "another day is another occasion"


@pytest.mark.rule("AUD-6")
def test_refusals_are_counted_by_page_and_not_by_question(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    a_person(house, "ig_officer")
    honest, tries, other = a_person(house), a_person(house), a_person(house)
    for _ in range(12):
        answered(house, (honest.id, "C-1", True, None), *((honest.id, f"C-{n}", False, "DEC-1") for n in range(20)))
    refused(house, tries.id, 8)
    answered(house, (tries.id, "C-1", False, "DEC-1"), (tries.id, "C-2", False, "DEC-1"), (other.id, "C-1", True, None))
    looked(house)
    assert flags(house) == []

    clock.move(timedelta(minutes=59))
    refused(house, tries.id, 1)
    looked(house)
    [flag] = flags(house)
    assert (flag.rule, flag.person_id, flag.accesses) == ("refused_often", tries.id, 10)


@pytest.mark.rule("AUD-6")
def test_refusals_in_the_case_system_and_by_decision_count_together_and_old_ones_are_forgotten(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    person = a_person(house)
    refused(house, person.id, 5)
    looked(house)
    opens(house, person.id, *MANY[:5], outcome="refused")
    looked(house)
    [flag] = flags(house)
    assert flag.accesses == 10
    assert flag.reviewer_id is None, "nobody is left to review it"
    assert len(every(house, NotedRefusal)) == 5

    clock.move(timedelta(days=3))
    refused(house, person.id, 1)
    looked(house)
    assert len(every(house, NotedRefusal)) == 1


@pytest.mark.rule("AUD-6", "DEC-5")
def test_whoever_is_let_in_by_break_glass_is_asked_about_once_a_case(sqlite_house: House) -> None:
    house = sqlite_house
    officer = someone(house, "ig_officer")
    person = a_person(house)
    answered(
        house, (person.id, "C-1", True, "DEC-5"), (person.id, "C-1", True, "DEC-5"), (person.id, "C-2", True, None)
    )
    answered(house, (person.id, "C-1", True, "DEC-5"), (person.id, "C-3", False, "DEC-5"))
    looked(house)
    [flag] = flags(house)
    assert (flag.rule, flag.reference, flag.accesses) == ("break_glass", "C-1", 2)

    reviewed(house, flag, officer)
    answered(house, (person.id, "C-1", True, "DEC-5"))
    looked(house)
    assert len(flags(house)) == 1, "it was explained"


@pytest.mark.rule("AUD-6")
def test_an_explained_case_is_left_alone_for_a_while_and_no_longer(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    officer = someone(house, "ig_officer")
    person = a_person(house)
    opens(house, person.id, "C-1", involved=False)
    looked(house)
    reviewed(house, flags(house)[0], officer)
    clock.move(timedelta(days=27))
    opens(house, person.id, "C-1", involved=False)
    looked(house)
    assert len(flags(house)) == 1
    clock.move(timedelta(days=2))
    opens(house, person.id, "C-1", involved=False)
    looked(house)
    assert len(flags(house)) == 2


@pytest.mark.rule("AUD-6")
def test_a_late_report_completes_what_was_done_before(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    person = a_person(house)
    night = clock.now() - timedelta(days=1)
    opens(house, person.id, "C-1", at=night, out_of_hours=True)
    looked(house)
    clock.move(timedelta(days=2))
    opens(house, person.id, "C-2", at=night - timedelta(hours=2), out_of_hours=True)
    looked(house)

    assert [flag.accesses for flag in flags(house, "out_of_hours")] == [2]


@pytest.mark.rule("AUD-6")
@pytest.mark.parametrize("most", [1, 7, 5_000])
def test_the_same_log_raises_the_same_flags_in_whatever_steps_it_is_gone_through(
    sqlite_house: House, most: int
) -> None:
    house = sqlite_house
    person, other = a_person(house), a_person(house)
    opens(house, person.id, *MANY, involved=False)
    refused(house, other.id, 12)
    opens(house, other.id, "C-1", "C-2", "C-3", out_of_hours=True)

    looked(house, most=most)

    counted = sorted((flag.rule, flag.accesses) for flag in flags(house))
    assert counted == [("bulk", 41), *[("no_involvement", 1)] * 41, ("out_of_hours", 3), ("refused_often", 12)]
    assert len({flag.key for flag in flags(house)}) == len(counted)
    done, size = place(house)
    assert done <= size
    looked(house, most=most)
    assert len(flags(house)) == len(counted)
    assert place(house)[0] == place(house)[1], "its own entries are gone through too, and raise nothing"


@pytest.mark.rule("AUD-6", "AUD-2")
def test_whoever_dies_half_way_leaves_nothing_behind_and_the_next_raises_all_of_it(house: House) -> None:
    person = a_person(house)
    opens(house, person.id, *MANY, involved=False)
    refused(house, person.id, 3)
    before = place(house)[0]
    with house.reading(worker(jobs.NAME)) as ctx:
        stretch = looking.next_stretch(ctx)
        assert stretch is not None
        asked = looking.questions(ctx, stretch)
    with pytest.raises(RuntimeError), house.work(worker(jobs.NAME)) as ctx:
        assert raising.look_on(ctx, stretch, asked) > 40
        ctx.session.flush()
        raise RuntimeError

    assert (flags(house), every(house, NotedRefusal), place(house)[0]) == ([], [], before)
    looked(house)
    assert len(flags(house)) == 42
    with pytest.raises(LookedMeanwhile), house.work(worker(jobs.NAME)) as ctx:
        raising.look_on(ctx, stretch, asked)
    assert len(flags(house)) == 42


@pytest.mark.rule("AUD-6")
def test_what_fell_due_while_nobody_looked_is_found_by_the_next_to_look(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    person = a_person(house)
    opens(house, person.id, "C-1", involved=False)
    clock.move(timedelta(days=40))
    opens(house, person.id, "C-2", involved=False)
    clock.move(timedelta(days=40))

    looked(house)

    assert {flag.reference for flag in flags(house)} == {"C-1", "C-2"}


@pytest.mark.rule("AUD-6")
def test_an_ordinary_quarter_of_honest_work_raises_nothing(sqlite_house: House) -> None:
    """Thirteen weeks of four people: a dozen cases on each day and thirty before a meeting, within the hours, refused now and then."""
    house = sqlite_house
    begins = datetime(2026, 7, 6, 8, 30, tzinfo=UTC)
    for who in range(4):
        person = a_person(house, full_name=f"Wren {who}")
        for day in (day for week in range(13) for day in range(week * 7, week * 7 + 5)):
            number = 30 if day % 7 == 2 else 12
            at = begins + timedelta(days=day, minutes=17 * who)
            opens(house, person.id, *(f"C-{day * 3 + n}" for n in range(number)), at=at, every_seconds=240)
            if day % 7 == who:
                refused(house, person.id, 2)
                house.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]

    assert looked(house).done == 0
    assert flags(house) == []


@pytest.mark.rule("AUD-6", "ROL-3")
def test_reviewers_are_named_in_turn_and_never_from_where_the_person_works_while_others_are_left(house: House) -> None:
    refuge = an_employer(house)
    one, two = a_person(house, "ig_officer"), a_person(house, "hub_manager")
    near = a_person(house, "ig_officer", organisation_id=refuge)
    person = a_person(house, organisation_id=refuge)
    opens(house, person.id, *MANY[:4], involved=False)
    looked(house)
    given = [flag.reviewer_id for flag in flags(house)]
    assert (given.count(one.id), given.count(two.id), given.count(near.id)) == (2, 2, 0)

    opens(house, two.id, "C-9", involved=False)
    opens(house, one.id, "C-10", involved=False)
    looked(house)
    by_person = {flag.person_id: flag.reviewer_id for flag in flags(house)}
    assert by_person[two.id] == near.id, "never themselves; and who has none comes first"
    assert by_person[one.id] != one.id
    assert at_work(house, near).actor.person_id == near.id

"""Holds: what they name, whom they keep out, when they are looked at again, and that they stop a disposal (RET-6)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import select

from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from retention.holds import queries, rules, showing, use_cases
from retention.holds.errors import AlreadyHeld, HoldLifted
from retention.holds.jobs import REMIND
from retention.holds.models import RetentionHold
from retention.holds.queries import Reached, Which
from retention.models import RetentionRecord
from tests.builders import exceptions
from tests.builders.holds import held, lifted
from tests.builders.identity import a_person, an_employer, at_work, every, letters, logged, someone
from tests.builders.retention import kept, records


def _names(house: House, **asked: object) -> list[str]:
    with house.reading(*someone(house, "hub_coordinator")) as ctx:
        return [each.names for each in queries.holds(ctx, **asked).rows]  # type: ignore[arg-type]


@pytest.mark.rule("RET-6")
def test_which_records_are_held_agrees_with_a_plain_count(house: House) -> None:
    """Three hundred records with marks by chance, and holds by chance upon them, one in four lifted."""
    dice = random.Random(6)
    places = [an_employer(house, f"Place {number}") for number in range(4)]
    marks: dict[str, rules.Marks] = {}
    for number in range(150):
        subject = dice.choice([None, *(f"S-{each}" for each in range(12))])
        place: UUID | None = dice.choice([None, *places])
        kind = dice.choice(["case", "referral", "flag"])
        kept(house, f"R-{number}", kind=kind, subject=subject, organisation_id=place)
        marks[f"R-{number}"] = rules.Marks(f"R-{number}", kind, subject, place.hex if place else None)
    officer = someone(house, "ig_officer")
    values = {"record": ["R-3", "R-77", "R-gone", "S-1"], "subject": ["S-1", "S-5", "R-9"], "kind": ["flag", "S-1"],
              "organisation": [str(places[2])]}  # fmt: skip
    in_force: list[tuple[str, str]] = []
    for reach, named in values.items():
        for value in named:
            hold = held(house, value, reach=reach, by=officer)
            if value in ("S-5", "R-77"):
                lifted(house, hold, by=officer)
            else:
                in_force.append((reach, hold.value))

    with house.reading(*officer) as ctx:
        found = set(ctx.session.scalars(select(RetentionRecord.reference).where(queries.is_held())))
        free = set(ctx.session.scalars(select(RetentionRecord.reference).where(~queries.is_held())))
        for reach, value in in_force:
            counted = [reference for reference, each in marks.items() if each.of(rules.Reach(reach)) == value]
            assert queries.reached(ctx, reach, value) == Reached(len(counted), 0)
        for record in ctx.session.scalars(select(RetentionRecord)):
            by = [(each.reach, each.value) for each in queries.on(ctx, record)]
            assert sorted(by) == sorted(set(in_force) & set(marks[record.reference].all))

    plain = {reference for reference, each in marks.items() if set(in_force) & set(each.all)}
    assert found == plain
    assert free == set(marks) - plain
    assert 0 < len(plain) < len(marks)


@pytest.mark.rule("RET-6")
def test_a_hold_is_placed_with_a_ground_a_reason_and_a_day_within_a_year(sqlite_house: House) -> None:
    house = sqlite_house
    for wrong, pointer in (
        ({"ground": "whim"}, "/ground"), ({"reach": "everything"}, "/reach"), ({"value": " "}, "/value"),
        ({"reach": "organisation"}, "/value"), ({"reason": "\n"}, "/reason"), ({"reason": "x" * 1001}, "/reason"),
        ({"review_on": date(2026, 11, 21)}, "/review_on"), ({"review_on": date(2027, 11, 23)}, "/review_on"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            held(house, **({"value": "R-1"} | wrong))  # type: ignore[arg-type]
        assert [each.pointer for each in refused.value.fields] == [pointer]
    for role in ("hub_coordinator", "steering_member", "delegate"):
        with pytest.raises(Forbidden):
            held(house, by=someone(house, role))
    assert every(house, RetentionHold) == []

    hold = held(house)

    assert b"Asked for." not in hold.reason
    with pytest.raises(AlreadyHeld):
        held(house)
    held(house, ground="litigation")
    lifted(house, hold)
    held(house)
    assert len(logged(house, "retention_hold.placed")) == 3
    assert "Asked for." not in "".join(entry.detail for entry in logged(house, "retention_hold.placed"))


@pytest.mark.rule("RET-6", "IDN-6")
def test_a_hold_is_lifted_once_by_who_may_with_a_fresh_code_and_is_not_kept_up_after(house: House) -> None:
    hold = held(house)
    with pytest.raises(Forbidden):
        lifted(house, hold, by=someone(house, "hub_supervisor"))
    with pytest.raises(FreshCodeNeeded):
        lifted(house, hold, by=someone(house, "ig_officer", fresh=False))
    with house.work(*someone(house, "hub_supervisor")) as ctx:
        use_cases.prolong(ctx, hold.id, review_on=date(2027, 11, 1))
    assert every(house, RetentionHold)[0].review_on == date(2027, 11, 1)

    lifted(house, hold, by=someone(house, "hub_manager"))

    with pytest.raises(HoldLifted):
        lifted(house, hold)
    with pytest.raises(HoldLifted), house.work(*someone(house, "ig_officer")) as ctx:
        use_cases.prolong(ctx, hold.id, review_on=date(2027, 11, 1))
    with house.reading(*someone(house, "ig_officer")) as ctx:
        whole = showing.of(ctx, hold.id)
    assert (whole.reason, whole.lifted_because) == ("Asked for.", "It is over.")
    assert len(logged(house, "retention_hold.lifted")) == 1


@pytest.mark.rule("RET-6")
def test_who_may_lift_is_reminded_once_before_once_on_the_day_and_once_after(house: House, clock: FixedClock) -> None:
    officer, manager = a_person(house, "ig_officer"), a_person(house, "hub_manager")
    apart = a_person(house, "ig_officer")
    exceptions.kept(house, apart.id, "R-1")
    hold = held(house, review_on=date(2026, 12, 11))
    over = held(house, "R-2", review_on=date(2026, 12, 11))
    lifted(house, over)
    told: list[tuple[int, str]] = []
    for day in range(35):
        for _ in range(2):
            run_now(house, REMIND)
        now = [kind for kind in ("hold_due", "hold_due_today", "hold_overdue") if letters(house, officer, kind)]
        if len(now) > len(told):
            told.append((day, now[-1]))
        clock.move(timedelta(days=1))

    assert told == [(17, "hold_due"), (20, "hold_due_today"), (21, "hold_overdue")]
    assert len(logged(house, "retention_hold.reminded")) == 3
    for kind in ("hold_due", "hold_due_today", "hold_overdue"):
        assert len(letters(house, officer, kind)) == len(letters(house, manager, kind)) == 1
        assert letters(house, apart, kind) == []
    [letter] = letters(house, officer, "hold_overdue")
    assert "R-1" not in letter["body"]
    with house.work(*someone(house, "ig_officer")) as ctx:
        use_cases.prolong(ctx, hold.id, review_on=date(2027, 1, 29))
    clock.move(timedelta(days=60))
    assert run_now(house, REMIND).done == 1, "kept up with a new day, it is reminded of again"


@pytest.mark.rule("RET-6", "DEC-6")
def test_whoever_is_kept_from_a_case_sees_no_hold_that_names_it(sqlite_house: House) -> None:
    house = sqlite_house
    apart = a_person(house, "ig_officer")
    exceptions.kept(house, apart.id, "R-1")
    hold = held(house)
    held(house, "R-2")

    with house.reading(*at_work(house, apart)) as ctx:
        assert [each.hold.value for each in queries.holds(ctx, which=Which.ALL).rows] == ["R-2"]
        assert queries.counted(ctx).in_force == 1
        with pytest.raises(NotFound):
            showing.of(ctx, hold.id)
    with pytest.raises(NotFound):
        lifted(house, hold, by=at_work(house, apart))


@pytest.mark.rule("RET-6")
def test_holds_are_searched_filtered_sorted_and_paged(sqlite_house: House) -> None:
    house = sqlite_house
    place = an_employer(house, "Harbour Refuge")
    for number in range(5):
        held(house, f"R-{number}", review_on=date(2027, 1, 5 + (7 * number) % 5))
    gone = held(house, str(place), reach="organisation", ground="litigation")
    assert _names(house)[-1] == "Harbour Refuge"
    assert _names(house, search="harbour") == ["Harbour Refuge"]
    assert _names(house, ground="litigation") == _names(house, reach="organisation") == ["Harbour Refuge"]
    lifted(house, gone)
    assert "Harbour Refuge" not in _names(house)
    assert _names(house, which=Which.LIFTED) == ["Harbour Refuge"]
    with house.reading(*someone(house, "hub_coordinator")) as ctx:
        for sort in ("review", "-placed", "value", "-reach"):
            whole = [row.hold.id for row in queries.holds(ctx, sort=sort).rows]
            paged, after = [], None
            while True:
                page = queries.holds(ctx, sort=sort, after=after, limit=2)
                paged += [row.hold.id for row in page.rows]
                after = page.after
                if after is None:
                    break
            assert paged == whole
        with pytest.raises(Invalid):
            queries.holds(ctx, limit=501)


@pytest.mark.rule("RET-6")
def test_of_the_same_hold_placed_by_many_at_once_one_stands(house: House) -> None:
    people = [someone(house, "hub_supervisor") for _ in range(4)]
    for number in range(8):
        gate, outcome = Barrier(len(people)), []

        def place(who: object, number: int = number, gate: Barrier = gate, outcome: list[str] = outcome) -> None:
            gate.wait()
            try:
                held(house, f"R-{number}", by=who)  # type: ignore[arg-type]
                outcome.append("placed")
            except AlreadyHeld:
                outcome.append("held")

        threads = [Thread(target=place, args=(who,)) for who in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcome) == ["held", "held", "held", "placed"]
    assert len(every(house, RetentionHold)) == 8
    assert records(house) == {}

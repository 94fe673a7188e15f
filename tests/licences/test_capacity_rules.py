"""The plan of who could be served: it never promises a seat that is not there, nor takes one that is protected."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.licences.capacity.rules import Held, Passed, Plan, Spared, Terms, Way, Wish, plan, spared
from compliance.licences.rules import Kind, Status

TERMS = Terms(idle_days=30, light_days=7, young_days=92, rota_people=3, rotas=True)
HELD_BY = st.sampled_from([Status.ACTIVE, Status.APPROVED, Status.SUSPENDED])

numbers = st.integers(0, 2**64)
organisations = st.integers(1, 4).map(lambda n: UUID(int=n))
licences = st.lists(
    st.builds(
        Held, licence_id=numbers.map(lambda n: UUID(int=n)), organisation_id=organisations, kind=st.sampled_from(Kind),
        status=HELD_BY, idle_days=st.integers(0, 120), age_days=st.integers(0, 400), exempt=st.booleans(),
        in_rota=st.sampled_from([False, False, False, True]),
    ),
    max_size=25, unique_by=lambda each: each.licence_id,
)  # fmt: skip
lists = st.lists(
    st.builds(
        Wish, licence_id=numbers.map(lambda n: UUID(int=n + 2**70)), organisation_id=organisations,
        kind=st.sampled_from(Kind), missing=st.sampled_from([(), (), ("vetting",)]), offered=st.booleans(),
    ),
    max_size=15, unique_by=lambda each: each.licence_id,
)  # fmt: skip
frees = st.fixed_dictionaries({kind: st.integers(0, 3) for kind in Kind})
terms = st.builds(
    Terms, idle_days=st.integers(20, 60), light_days=st.just(7), young_days=st.just(92),
    rota_people=st.integers(2, 4), rotas=st.booleans(),
)  # fmt: skip


def taken(made: Plan, way: Way) -> list[Held]:
    return [each for source in made.sources if source.way is way for each in source.licences]


@pytest.mark.rule("LIC-11", "LIC-8")
@settings(max_examples=150)
@given(licences, lists, frees, terms)
def test_nothing_is_taken_from_anybody_whom_a_rule_protects(
    held: list[Held], waiting: list[Wish], free: dict[Kind, int], asked: Terms
) -> None:
    made = plan(held, waiting, free, asked)

    for each in taken(made, Way.END):
        assert each.idle_days >= asked.idle_days
    for each in taken(made, Way.SHARE):
        assert asked.light_days <= each.idle_days < asked.idle_days
        assert each.status == Status.ACTIVE
    touched = [*taken(made, Way.END), *taken(made, Way.SHARE)]
    for each in touched:
        assert each.status != Status.SUSPENDED
        assert not each.exempt
        assert not each.in_rota
        assert each.age_days >= asked.young_days
    assert len(touched) == len(set(touched)), "nobody gives up a seat twice"


@pytest.mark.rule("LIC-11", "LIC-5")
@settings(max_examples=150)
@given(licences, lists, frees, terms)
def test_nobody_is_served_over_one_who_waits_longer_and_could_be(
    held: list[Held], waiting: list[Wish], free: dict[Kind, int], asked: Terms
) -> None:
    made = plan(held, waiting, free, asked)

    served = {line.wish.licence_id for line in made.lines}
    for kind in Kind:
        could = [wish for wish in waiting if wish.kind == kind and not wish.missing and not wish.offered]
        number = len([wish for wish in could if wish.licence_id in served])
        assert [wish.licence_id in served for wish in could] == [True] * number + [False] * (len(could) - number)
    assert [line.wish for line in made.lines] == [wish for wish in waiting if wish.licence_id in served]
    assert {wish.licence_id for wish, _ in made.passed} == {wish.licence_id for wish in waiting} - served
    for wish, why in made.passed:
        assert (why is Passed.MISSING) == bool(wish.missing and not wish.offered)
        assert (why is Passed.OFFERED) == wish.offered
    assert all(line.source.kind == line.wish.kind for line in made.lines)


@pytest.mark.rule("LIC-11", "LIC-6")
@settings(max_examples=150)
@given(licences, lists, frees, terms)
def test_as_many_are_served_as_there_are_seats_to_be_had_and_no_more(
    held: list[Held], waiting: list[Wish], free: dict[Kind, int], asked: Terms
) -> None:
    made = plan(held, waiting, free, asked)

    for kind in Kind:
        could = [wish for wish in waiting if wish.kind == kind and not wish.missing and not wish.offered]
        whole = [each for each in held if each.kind == kind]
        idle = [each for each in whole if spared(each, asked, from_days=asked.idle_days) is None]
        by_rota = 0
        for organisation in {each.organisation_id for each in whole} if asked.rotas else ():
            team = [
                each
                for each in whole
                if each.organisation_id == organisation and each.status == Status.ACTIVE and each not in idle
                if spared(each, asked, from_days=asked.light_days) is None
            ]
            by_rota += len(team) - -(-len(team) // asked.rota_people)
        lines = [line for line in made.lines if line.source.kind == kind]
        assert len(lines) == min(len(could), free[kind] + len(idle) + by_rota)
        for source in made.sources:
            if source.kind == kind and source.way is not Way.FREE:
                assert len([line for line in lines if line.source is source]) <= source.frees
                assert source.frees == (1 if source.way is Way.END else len(source.licences) - 1)
        assert len([line for line in lines if line.source.way is Way.FREE]) <= free[kind]


@pytest.mark.rule("LIC-11")
@given(licences, lists, frees, terms, st.randoms())
def test_the_same_hub_gets_the_same_plan(
    held: list[Held], waiting: list[Wish], free: dict[Kind, int], asked: Terms, dice: object
) -> None:
    shuffled = list(held)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]

    assert plan(held, waiting, free, asked) == plan(shuffled, waiting, free, asked)


@pytest.mark.rule("LIC-11")
def test_the_longest_idle_goes_first_and_three_who_use_theirs_lightly_share_one() -> None:
    def of(number: int, idle: int, **more: object) -> Held:
        given: dict[str, object] = {"status": Status.ACTIVE, "age_days": 300} | more
        return Held(UUID(int=number), UUID(int=1), Kind.STANDING, idle_days=idle, **given)  # type: ignore[arg-type]

    held = [of(1, 40), of(2, 90), of(3, 8), of(4, 9), of(5, 20), of(6, 200, exempt=True), of(7, 99, age_days=99 - 10)]
    waiting = [Wish(UUID(int=n), UUID(int=2), Kind.STANDING) for n in range(10, 16)]

    made = plan(held, waiting, {Kind.STANDING: 1}, TERMS)

    assert [(line.wish.licence_id.int, line.source.way, len(line.source.licences)) for line in made.lines] == [
        (10, Way.FREE, 0), (11, Way.END, 1), (12, Way.END, 1), (13, Way.SHARE, 3), (14, Way.SHARE, 3),
    ]  # fmt: skip
    assert [each.licence_id.int for each in taken(made, Way.END)] == [2, 1]
    assert {each.licence_id.int: why for each, why in made.spared} | {3: Spared.USED} == {
        6: Spared.EXEMPT, 7: Spared.YOUNG, 3: Spared.USED, 4: Spared.USED, 5: Spared.USED,
    }  # fmt: skip
    assert made.passed == ((waiting[5], Passed.NO_SEAT),)

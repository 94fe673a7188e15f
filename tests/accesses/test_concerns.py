"""Reporting a concern about access: by anybody, to a named reviewer, and what the reporter learns (AUD-7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.accesses.flags import queries, use_cases
from compliance.accesses.flags.errors import (
    TooManyConcerns,
)
from compliance.accesses.flags.models import AccessFlag
from compliance.accesses.flags.queries import Which
from compliance.accesses.flags.rules import Reason, Status, Step
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid
from tests.builders.flags import (
    a_concern,
    flags,
    reviewed,
)
from tests.builders.identity import Acting, a_person, letters, logged, someone


def listed(house: House, who: Acting, which: Which = Which.ALL) -> set[AccessFlag]:
    with house.reading(*who) as ctx:
        return {row.flag.id for row in queries.flags(ctx, which=which).rows}  # type: ignore[misc]


@pytest.mark.rule("AUD-6", "AUD-7")
def test_a_concern_becomes_a_flag_with_a_reviewer_and_its_reporter_learns_only_that_it_was_looked_at(
    house: House,
) -> None:
    reporter, about = someone(house, "delegate"), a_person(house, full_name="Ash Birch", email="ash@kent.example.org")
    officer = someone(house, "ig_officer")

    flag = a_concern(house, reporter, person=" Ash@Kent.example.org ", when="On Monday")

    assert (flag.rule, flag.person_id, flag.reference, flag.reviewer_id) == (
        "concern", about.id, "C-7", officer.actor.person_id,
    )  # fmt: skip
    with house.work(*officer) as ctx:
        whole = use_cases.view(ctx, flag.id)
    assert whole.words.concern == {"words": "She knew too much.", "person": "Ash@Kent.example.org", "when": "On Monday"}
    assert b"She knew" not in (flag.concern or b"")
    with pytest.raises(Forbidden), house.work(*reporter) as ctx:
        use_cases.view(ctx, flag.id)
    reviewed(house, flag, officer, Step.FIND_BREACH, Reason.NO_NEED)
    with house.reading(*reporter) as ctx:
        [mine] = queries.reported(ctx).rows
    assert mine.status == Status.BREACH
    [told] = letters(house, reporter.actor.person_id, "concern_looked_at")  # type: ignore[arg-type]
    assert not any(word in str(told) for word in ("Ash", "C-7", "breach", "explained"))
    assert len(logged(house, "flag.found_breach")) == 1
    assert len(logged(house, "flag.viewed")) == 1


@pytest.mark.rule("AUD-7")
def test_the_same_concern_twice_is_one_and_too_many_in_a_day_are_refused(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    reporter = someone(house, "escalation_contact")
    assert a_concern(house, reporter).id == a_concern(house, reporter).id
    assert a_concern(house, someone(house, "delegate")).id not in {flag.id for flag in flags(house)[:1]}
    for number in range(19):
        a_concern(house, reporter, reference=f"C-{number}x")
    with pytest.raises(TooManyConcerns):
        a_concern(house, reporter, reference="C-more")
    clock.move(timedelta(days=1))
    a_concern(house, reporter, reference="C-more")


@pytest.mark.rule("AUD-7")
@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"words": " "}, "/words"),
        ({"reference": None}, "/person"),
        ({"reference": "C\u202e1"}, "/reference"),
        ({"person": "x" * 201}, "/person"),
        ({"when": "\x1b[31m"}, "/when"),
        ({"words": "x" * 5000}, "/words"),
    ],
)
def test_a_concern_that_cannot_be_kept_is_refused_at_its_place(
    sqlite_house: House, said: dict[str, str | None], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        a_concern(sqlite_house, **said)
    assert [error.pointer for error in refused.value.fields] == [pointer]
    assert flags(sqlite_house) == []


@pytest.mark.rule("AUD-7")
def test_whether_somebody_has_an_account_is_not_told_by_reporting_them(sqlite_house: House) -> None:
    known = a_person(sqlite_house, email="ash@kent.example.org")
    first, second = (
        a_concern(sqlite_house, person=who, reference=None) for who in ("ash@kent.example.org", "no@kent.example.org")
    )
    assert (first.person_id, second.person_id) == (known.id, None)
    assert (first.status, first.due_on) == (second.status, second.due_on)

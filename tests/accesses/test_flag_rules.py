"""What rules of need to know ask about: the edges of their windows, held beside the plainest way to say it (AUD-6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from shutil import copytree
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.accesses.flags import rules
from compliance.accesses.flags.errors import FlagReviewed
from compliance.accesses.flags.rules import LOOKS, NEXT, REASONS, Reason, Seen, Status, Step, occasion
from compliance.kernel.calendar import Calendar
from compliance.kernel.settings import REPOSITORY
from policies import need_to_know
from policies.need_to_know import NeedToKnowRule
from policies.values import BrokenPolicy, Policy

WHO = UUID(int=1)
BEGINS = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTES = 60
CALENDAR = Calendar(date(2028, 12, 31))


def a_rule(looks_at: str, most: int = 0, minutes: int = 0, *, in_use: bool = True) -> NeedToKnowRule:
    return NeedToKnowRule("test", looks_at, "", "", most, minutes, in_use)


def seen(number: int, minute: float, reference: str = "C-1", **said: object) -> Seen:
    done: dict[str, object] = {"opened": True, "out_of_hours": True} | said
    return Seen(number, BEGINS + timedelta(minutes=minute), WHO, reference=reference, **done)  # type: ignore[arg-type]


accesses = st.lists(st.tuples(st.integers(0, 200), st.sampled_from("ABCDE")), min_size=1, max_size=14).map(
    lambda given: [seen(number, minute, reference) for number, (minute, reference) in enumerate(given)]
)


def plainly(rule: NeedToKnowRule, done: list[Seen], new: Seen) -> set[int]:
    """The same, said as slowly as can be: every stretch of an hour that begins with something that was done."""
    found: set[int] = set()
    for begins in done:
        within = [one for one in done if begins.at <= one.at < begins.at + timedelta(minutes=rule.window_minutes)]
        number = len({one.reference for one in within}) if rule.looks_at == "bulk" else len(within)
        if new in within and number > rule.most:
            found |= {one.number for one in within}
    return found


@pytest.mark.rule("AUD-6")
@given(accesses, st.integers(1, 4), st.sampled_from(["bulk", "hours"]))
def test_a_rule_asks_about_every_hour_that_holds_too_much_and_about_no_other(
    done: list[Seen], most: int, looks_at: str
) -> None:
    rule = a_rule(looks_at, most, MINUTES)
    *before, new = done

    found = occasion(rule, new, before)

    assert {each.number for each in found} == plainly(rule, done, new)
    assert list(found) == sorted(found, key=lambda each: (each.at, each.number))


@pytest.mark.rule("AUD-6")
@given(accesses.flatmap(lambda done: st.tuples(st.just(done), st.permutations(range(len(done))))), st.integers(1, 4))
def test_in_whatever_order_it_is_reported_too_much_is_asked_about(
    told: tuple[list[Seen], list[int]], most: int
) -> None:
    done, order = told
    rule = a_rule("hours", most, MINUTES)
    arrived = [
        Seen(number, done[place].at, WHO, reference=done[place].reference, opened=True, out_of_hours=True)
        for number, place in enumerate(order)
    ]

    asked = [occasion(rule, new, arrived[: new.number]) for new in arrived]

    assert any(asked) == any(plainly(rule, arrived, new) for new in arrived)


@pytest.mark.rule("AUD-6")
@given(accesses, st.integers(1, 4), st.integers(0, 200))
def test_more_accesses_never_make_it_less_of_a_question(done: list[Seen], most: int, minute: int) -> None:
    rule = a_rule("bulk", most, MINUTES)
    *before, new = done
    more = seen(len(done), minute, "F")

    assert {each.number for each in occasion(rule, new, before)} <= {
        each.number for each in occasion(rule, new, [*before, more])
    }


@pytest.mark.rule("AUD-6")
def test_exactly_an_hour_apart_is_not_within_the_hour_and_a_moment_less_is() -> None:
    rule = a_rule("hours", 1, MINUTES)

    assert not occasion(rule, seen(2, 60), [seen(1, 0)])
    assert occasion(rule, seen(2, 59.999), [seen(1, 0)])
    assert occasion(rule, seen(2, 0), [seen(1, 59.999)]), "reported late, it is within the hour all the same"
    assert not occasion(rule, seen(2, 0), [])
    both = [seen(1, 0), seen(2, 60)]
    assert not occasion(a_rule("hours", 2, MINUTES), seen(3, 30), both), "near both, that are not near one another"
    assert occasion(a_rule("hours", 2, MINUTES), seen(3, 30), [seen(1, 0), seen(2, 59)])


@pytest.mark.rule("AUD-6")
def test_the_same_case_over_and_over_is_not_bulk() -> None:
    rule = a_rule("bulk", 2, MINUTES)

    assert not occasion(rule, seen(9, 9), [seen(n, n) for n in range(9)])
    assert not occasion(rule, seen(2, 2, "C-2"), [seen(0, 0)])
    assert len(occasion(rule, seen(2, 2, "C-3"), [seen(0, 0), seen(1, 1, "C-2")])) == 3


@pytest.mark.rule("AUD-6")
@pytest.mark.parametrize(
    ("looks_at", "asks", "does_not"),
    [
        ("involvement", {"involved": False}, {"involved": None}),
        ("involvement", {"involved": False}, {"involved": True}),
        ("involvement", {"involved": False}, {"involved": False, "opened": False}),
        ("break_glass", {"opened": False, "break_glass": True}, {}),
    ],
)
def test_a_look_sees_what_it_is_for_and_nothing_else(
    looks_at: str, asks: dict[str, bool], does_not: dict[str, bool]
) -> None:
    assert occasion(a_rule(looks_at), seen(1, 0, **asks), [])
    assert not occasion(a_rule(looks_at), seen(1, 0, **does_not), [])
    assert not occasion(a_rule(looks_at, in_use=False), seen(1, 0, **asks), [])


@pytest.mark.rule("AUD-6")
def test_what_a_look_does_not_see_does_not_count() -> None:
    hours, refusals = a_rule("hours", 1, MINUTES), a_rule("refusals", 1, MINUTES)

    assert not occasion(hours, seen(2, 2), [seen(1, 1, out_of_hours=False)])
    assert not occasion(hours, seen(2, 2), [seen(1, 1, opened=False)])
    assert not occasion(refusals, seen(2, 2, refused=True), [seen(1, 1)])
    assert occasion(refusals, seen(2, 2, refused=True), [seen(1, 1, refused=True)])


@pytest.mark.rule("AUD-6")
def test_the_looks_are_those_the_policy_knows() -> None:
    assert set(LOOKS) == set(need_to_know.LOOKS)
    assert set(REASONS) == set(Step) - {Step.RAISE}
    assert {reason for reasons in REASONS.values() for reason in reasons} == set(Reason)


@pytest.mark.rule("AUD-6")
def test_a_flag_is_decided_once() -> None:
    for status, step in product(Status, Step):
        if (status, step) in NEXT:
            assert rules.after(status, step) is not Status.OPEN
        else:
            with pytest.raises(FlagReviewed):
                rules.after(status, step)


@pytest.mark.rule("AUD-6")
def test_a_reviewer_is_reminded_once_before_and_once_after_the_day() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    due = date(2026, 11, 24)

    assert not rules.reminder_due(date(2026, 11, 19), due, None, 2, CALENDAR)
    assert rules.reminder_due(friday, due, None, 2, CALENDAR)
    assert not rules.reminder_due(monday, due, friday, 2, CALENDAR)
    assert not rules.reminder_due(due, due, friday, 2, CALENDAR)
    assert rules.reminder_due(date(2026, 11, 25), due, friday, 2, CALENDAR)
    assert not rules.reminder_due(date(2026, 11, 26), due, date(2026, 11, 25), 2, CALENDAR)
    assert rules.reminder_due(date(2026, 12, 1), due, None, 2, CALENDAR)


@pytest.mark.rule("AUD-6")
@pytest.mark.parametrize(
    ("explained", "breaches", "rate"), [(0, 0, None), (1, 0, 100), (1, 2, 33), (2, 1, 67), (0, 3, 0)]
)
def test_the_rate_of_false_flags_is_of_those_decided(explained: int, breaches: int, rate: int | None) -> None:
    assert rules.false_rate(explained, breaches) == rate


@pytest.mark.rule("AUD-6", "DEC-3")
@pytest.mark.parametrize(
    ("was", "instead", "says"),
    [
        ('looks_at = "bulk"', 'looks_at = "moon"', "bulk looks at moon"),
        ("[bulk]", "[concern]", "concern is no name"),
        ("most = 40", "most = 0", "takes as many as there may be"),
        ("window_minutes = 1440", "window_minutes = -1", "takes as many as there may be"),
        ('looks_at = "bulk"', 'looks_at = "involvement"', "takes neither a number nor minutes"),
    ],
)
def test_a_rule_with_an_unknown_look_breaks_the_policy(tmp_path: Path, was: str, instead: str, says: str) -> None:
    directory = copytree(REPOSITORY / "policies", tmp_path / "policies")
    file = directory / "need_to_know.toml"
    assert was in file.read_text()
    file.write_text(file.read_text().replace(was, instead))

    with pytest.raises(BrokenPolicy, match=says):
        Policy.load(directory)

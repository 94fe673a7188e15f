"""Several groups, events learnt late, what a review may propose, and why: held beside plainer ways to say it."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.values import packaged
from retention import errors
from retention.rules import (
    GROUPS,
    Facts,
    after_event,
    check_disposal,
    may_propose_disposal,
    minimum,
    minimum_ends_on,
    next_review_on,
    regrouped,
    review_due_on,
    why,
)
from tests.inventory.source import product

OPENED = date(2020, 2, 29)
KINDS = sorted(packaged().retention_events)
ASKS = {"minimum_ends_on", "next_review_on", "review_due_on", "may_propose_disposal", "check_disposal", "after_event"}
"""What is asked of this room by names that mean nothing else."""

later = st.dates(OPENED, date(2040, 12, 31))
births = st.none() | st.dates(date(1900, 1, 1), date(2035, 12, 31))
facts = st.builds(
    Facts,
    st.frozensets(st.sampled_from(GROUPS), min_size=1),
    st.just(OPENED) | st.dates(date(2000, 1, 1), OPENED),
    st.none() | later,
    births,
)


def in_group(group: int, *, opened: date = OPENED, last: date | None = None, born: date | None = None) -> Facts:
    return Facts(frozenset({group}), opened, last, born)


def ends(record: Facts) -> date:
    """When it ends, with what has no end after everything that has one."""
    return minimum(record).ends_on or date.max


@pytest.mark.rule("RET-1")
@given(facts)
def test_a_record_in_several_groups_takes_the_longest(record: Facts) -> None:
    alone = {
        group: minimum_ends_on(
            group, born_on=record.born_on, opened_on=record.opened_on, last_relevant_on=record.last_relevant_on
        )
        for group in record.groups
    }

    found = minimum(record)

    assert found.ends_on == (None if None in alone.values() else max(each for each in alone.values() if each))
    assert found.group == min(group for group in alone if alone[group] == found.ends_on)
    assert review_due_on(record) == next_review_on(found.group, opened_on=record.opened_on)


@pytest.mark.rule("RET-1")
def test_of_two_groups_that_end_on_one_day_it_is_kept_by_the_more_serious() -> None:
    record = Facts(frozenset({3, 1}), OPENED, date(2020, 5, 5), born_on=date(1926, 5, 5))

    assert (minimum(record).group, minimum(record).ends_on) == (1, date(2026, 5, 5))
    assert review_due_on(record) == date(2030, 3, 1)


@pytest.mark.rule("RET-1")
def test_everything_goes_by_the_policy_that_is_handed_in() -> None:
    there = replace(packaged(), retention=replace(packaged().retention, group_3_clear_years=2, group_3_review_years=1))
    record, on = in_group(3), date(2022, 3, 1)

    assert review_due_on(record, policy=there) == date(2021, 3, 1)
    assert may_propose_disposal(record, on=on, policy=there)
    check_disposal(record, on=on, policy=there)
    assert [step.on for step in why(record, policy=there)] == [on, on, date(2021, 3, 1), on]


@pytest.mark.rule("RET-1")
@given(facts, st.sampled_from(GROUPS))
def test_regrouping_never_makes_a_period_shorter(record: Facts, group: int) -> None:
    after = regrouped(record, group)

    assert group in after.groups
    assert ends(after) >= ends(record)
    assert ends(after) == max(ends(record), ends(replace(record, groups=frozenset({group}))))


@pytest.mark.rule("RET-1", "RET-10")
@given(facts, st.lists(st.tuples(st.sampled_from(KINDS), later), min_size=1, max_size=8), st.randoms())
def test_in_whatever_order_events_are_learnt_the_last_to_happen_counts(record: Facts, events, random) -> None:  # type: ignore[no-untyped-def]
    learnt, other = record, record
    for kind, day in events:
        before = ends(learnt)
        learnt = after_event(learnt, kind, day)
        assert ends(learnt) >= before
    random.shuffle(events)
    for kind, day in events:
        other = after_event(other, kind, day)

    assert learnt == other
    assert learnt.last_relevant_on == max([day for _, day in events] + [record.last_relevant_on or date.min])


@pytest.mark.rule("RET-1", "RET-10")
def test_an_event_starts_a_clear_period_again_even_when_one_was_over() -> None:
    record = in_group(3, last=date(2021, 5, 31))

    assert ends(after_event(record, "risk_of_harm", date(2029, 1, 1))) == date(2035, 1, 1)
    assert after_event(record, "new_offence", date(2020, 3, 1)) == record


@pytest.mark.rule("RET-10")
def test_what_restarts_nothing_and_what_was_before_the_record_is_refused() -> None:
    record = in_group(2)

    with pytest.raises(errors.UnknownEvent) as refused:
        after_event(record, "change_of_address", OPENED)
    assert refused.value.rule == "RET-10"
    with pytest.raises(errors.EventBeforeOpening):
        after_event(record, "new_offence", OPENED - timedelta(days=1))
    listed = replace(packaged(), retention_events=packaged().retention_events | {"change_of_address": packaged().retention_events["new_offence"]})  # fmt: skip
    assert after_event(record, "change_of_address", OPENED, policy=listed).last_relevant_on == OPENED


@pytest.mark.rule("RET-5")
@given(facts, st.dates(date(2020, 1, 1), date(2140, 1, 1)))
def test_no_review_proposes_disposal_while_any_of_its_groups_still_keeps_a_record(record: Facts, on: date) -> None:
    kept = [ends(replace(record, groups=frozenset({group}))) > on for group in record.groups]

    assert may_propose_disposal(record, on=on) is not any(kept)
    if any(kept):
        with pytest.raises(errors.KeptLonger):
            check_disposal(record, on=on)
    else:
        check_disposal(record, on=on)


@pytest.mark.rule("RET-11")
def test_the_first_review_of_group_3_can_retain_or_regroup_and_not_dispose() -> None:
    record = in_group(3, opened=date(2020, 1, 31))
    due = review_due_on(record)

    assert due == date(2025, 1, 31)
    assert not may_propose_disposal(record, on=due)
    with pytest.raises(errors.Group3TooEarly, match="until 31 January 2026") as refused:
        check_disposal(record, on=due)
    assert refused.value.rule == "RET-11"
    assert not may_propose_disposal(record, on=date(2026, 1, 30))
    assert may_propose_disposal(record, on=date(2026, 1, 31))
    assert may_propose_disposal(record, on=review_due_on(record, due))


@pytest.mark.rule("RET-5")
def test_the_refusal_says_until_when() -> None:
    with pytest.raises(errors.KeptLonger, match="until 1 March 2030") as refused:
        check_disposal(in_group(2), on=date(2030, 2, 28))
    assert refused.value.rule == "RET-5"
    with pytest.raises(errors.KeptLonger, match="No end"):
        check_disposal(in_group(1), on=date(2140, 1, 1))


@pytest.mark.rule("RET-1", "RET-2", "RET-11")
@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            Facts(frozenset({2, 3}), date(2016, 2, 29), OPENED),
            [
                ("RET-1", date(2030, 3, 1), "Group 2 (other violent, other sexual, drug supply): kept until 10 years are over without a relevant event; the last was on 29 February 2020, so until 1 March 2030."),
                ("RET-2", date(2030, 3, 1), "There is no 29 February in 2030, so the next day counts: 1 March 2030."),
                ("RET-1", date(2026, 3, 1), "It is in group 3 too, which alone would end on 1 March 2026. The longer counts."),
                ("RET-3", date(2026, 3, 1), "It is reviewed every 10 years: opened on 29 February 2016, so it is due on 1 March 2026."),
                ("RET-5", date(2030, 3, 1), "A review before 1 March 2030 can retain it or regroup it. It cannot propose disposal."),
            ],
        ),
        (
            in_group(3, opened=date(2026, 1, 31)),
            [
                ("RET-1", date(2032, 1, 31), "Group 3 (acquisitive, fraud or forgery, drug possession): kept until 6 years are over without a relevant event; none is known since it was opened on 31 January 2026, so until 31 January 2032."),
                ("RET-3", date(2031, 1, 31), "It is reviewed every 5 years: opened on 31 January 2026, so it is due on 31 January 2031."),
                ("RET-11", date(2032, 1, 31), "A review before 31 January 2032 can retain it or regroup it. It cannot propose disposal."),
            ],
        ),
        (
            in_group(1, opened=date(2020, 1, 1)),
            [
                ("RET-1", None, "Group 1 (serious violent, serious sexual, child protection): kept until its subject reaches 100 years of age. The date of birth is not known, so no end can be."),
                ("RET-3", date(2030, 1, 1), "It is reviewed every 10 years: opened on 1 January 2020, so it is due on 1 January 2030."),
                ("RET-5", None, "As long as that is so, a review can retain it or regroup it. It cannot propose disposal."),
            ],
        ),
    ],
)  # fmt: skip
def test_why_says_each_step_with_its_rule_and_its_date(record: Facts, said: list[tuple[str, date | None, str]]) -> None:
    assert [(step.rule, step.on, step.said) for step in why(record)] == said


@given(facts, st.none() | later)
def test_why_comes_to_the_dates_that_count(record: Facts, reviewed: date | None) -> None:
    steps = why(record, reviewed)

    assert steps[0].on == minimum(record).ends_on
    assert [step.on for step in steps if step.rule == "RET-3"] == [review_due_on(record, reviewed)]
    cannot = any("cannot propose disposal" in step.said for step in steps)
    assert cannot is not may_propose_disposal(record, on=review_due_on(record, reviewed))


def test_why_leaves_the_date_of_birth_out() -> None:
    said = " ".join(step.said for step in why(in_group(1, born=date(1985, 7, 17))))

    assert "17 July 2085" in said
    assert "1985" not in said


def test_the_service_itself_always_hands_in_the_policy_in_force() -> None:
    """An installation may have files of its own; only those who ask from outside go by the files of this package."""
    without = [
        f"{module.path}:{node.lineno}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        if getattr(node.func, "attr", getattr(node.func, "id", None)) in ASKS
        if "policy" not in {keyword.arg for keyword in node.keywords}
    ]

    assert without == [], "hand in policy=ctx.the(Policy)"

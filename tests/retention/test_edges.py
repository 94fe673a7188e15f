"""Where dates are awkward and where they cannot be: each edge by a date worked out by hand (RET-1, RET-2, RET-3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree

import pytest

from compliance.kernel.clock import london_date
from compliance.kernel.errors import Invalid
from compliance.kernel.settings import REPOSITORY
from policies.values import BrokenPolicy, Policy, packaged
from retention import errors
from retention.rules import Facts, check, minimum, minimum_ends_on, next_review_on

OPENED = date(2020, 1, 1)
TODAY = date(2026, 11, 22)


@pytest.mark.rule("RET-2")
@pytest.mark.parametrize(
    ("born", "ends"),
    [
        (date(1904, 2, 29), date(2004, 2, 29)),
        (date(1996, 2, 29), date(2096, 2, 29)),
        (date(2000, 2, 29), date(2100, 3, 1)),  # 2100 is no leap year
        (date(2000, 2, 28), date(2100, 2, 28)),
        (date(2000, 3, 1), date(2100, 3, 1)),
        (date(1999, 12, 31), date(2099, 12, 31)),
        (date(1926, 12, 25), date(2026, 12, 25)),  # a bank holiday
        (date(1919, 12, 31), date(2019, 12, 31)),  # before the record was opened
        (date(2021, 7, 1), date(2121, 7, 1)),  # a child on the record before it was born
    ],
)
def test_group_1_ends_on_the_hundredth_birthday(born: date, ends: date) -> None:
    assert minimum_ends_on(1, born_on=born, opened_on=OPENED, last_relevant_on=OPENED) == ends


@pytest.mark.rule("RET-2")
@pytest.mark.parametrize(
    ("group", "event", "ends"),
    [
        (2, date(2020, 2, 29), date(2030, 3, 1)),
        (3, date(2020, 2, 29), date(2026, 3, 1)),
        (2, date(2020, 2, 28), date(2030, 2, 28)),
        (3, date(2022, 2, 28), date(2028, 2, 28)),  # the month has one day more when it ends
        (3, date(2020, 8, 31), date(2026, 8, 31)),  # a bank holiday
        (3, date(2021, 12, 25), date(2027, 12, 25)),  # a Saturday and a bank holiday
        (2, date(2022, 4, 30), date(2032, 4, 30)),
    ],
)
def test_a_clear_period_ends_on_the_same_date_whatever_day_that_is(group: int, event: date, ends: date) -> None:
    assert minimum_ends_on(group, opened_on=OPENED, last_relevant_on=event) == ends


@pytest.mark.rule("RET-2")
@pytest.mark.parametrize(
    ("instant", "ends"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2032, 3, 28)),  # the night before clocks go forward
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), date(2032, 3, 30)),  # half past midnight in London, a day on
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2032, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2032, 10, 25)),  # the same day in London, back on winter time
        (datetime(2023, 12, 31, 23, 59, tzinfo=UTC), date(2029, 12, 31)),
        (datetime(2024, 2, 29, 23, 59, tzinfo=UTC), date(2030, 3, 1)),
    ],
)
def test_what_happened_at_an_instant_counts_from_the_day_it_was_in_london(instant: datetime, ends: date) -> None:
    assert minimum_ends_on(3, opened_on=OPENED, last_relevant_on=london_date(instant)) == ends
    with pytest.raises(TypeError, match="London date"):
        minimum_ends_on(3, opened_on=OPENED, last_relevant_on=instant)
    with pytest.raises(TypeError, match="London date"):
        check(Facts(frozenset({3}), instant), today=TODAY)


@pytest.mark.rule("RET-3", "RET-11")
def test_reviews_count_from_the_opening_and_then_from_the_last() -> None:
    assert next_review_on(3, opened_on=OPENED) == date(2025, 1, 1)
    assert next_review_on(3, opened_on=OPENED, last_reviewed_on=date(2025, 6, 30)) == date(2030, 6, 30)
    assert next_review_on(2, opened_on=date(2020, 2, 29)) == date(2030, 3, 1)
    assert next_review_on(1, opened_on=date(2020, 2, 29), last_reviewed_on=date(2030, 3, 1)) == date(2040, 3, 1)


@pytest.mark.rule("RET-1")
@pytest.mark.parametrize("group", [0, 4, -1, 10, True, "2", None, 2.0])
def test_a_group_that_there_is_not_is_refused(group: int) -> None:
    asks: tuple[Callable[[], object], ...] = (
        lambda: minimum_ends_on(group, opened_on=OPENED, last_relevant_on=OPENED),
        lambda: next_review_on(group, opened_on=OPENED),
    )
    for ask in asks:
        with pytest.raises(errors.UnknownGroup) as refused:
            ask()
        assert (refused.value.code, refused.value.rule) == ("retention-unknown-group", "RET-1")
        assert refused.value.fields[0].pointer == "/groups"


@pytest.mark.rule("RET-1", "RET-3")
def test_nothing_happens_to_a_record_before_it_is_opened() -> None:
    before = date(2019, 12, 31)

    for group in (1, 2, 3):
        with pytest.raises(errors.EventBeforeOpening):
            minimum_ends_on(group, born_on=date(1990, 1, 1), opened_on=OPENED, last_relevant_on=before)
        with pytest.raises(errors.ReviewBeforeOpening):
            next_review_on(group, opened_on=OPENED, last_reviewed_on=before)


@pytest.mark.rule("RET-2")
@pytest.mark.parametrize(
    "ask",
    [
        lambda: minimum_ends_on(2, opened_on=date(9990, 1, 1), last_relevant_on=date(9990, 1, 1)),
        lambda: minimum_ends_on(1, born_on=date(9900, 1, 1), opened_on=OPENED, last_relevant_on=OPENED),
        lambda: next_review_on(3, opened_on=date(9995, 1, 1)),
    ],
)
def test_after_the_year_9999_there_is_no_date_and_that_is_said(ask: Callable[[], object]) -> None:
    with pytest.raises(errors.BeyondDates, match="9999"):
        ask()
    assert minimum_ends_on(2, opened_on=date(9989, 12, 31), last_relevant_on=None) == date.max


@pytest.mark.rule("RET-1")
@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"born_on": date(2026, 11, 23)}, errors.BornInTheFuture),
        ({"born_on": date(1896, 11, 22)}, errors.BornTooLongAgo),
        ({"born_on": date.max}, errors.BornInTheFuture),
        ({"born_on": date.min}, errors.BornTooLongAgo),
        ({"opened_on": date(2026, 11, 23)}, errors.OpenedInTheFuture),
        ({"opened_on": date.max}, errors.OpenedInTheFuture),
        ({"last_relevant_on": date(2026, 11, 23)}, errors.EventInTheFuture),
        ({"last_relevant_on": date(2019, 12, 31)}, errors.EventBeforeOpening),
        ({"groups": frozenset({1, 4})}, errors.UnknownGroup),
        ({"groups": frozenset()}, errors.NoGroup),
    ],
)
def test_facts_that_cannot_be_are_refused_by_name(facts: dict[str, object], refusal: type[Invalid]) -> None:
    possible = Facts(frozenset({1}), OPENED, OPENED, date(1990, 1, 1))
    check(possible, today=TODAY)

    with pytest.raises(refusal) as refused:
        check(replace(possible, **facts), today=TODAY)  # type: ignore[arg-type]
    assert refused.value.rule == "RET-1"
    assert refused.value.fields[0].pointer.lstrip("/") in {*facts, "group"}


@pytest.mark.rule("RET-1")
@pytest.mark.parametrize("born", [None, TODAY, date(1896, 11, 23), date(2020, 6, 1)])
def test_facts_that_can_just_be_are_let_through(born: date | None) -> None:
    check(Facts(frozenset({1, 2, 3}), OPENED, None, born), today=TODAY)
    check(Facts(frozenset({2}), TODAY, TODAY), today=TODAY)


@pytest.mark.rule("RET-1", "RET-2")
def test_another_partnerships_numbers_are_data() -> None:
    there = replace(
        packaged(),
        retention=replace(packaged().retention, group_3_clear_years=7, group_3_review_years=2, group_1_age_years=90),
    )

    assert minimum_ends_on(3, opened_on=OPENED, last_relevant_on=OPENED, policy=there) == date(2027, 1, 1)
    assert next_review_on(3, opened_on=OPENED, policy=there) == date(2022, 1, 1)
    assert minimum(Facts(frozenset({1}), OPENED, None, OPENED), policy=there).ends_on == date(2110, 1, 1)


@pytest.mark.rule("RET-2")
@pytest.mark.parametrize("value", ["missing_date_days]\nvalue = 0", "group_2_clear_years]\nvalue = 0"])
def test_a_policy_by_which_something_would_go_early_does_not_load(tmp_path: Path, value: str) -> None:
    copytree(REPOSITORY / "policies", tmp_path, dirs_exist_ok=True)
    file = tmp_path / "retention.toml"
    key = value.partition("]")[0]
    head, _, tail = file.read_text().partition(f"[{key}]\n")
    file.write_text(f"{head}[{value}\n{tail.partition(chr(10))[2]}")

    with pytest.raises(BrokenPolicy, match=key):
        Policy.load(tmp_path)


@pytest.mark.rule("RET-1", "RET-10")
def test_every_number_and_every_event_says_where_it_comes_from() -> None:
    policy = packaged()

    assert {known.key for known in policy.provenance if known.file == "retention.toml"} == vars(policy.retention).keys()
    assert policy.retention_events.keys() == {"new_offence", "suspected_offence", "risk_of_harm"}
    assert all(event.clause for event in policy.retention_events.values())

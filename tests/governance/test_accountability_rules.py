"""From when an organisation's part is too little, and which counts leave the hub: held against counting by hand (GOV-2)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.governance.accountability.rules import Counted, Standing, complete_months, hidden, persistent, standing
from compliance.governance.escalations.rules import About
from policies.values import BrokenPolicy, Policy, packaged

POLICIES = Path(__file__).parents[2] / "policies"
MONTHS = [date(2026, month, 1) for month in range(5, 11)]


@pytest.mark.rule("GOV-2")
@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (0, 0, Standing.UNKNOWN),
        (0, 4, Standing.FEW),
        (4, 5, Standing.WELL),
        (3, 5, Standing.BELOW),
        (79, 99, Standing.BELOW),
        (7999, 10_000, Standing.BELOW),
        (8000, 10_000, Standing.WELL),
    ],
)
def test_a_rate_is_judged_where_there_was_enough_to_do_and_by_itself_not_by_what_it_is_rounded_to(
    part: int, whole: int, expected: Standing
) -> None:
    assert standing(Counted(part, whole), least=80, few=5) is expected


@pytest.mark.rule("GOV-2")
def test_months_are_over_before_they_count_whatever_the_year() -> None:
    assert complete_months(date(2026, 11, 21), 3) == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
    assert complete_months(date(2027, 1, 1), 2) == [date(2026, 11, 1), date(2026, 12, 1)]
    assert complete_months(date(2026, 3, 31), 12)[0] == date(2025, 3, 1)


@pytest.mark.rule("GOV-2")
@pytest.mark.parametrize(
    ("said", "fails"),
    [
        ({8: (1, 4), 9: (1, 4), 10: (1, 4)}, [8, 9, 10]),
        ({8: (1, 4), 9: (4, 4), 10: (1, 4)}, []),
        ({9: (1, 4), 10: (1, 4)}, []),
        ({6: (1, 4), 8: (1, 4), 10: (1, 4)}, [6, 8, 10]),
        ({8: (0, 1), 9: (0, 1), 10: (0, 1)}, []),
        ({5: (0, 9), 8: (0, 9), 9: (0, 9), 10: (9, 9)}, []),
        ({8: (0, 0), 9: (0, 9), 10: (0, 9)}, []),
        ({}, []),
    ],
)
def test_it_is_persistent_in_so_many_months_with_something_to_do_one_after_the_other(
    said: dict[int, tuple[int, int]], fails: list[int]
) -> None:
    by_month = {date(2026, month, 1): Counted(*counts) for month, counts in said.items()}

    found = persistent(by_month, months=3, least=80, few=5)

    assert [month.month for month in found] == fails


@pytest.mark.rule("GOV-2")
@given(st.dictionaries(st.integers(0, 9), st.integers(0, 12), max_size=8))
def test_no_hidden_count_can_be_found_from_the_total_and_those_that_are_shown(counts: dict[int, int]) -> None:
    away = hidden(counts, 5)

    assert all(count == 0 or count >= 5 for key, count in counts.items() if key not in away)
    few = [key for key, count in counts.items() if 0 < count < 5]
    if few and any(count >= 5 for count in counts.values()):
        assert len(away) > 1, "one alone is the total less the others"
    if not few:
        assert away == frozenset()


@pytest.mark.rule("GOV-2")
def test_every_measure_is_about_something_that_can_be_escalated() -> None:
    assert {measure.about for measure in packaged().measures.values()} <= {about.value for about in About}


@pytest.mark.rule("GOV-2")
@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("accountability_measures.toml", 'missed = "meetings_missed"', 'missed = "meetings"', "no counters"),
        ("accountability_measures.toml", 'missed = "meetings_missed"', 'missed = ""', "no counters"),
        ("accountability_measures.toml", "least = 80", "least = 101", "from 1 to 100"),
        ("areas.toml", 'name = "North Kent"', 'name = "North Kent"\nformerly = ["medway"]', "one area's alone"),
    ],
)
def test_a_measure_or_an_area_that_cannot_be_does_not_load(
    tmp_path: Path, file: str, old: str, new: str, says: str
) -> None:
    copytree(POLICIES, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1))

    with pytest.raises(BrokenPolicy, match=says):
        Policy.load(tmp_path)

"""Every requirement of ASVS 5.0 at levels 1 and 2 has an honest line, and every line that says *kept* has its proof."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.inventory import asvs
from tests.inventory.rules import every_test


@pytest.fixture(scope="module")
def requirements() -> list[asvs.Requirement]:
    return asvs.requirements()


def test_every_requirement_of_both_levels_has_one_line(requirements: list[asvs.Requirement]) -> None:
    ids = [each.id for each in requirements]

    assert Counter(each.level for each in requirements) == asvs.IN_ALL
    assert len(ids) == len(set(ids))


def test_every_line_says_where_we_stand_and_if_not_kept_why(requirements: list[asvs.Requirement]) -> None:
    for each in requirements:
        assert each.status in asvs.STATUSES, f"{each.id}: {each.status}"
        assert each.about, each.id
        assert each.status == "kept" or each.why, f"{each.id} says nothing of why it is {each.status}"


def test_every_requirement_that_is_kept_names_tests_that_exist(requirements: list[asvs.Requirement]) -> None:
    there = every_test()
    unproved = [each.id for each in requirements if each.status == "kept" and not each.tests]
    gone = [f"{each.id} names {test}" for each in requirements for test in each.tests if test not in there]

    assert unproved == [], "name the tests in docs/asvs.toml, or say honestly where it stands"
    assert gone == [], "the test has another name now: mend docs/asvs.toml"


def test_the_document_says_what_is_so(requirements: list[asvs.Requirement]) -> None:
    assert asvs.DOCUMENT.exists(), "run `make docs`"
    assert asvs.DOCUMENT.read_text() == asvs.write(requirements), "docs/asvs.md is out of date: run `make docs`"

"""A short century: records through their whole life, held against an independent count (RET-1, RET-3, RET-5).

The long one is `python -m tests.retention.century`. Seen to fail: with a count that lets group 3 go after five years, each
record that goes is told to be missed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.retention.century import a_house, live


@pytest.mark.rule("RET-1", "RET-3", "RET-5", "RET-11")
def test_nothing_of_a_record_s_life_is_early_missed_or_wrong(tmp_path: Path) -> None:
    house, clock = a_house(tmp_path)
    found = live(house, clock, 40, 26, seed=7, looks=0.1)
    house.engine.dispose()

    assert found.faults == {"early": [], "missed": [], "wrong": []}
    assert found.done["reviews"] > 40
    assert found.done["disposed of"] >= 10

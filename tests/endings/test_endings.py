"""A right that ended is ended in every worker at its commit, whatever ended it; `make bench` asks 100,000 times (DEC-4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.databases import Fresh
from tests.support.store import migrated

from .judging import STANDS, Answer, End, judge
from .kinds import KINDS
from .run import WORKERS, Wanted, run

EACH = 2
DECISIONS = 2_500

ENDED = End("licence ended", 100, 10.0, 11.0)
BY_TIME = End("by time alone", None, 10.0, 10.0)


@pytest.mark.rule("DEC-4", "SIG-6", "LIC-3", "IDN-4", "DEC-5", "DEC-6")
def test_no_worker_permits_on_the_strength_of_a_right_that_ended_nor_denies_one_that_stands(
    database_url: Fresh, tmp_path: Path
) -> None:
    wanted = Wanted(endings=EACH * len(KINDS), decisions=DECISIONS)

    outcome = run(tmp_path / "var", database_url(migrated), wanted)

    found = outcome.judgement
    assert found.holds, (found.stale, found.wrong)
    assert outcome.workers == WORKERS
    assert found.decisions >= DECISIONS
    assert sum(found.endings.values()) == wanted.endings
    # Each worker was asked about each ending just after it, so none is in order for want of a question.
    assert all(found.after[kind] >= EACH * WORKERS for kind in found.endings), found.after


@pytest.mark.parametrize(
    ("answer", "end", "stale", "wrong"),
    [
        (Answer(1, True, 99, 12.0, 13.0), ENDED, 0, 0),
        (Answer(1, True, 101, 9.0, 10.5), ENDED, 1, 0),
        (Answer(1, False, 101, 10.1, 10.2), ENDED, 0, 0),
        (Answer(1, False, 99, 12.0, 13.0), ENDED, 0, 1),
        (Answer(1, True, None, 11.5, 12.0), ENDED, 1, 0),
        (Answer(1, True, None, 10.5, 12.0), ENDED, 0, 0),
        (Answer(1, False, None, 9.0, 9.5), ENDED, 0, 1),
        (Answer(1, False, None, 9.0, 10.5), ENDED, 0, 0),
        (Answer(1, True, 7, 10.1, 10.2), BY_TIME, 1, 0),
        (Answer(1, False, 7, 9.1, 9.2), BY_TIME, 0, 1),
        (Answer(2, False, 7, 9.1, 9.2), ENDED, 0, 1),
        (Answer(2, True, 700, 20.0, 21.0), ENDED, 0, 0),
    ],
)
def test_an_answer_is_held_to_the_log_s_order_and_without_an_entry_to_the_clock(
    answer: Answer, end: End, stale: int, wrong: int
) -> None:
    found = judge([answer], {1: end})

    assert (found.stale.total(), found.wrong.total()) == (stale, wrong)
    assert set(found.wrong) <= {end.kind, STANDS}

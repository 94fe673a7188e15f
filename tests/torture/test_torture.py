"""A short torture of each database: each part is killed once while clients write. `make torture` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.postgres import PostgresServer

from .run import Wanted, torture

SEED = 20261121
AS_MANY_AS_THERE_ARE_PARTS = {"sqlite": 4, "postgresql": 5}
AT_ALL_EVENTS_WITHIN_SECONDS = 60
"""Ten are asked for, and are measured by `make torture` on a machine that does nothing else."""


@pytest.mark.rule("AUD-2", "DEC-3", "DEC-7")
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_whatever_is_killed_loses_no_answer_and_comes_back_by_itself(
    request: pytest.FixtureRequest, tmp_path: Path, store: str
) -> None:
    server: PostgresServer | None = request.getfixturevalue("own_postgres") if store == "postgresql" else None
    wanted = Wanted(kills=AS_MANY_AS_THERE_ARE_PARTS[store], writes=300, writers=6, seed=SEED)

    outcome = torture(tmp_path / "var", server, wanted, print)

    assert outcome.reckoning.holds, outcome.reckoning
    assert outcome.reckoning.acknowledged >= wanted.writes
    assert len(outcome.back_in) == wanted.kills
    assert outcome.worst < AT_ALL_EVENTS_WITHIN_SECONDS
    assert min(outcome.reckoning.by_kind.values()) > 0

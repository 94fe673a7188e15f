"""Whether the process lives, and whether it is fit to answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from compliance.kernel.db import WRITES
from compliance.kernel.jobs import beat
from tests.builders.api import Calls


def changed_by_hand(calls: Calls, statement: str) -> None:
    """What somebody at the database itself might do."""
    with calls.house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(text(statement))


def ready(calls: Calls) -> tuple[int, dict[str, Any]]:
    reply = calls.nobody().get("/ready")
    return reply.status_code, reply.get_json()


def test_a_process_that_answers_lives(sqlite_calls: Calls) -> None:
    assert sqlite_calls.nobody().get("/live").get_json() == {"status": "live"}


def test_a_migrated_store_whose_log_agrees_is_ready_and_each_check_has_its_line(calls: Calls) -> None:
    beat(calls.house, "scheduler")
    calls.someone("hub_manager")
    beat(calls.house, "scheduler")

    status, said = ready(calls)

    assert status == 200
    assert said["status"] == "ready"
    assert {name: check["status"] for name, check in said["checks"].items()} == {
        "store": "ok", "migrations": "ok", "policy": "ok", "log": "ok", "clock": "ok", "scheduler": "ok",
    }  # fmt: skip


def test_a_scheduler_that_is_not_heard_is_told_and_does_not_make_us_unfit(sqlite_calls: Calls) -> None:
    status, said = ready(sqlite_calls)
    assert (status, said["status"], said["checks"]["scheduler"]["status"]) == (200, "degraded", "late")

    beat(sqlite_calls.house, "scheduler")
    assert ready(sqlite_calls)[1]["status"] == "ready"

    sqlite_calls.clock.move(timedelta(seconds=31))
    assert ready(sqlite_calls)[1]["status"] == "degraded"


def test_a_clock_that_went_backwards_is_not_fit(sqlite_calls: Calls) -> None:
    sqlite_calls.someone("hub_manager")
    sqlite_calls.clock.move(timedelta(hours=-1))

    status, said = ready(sqlite_calls)

    assert (status, said["status"], said["checks"]["clock"]["status"]) == (503, "not ready", "failing")


def test_tables_of_another_version_are_not_fit(calls: Calls) -> None:
    changed_by_hand(calls, "UPDATE alembic_version SET version_num = 'another'")

    status, said = ready(calls)

    assert (status, said["checks"]["migrations"]["status"]) == (503, "failing")


@pytest.mark.rule("AUD-2")
def test_a_head_that_counts_otherwise_than_the_entries_is_not_fit(calls: Calls) -> None:
    calls.someone("hub_manager")
    changed_by_hand(calls, "UPDATE log_head SET size = size + 1")

    status, said = ready(calls)

    assert (status, said["checks"]["log"]["status"]) == (503, "failing")


@pytest.mark.rule("AUD-2")
def test_a_last_entry_that_was_touched_is_not_fit(sqlite_calls: Calls) -> None:
    sqlite_calls.someone("hub_manager")
    with sqlite_calls.house.engine.connect() as connection:
        guards = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for guard in guards:
        changed_by_hand(sqlite_calls, f"DROP TRIGGER {guard}")
    changed_by_hand(
        sqlite_calls,
        "UPDATE audit_entries SET actor_id = 'another' WHERE number = (SELECT max(number) FROM audit_entries)",
    )

    status, said = ready(sqlite_calls)

    assert (status, said["checks"]["log"]["status"]) == (503, "failing")


def test_nothing_secret_is_said(sqlite_calls: Calls) -> None:
    said = sqlite_calls.nobody().get("/ready").text

    assert "sqlite" not in said
    assert str(sqlite_calls.house.settings.var_dir) not in said

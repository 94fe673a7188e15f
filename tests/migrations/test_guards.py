"""Attacks on what is kept for good, by somebody whom the store itself would let do anything (AUD-3, SIG-2, SIG-8)."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from audit.verify import verify

KEPT = (
    "audit_entries",
    "audit_personal",
    "uploads",
    "instrument_versions",
    "signatures",
    "signing_refusals",
    "withdrawals",
)


def refused(store: Engine, table: str, statement: str) -> None:
    """The store refuses the statement in its own words, and what the table held is still there."""
    with store.connect() as connection:
        held = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    assert held, f"{table} is empty: this attack proves nothing"

    with pytest.raises(IntegrityError, match="is kept as it was written"), store.begin() as connection:
        connection.execute(text(statement))

    with store.connect() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == held


@pytest.mark.rule("AUD-3", "SIG-2", "SIG-8")
@pytest.mark.parametrize("table", KEPT)
def test_nothing_kept_for_good_can_be_deleted_even_by_the_owner(used: Engine, table: str) -> None:
    refused(used, table, f"DELETE FROM {table}")


@pytest.mark.rule("AUD-3", "SIG-2", "SIG-8")
@pytest.mark.parametrize("table", KEPT)
def test_a_whole_table_can_be_neither_emptied_at_a_stroke_nor_written_over(used: Engine, table: str) -> None:
    if used.dialect.name == "postgresql":
        refused(used, table, f"TRUNCATE {table} CASCADE")
    else:
        refused(used, table, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.rule("AUD-3", "SIG-2", "SIG-8")
@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("audit_entries", "actor_id", "'somebody-else'"),
        ("audit_entries", "hash", "hash"),
        ("audit_personal", "address", "'192.0.2.1'"),
        ("audit_personal", "salt", "NULL"),
        ("uploads", "file_name", "'other.pdf'"),
        ("instrument_versions", "sha256", "'00'"),
        ("signatures", "signed_name", "'Somebody Else'"),
        ("signing_refusals", "reasons", "'None.'"),
        ("withdrawals", "reasons", "'None.'"),
    ],
)
def test_what_it_says_cannot_be_rewritten_even_by_the_owner(used: Engine, table: str, column: str, value: str) -> None:
    refused(used, table, f"UPDATE {table} SET {column} = {value}")


@pytest.mark.rule("SIG-6")
def test_that_a_signature_has_ended_can_still_be_written_down(used: Engine) -> None:
    with used.begin() as connection:
        ended = connection.execute(text("UPDATE signatures SET end_reason = 'withdrawn', revision = revision + 1"))

    assert ended.rowcount > 0


@pytest.mark.rule("AUD-3")
def test_after_the_attacks_the_log_stands_up(used: Engine) -> None:
    refused(used, "audit_entries", "DELETE FROM audit_entries WHERE number = 0")
    refused(used, "audit_entries", "UPDATE audit_entries SET outcome = 'done'")

    assert verify(used, ()).why is None

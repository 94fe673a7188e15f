"""The tamper matrix (AUD-3): whatever somebody with every right over the store does to the log, verification names
the first number that cannot be relied on. Each attack is made in a transaction of its own and undone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from audit import tree
from audit.models import COLUMNS
from audit.notes import Checkpoint, open_note
from audit.personal import commitment
from audit.sealing import checkpoint, seal
from audit.verify import verify
from compliance.kernel.context import House
from tests.audit.conftest import Attack, Verify, disarm
from tests.audit.forging import entry, insert_entry, update_entry, with_hash
from tests.audit.stage import (
    OF_FORMAT_1,
    ORIGIN,
    RING,
    SIZE,
    VERIFIERS,
    written,
)  # fmt: skip

EVERYWHERE = (0, OF_FORMAT_1 - 1, OF_FORMAT_1, 256, 1023, 1024, SIZE - 1)
"""Numbers of both formats, at the ends of the log, of a tile, and of what is read at once."""

EDITS = {
    "number": "90000",
    "format": "3 - format",
    "at": "'2026-11-21T09:59:59.000000Z'",
    "state_version": "state_version + 1",
    "hash": "(SELECT hash FROM audit_entries WHERE number = 3)",
    "personal": "'00'",
}
"""What each column is changed to; text that is not named here gets a letter more."""


@pytest.mark.rule("AUD-3")
def test_an_honest_log_raises_no_alarm(the_log: Engine, sealed: House, verified: Verify) -> None:
    found = verify(the_log, VERIFIERS, origin=ORIGIN, ring=RING)
    assert (found.entries, found.why) == (SIZE, None)
    written(sealed, 5)
    assert (verified().entries, verified().why) == (SIZE + 5, None)


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("number", EVERYWHERE)
@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_edited(attack: Attack, column: str, number: int) -> None:
    value = EDITS.get(column, f"coalesce({column}, '') || 'x'")
    assert attack(f"UPDATE audit_entries SET {column} = {value} WHERE number = {number}") == 1

    assert attack.found().first_bad == number


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("number", EVERYWHERE)
def test_an_entry_edited_together_with_its_own_hash(attack: Attack, number: int) -> None:
    update_entry(attack, with_hash(entry(attack, number) | {"actor_id": "nobody"}))

    assert attack.found().first_bad == number


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("number", [0, OF_FORMAT_1 - 1])
def test_an_entry_of_the_first_format_is_committed_to_nothing_and_cannot_be_made_another(
    attack: Attack, number: int
) -> None:
    attack(f"INSERT INTO audit_personal (number, salt, address) VALUES ({number}, :salt, '192.0.2.1')", salt=b"s" * 16)
    assert attack.found().first_bad == number
    attack(
        f"UPDATE audit_entries SET personal = :p WHERE number = {number}", p=commitment(b"s" * 16, "192.0.2.1", None)
    )
    assert attack.found().first_bad == number


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize(
    ("where", "first"),
    [
        ("number = 0", 0),
        ("number = 650", 650),
        (f"number = {SIZE - 1}", SIZE - 1),
        ("number BETWEEN 250 AND 260", 250),
        ("number BETWEEN 1000 AND 1050", 1000),
        ("actor_id = 'P3'", 3),
        ("actor_id = 'P3' AND number > 500", 507),
        ("number >= 0", 0),
        (f"number >= {SIZE - 10}", SIZE - 10),
        (f"number >= {SIZE - 1000}", SIZE - 1000),
    ],
)
def test_entries_deleted(attack: Attack, where: str, first: int) -> None:
    assert attack(f"DELETE FROM audit_entries WHERE {where}") > 0

    assert attack.found().first_bad == first


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("cut", [1, 10, 1000])
def test_the_tail_cut_and_the_head_turned_back_with_it(attack: Attack, cut: int) -> None:
    attack(f"DELETE FROM audit_entries WHERE number >= {SIZE - cut}")
    attack(f"DELETE FROM audit_personal WHERE number >= {SIZE - cut}")
    attack(f"UPDATE log_head SET size = {SIZE - cut}")

    assert attack.found().first_bad == SIZE - cut


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("number", [5, 199, 255, 1023, SIZE - 2])
def test_neighbours_swapped(attack: Attack, number: int) -> None:
    for one, other in ((number, 10_000), (number + 1, number), (10_000, number + 1)):
        attack(f"UPDATE audit_entries SET number = {other} WHERE number = {one}")

    assert attack.found().first_bad == number


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("number", [42, 642])
def test_a_forged_entry_put_in_where_one_was_taken_out(attack: Attack, number: int) -> None:
    forged = with_hash(entry(attack, number) | {"actor_id": "P9", "event": "case.viewed"})
    attack(f"DELETE FROM audit_entries WHERE number = {number}")
    insert_entry(attack, forged)

    assert attack.found().first_bad == number


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("number", [SIZE, SIZE + 50, -1])
def test_a_forged_entry_put_where_the_head_counts_none(attack: Attack, number: int) -> None:
    insert_entry(attack, with_hash(entry(attack, 1001) | {"number": number, "personal": None}))

    assert attack.found().first_bad == SIZE


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize(
    ("number", "change"),
    [
        (20, "reference = ''"),
        (620, "rules = ''"),
        (620, "address = ''"),
        (621, "personal = NULL"),
        (20, "subject_kind = subject_kind || subject_id, subject_id = ''"),
        (625, "subject_kind = NULL"),
        (625, "subject_kind = subject_kind || '\",\"' || subject_id, subject_id = NULL"),
        (625, "actor_kind = 'pers', actor_id = 'on' || actor_id"),
        (25, "actor_kind = 'cli', actor_id = 'ent' || actor_id"),
        (625, "detail = '{}' || ' '"),
        (625, "reference = reference || chr(0)"),
    ],
)
def test_nothing_for_empty_and_fields_joined_or_split(attack: Attack, number: int, change: str) -> None:
    if "chr(0)" in change:
        change = change.replace("chr(0)", "char(0)" if attack.connection.dialect.name == "sqlite" else "chr(1)")
    assert attack(f"UPDATE audit_entries SET {change} WHERE number = {number}") == 1

    assert attack.found().first_bad == number


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("value", ["CAST(reference AS BLOB)", "CAST(X'FFFE' AS TEXT)", "X'00'"])
def test_what_a_column_cannot_hold_is_found_and_stops_nothing(attack: Attack, value: str) -> None:
    if attack.connection.dialect.name == "postgresql":
        return  # its columns hold nothing else
    attack(f"UPDATE audit_entries SET reference = {value} WHERE number = 625")

    assert attack.found().first_bad == 625


@pytest.mark.rule("AUD-3")
def test_since_a_checkpoint_only_what_came_after_is_read_and_what_came_before_is_vouched_for(sealed: House) -> None:
    with sealed.engine.connect() as connection:
        kept = open_note(checkpoint(connection) or "", VERIFIERS)
    written(sealed, 50)
    seal(sealed)

    with sealed.engine.connect() as connection:
        attack = Attack(connection)
        assert attack.found(since=kept).entries == 50
        update_entry(attack, with_hash(entry(attack, SIZE + 20) | {"actor_id": "nobody"}))
        assert attack.found(since=kept).first_bad == SIZE + 20
        connection.rollback()
    other = Checkpoint(kept.origin, kept.size, tree.node(kept.root, kept.root))
    assert verify(sealed.engine, VERIFIERS, since=other).why


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("DELETE FROM audit_entries WHERE number = 1500", 1500),
        ("DELETE FROM audit_entries WHERE number >= 1599", 1599),
        ("UPDATE audit_entries SET outcome = 'done' WHERE number = 1301", 1301),
        ("UPDATE audit_entries SET number = 5000 WHERE number = 1550", 1550),
    ],
)
def test_what_is_not_sealed_yet_is_held_to_its_numbers_and_hashes(sealed: House, statement: str, first: int) -> None:
    written(sealed, 300)

    with sealed.engine.connect() as connection:
        attack = Attack(connection)
        assert attack(statement) > 0
        assert attack.found().first_bad == first
        connection.rollback()


@pytest.mark.rule("AUD-3")
def test_of_several_attacks_the_first_is_named_wherever_it_was_made(attack: Attack) -> None:
    attack("UPDATE audit_entries SET outcome = 'done' WHERE number = 610")
    assert attack.found().first_bad == 610
    attack("UPDATE audit_personal SET address = '192.0.2.9' WHERE number = 603")
    assert attack.found().first_bad == 603
    attack("DELETE FROM audit_personal WHERE number = 300")
    assert attack.found().first_bad == 300
    attack("DELETE FROM audit_entries WHERE number = 299")
    assert attack.found().first_bad == 299


@pytest.mark.rule("AUD-3")
def test_guards_taken_off_and_put_back_again_leave_a_trace(sealed: House, verified: Verify) -> None:
    change = text("UPDATE audit_entries SET actor_id = 'nobody' WHERE number = 640")
    with pytest.raises(DatabaseError, match="is kept as it was written"), sealed.engine.begin() as connection:
        connection.execute(change)

    with sealed.engine.begin() as connection:
        guards = _guards(connection)
        disarm(connection)
        assert connection.execute(change).rowcount == 1
        for each in guards:
            connection.execute(text(each))

    with pytest.raises(DatabaseError, match="is kept as it was written"), sealed.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entries SET actor_id = 'P3' WHERE number = 640"))
    assert verified().first_bad == 640


def _guards(connection: Any) -> list[str]:
    if connection.dialect.name == "postgresql":
        tables = ("audit_entries", "audit_personal", "log_tiles", "log_checkpoints")
        return [f"ALTER TABLE {table} ENABLE TRIGGER ALL" for table in tables]
    return list(connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars())

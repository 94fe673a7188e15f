"""The tamper matrix (AUD-3): whatever somebody with every right over the store does to the log, verification names
the first number that cannot be relied on. Each attack is made in a transaction of its own and undone."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from audit import tree
from audit.encoding import digest, leaf_of
from audit.models import COLUMNS, AuditEntry, LogSeal, LogTile, PersonalDetail
from audit.notes import Checkpoint, Signer, open_note, sign
from audit.personal import commitment, place
from audit.sealing import checkpoint, seal
from audit.tree import TILE, Edge
from audit.verify import verify
from compliance.kernel.context import House
from tests.audit.conftest import Attack, Verify, disarm
from tests.audit.stage import (
    DISPOSAL,
    OF_FORMAT_1,
    ORIGIN,
    RING,
    SIGNER,
    SIZE,
    VERIFIERS,
    hash_1,
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

PERSONAL = {
    "number": "90000",
    "salt": "(SELECT salt FROM audit_personal WHERE number = 1203)",
    "address": "coalesce(address, '') || '1'",
    "said": "(SELECT said FROM audit_personal WHERE number = 1230)",
    "disposed_by": f"{DISPOSAL}",
}


def entry(attack: Attack, number: int) -> dict[str, Any]:
    wanted = select(AuditEntry.__table__).where(AuditEntry.number == number)
    return dict(attack.connection.execute(wanted).mappings().one())


def insert_entry(attack: Attack, forged: dict[str, Any]) -> None:
    columns, values = ", ".join(COLUMNS), ", ".join(f":{name}" for name in COLUMNS)
    attack(f"INSERT INTO audit_entries ({columns}) VALUES ({values})", **forged)


def with_hash(changed: dict[str, Any]) -> dict[str, Any]:
    """The entry with the hash that it would have."""
    return changed | {"hash": hash_1(changed) if changed["format"] == 1 else digest(changed)}


def update_entry(attack: Attack, changed: dict[str, Any]) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in COLUMNS if name != "number")
    assert attack(f"UPDATE audit_entries SET {columns} WHERE number = :number", **changed) == 1


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


@pytest.mark.rule("AUD-3", "RET-9")
@pytest.mark.parametrize("column", PERSONAL)
@pytest.mark.parametrize("number", [603, 900, 1200, 1203, 1290])
def test_every_column_of_what_is_kept_beside_edited(attack: Attack, column: str, number: int) -> None:
    value = (
        PERSONAL[column]
        if (column, number) != ("salt", 1203)
        else "(SELECT salt FROM audit_personal WHERE number = 600)"
    )
    assert attack(f"UPDATE audit_personal SET {column} = {value} WHERE number = {number}") == 1

    assert attack.found().first_bad == number


@pytest.mark.rule("AUD-3", "RET-9")
@pytest.mark.parametrize(
    ("attack_on_personal", "first"),
    [
        ("DELETE FROM audit_personal WHERE number = 600", 600),
        ("DELETE FROM audit_personal WHERE number = 300", 300),
        ("DELETE FROM audit_personal", 201),
        ("UPDATE audit_personal SET salt = NULL, address = NULL, said = NULL WHERE number = 603", 603),
        ("UPDATE audit_personal SET salt = NULL, address = NULL, said = NULL, disposed_by = 1000 WHERE number = 603", 603),
        ("UPDATE audit_personal SET salt = NULL, address = NULL, said = NULL, disposed_by = 999 WHERE number = 603", 603),
        ("UPDATE audit_personal SET disposed_by = 1001 WHERE number = 300", 300),
        ("UPDATE audit_personal SET disposed_by = NULL WHERE number = 300", 300),
        ("UPDATE audit_personal SET address = '192.0.2.1' WHERE number = 300", 300),
        ("INSERT INTO audit_personal (number, address) VALUES (601, '192.0.2.1')", 601),
        ("INSERT INTO audit_personal (number, address) VALUES (1, '192.0.2.1')", 1),
        (f"INSERT INTO audit_personal (number, address) VALUES ({SIZE}, '192.0.2.1')", SIZE),
        ("INSERT INTO audit_personal (number, address) VALUES (-5, '192.0.2.1')", SIZE),
        (f"UPDATE audit_entries SET event = 'audit.read' WHERE number = {DISPOSAL}", DISPOSAL),
    ],
)  # fmt: skip
def test_what_is_kept_beside_taken_away_emptied_brought_back_or_put_there(
    attack: Attack, attack_on_personal: str, first: int
) -> None:
    assert attack(attack_on_personal) > 0

    assert attack.found().first_bad == first


@pytest.mark.rule("AUD-3", "RET-9")
def test_what_is_kept_beside_two_entries_swapped_or_the_salt_and_address_chosen_anew(attack: Attack) -> None:
    for one, other in ((603, 10_000), (606, 603), (10_000, 606)):
        attack(f"UPDATE audit_personal SET number = {other} WHERE number = {one}")
    assert attack.found().first_bad == 603

    attack("UPDATE audit_entries SET personal = :p WHERE number = 303", p=commitment(b"n" * 16, "192.0.2.9", None))
    assert attack.found().first_bad == 303


@pytest.mark.rule("AUD-3", "RET-9")
@pytest.mark.parametrize("key", [b"2.", b"7.", b""])
def test_the_key_id_of_what_was_said_swapped(attack: Attack, key: bytes) -> None:
    said = attack.connection.execute(select(PersonalDetail.said).where(PersonalDetail.number == 1200)).scalar_one()
    assert said is not None
    attack("UPDATE audit_personal SET said = :s WHERE number = 1200", s=key + said.partition(b".")[2])

    assert attack.found().first_bad == 1200


@pytest.mark.rule("AUD-3", "RET-9")
def test_what_was_said_sealed_anew_stands_and_something_else_sealed_does_not(attack: Attack) -> None:
    sealed = "UPDATE audit_personal SET said = :s WHERE number = 1200"
    held = attack.connection.execute(select(PersonalDetail.said).where(PersonalDetail.number == 1200)).scalar_one()
    assert held is not None
    plain = RING.open(held, place=place(1200))

    attack(sealed, s=RING.seal(plain, place=place(1200)))
    assert attack.found().why is None
    attack(sealed, s=RING.seal(plain + b" ", place=place(1200)))
    assert attack.found().first_bad == 1200


@pytest.mark.rule("AUD-3")
def test_tiles_and_edge_altered_or_gone(attack: Attack) -> None:
    tile = attack.connection.execute(select(LogTile.hashes).where(LogTile.place == 1, LogTile.level == 0)).scalar_one()
    edge = attack.connection.execute(select(LogSeal.edge)).scalar_one()

    attack("UPDATE log_tiles SET hashes = :h WHERE place = 1", h=tile[:320] + bytes([tile[320] ^ 1]) + tile[321:])
    assert attack.found().first_bad == TILE + 10
    attack("UPDATE log_tiles SET hashes = :h WHERE place = 1", h=tile[:-1])
    assert attack.found().why
    attack("UPDATE log_tiles SET hashes = :h WHERE place = 1", h=tile)
    for place_ in (0, len(edge) - 1):
        attack("UPDATE log_seal SET edge = :e", e=edge[:place_] + bytes([edge[place_] ^ 1]) + edge[place_ + 1 :])
        assert attack.found().why
    attack("UPDATE log_seal SET edge = :e", e=edge[:-1])
    assert attack.found().why
    attack("UPDATE log_seal SET edge = :e", e=edge)
    assert attack.found().why is None
    attack("DELETE FROM log_tiles WHERE place = 3")
    assert attack.found().first_bad == 3 * TILE
    attack("DELETE FROM log_seal")
    assert attack.found().why


@pytest.mark.rule("AUD-3")
def test_a_checkpoint_edited_signed_by_a_key_of_ones_own_or_under_another_keys_id(attack: Attack) -> None:
    note = attack.connection.execute(select(LogSeal.note)).scalar_one()
    stranger = Signer(ORIGIN, Ed25519PrivateKey.generate())
    body = note.partition("\n\n")[0]
    forged = sign(open_note(note, VERIFIERS), [stranger])
    signature = base64.b64decode(forged.split(" ")[-1])[4:]
    ours = base64.b64encode(SIGNER.verifier.key_id + signature).decode()
    theirs = base64.b64encode(stranger.verifier.key_id + base64.b64decode(note.split(" ")[-1])[4:]).decode()

    for bad in (
        note.replace(f"\n{SIZE}\n", f"\n{SIZE - 1}\n"),
        note.replace(ORIGIN, "other.example/log"),
        sign(Checkpoint(ORIGIN, SIZE, b"r" * 32), [stranger]),
        forged,
        f"{body}\n\n\u2014 {ORIGIN} {ours}\n",
        f"{body}\n\n\u2014 {ORIGIN} {theirs}\n",
        "",
        note[:-20],
    ):
        attack("UPDATE log_seal SET note = :n", n=bad)
        assert attack.found().why, bad
    attack("UPDATE log_seal SET note = :n", n=note)
    assert attack.found().why is None


@pytest.mark.rule("AUD-3")
def test_a_seal_of_another_size_than_its_note_is_found(attack: Attack) -> None:
    attack(f"UPDATE log_seal SET size = {SIZE - 1}")

    assert attack.found().why


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("since", [100, 900])
def test_a_whole_log_written_anew_but_for_the_key_is_found_by_the_kept_checkpoints(attack: Attack, since: int) -> None:
    update_entry(attack, with_hash(entry(attack, since) | {"actor_id": "nobody"}))
    made_anew(attack)

    found = attack.found()
    assert found.why is not None
    assert found.first_bad is not None
    assert found.first_bad <= since


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("cut", [1, 10, 1000])
def test_a_log_turned_back_whole_is_found_by_a_checkpoint_that_lay_elsewhere(attack: Attack, cut: int) -> None:
    left = SIZE - cut
    elsewhere = open_note(checkpoint(attack.connection) or "", VERIFIERS)
    attack(f"DELETE FROM audit_entries WHERE number >= {left}")
    attack(f"DELETE FROM audit_personal WHERE number >= {left}")
    if left <= DISPOSAL:
        attack("DELETE FROM audit_personal")
        attack("UPDATE audit_entries SET personal = NULL WHERE personal IS NOT NULL")
    attack(f"DELETE FROM log_tiles WHERE place >= {left // TILE}")
    attack("DELETE FROM log_checkpoints")
    attack(f"UPDATE log_head SET size = {left}")
    edge = Edge()
    edge.add(leaves(attack), _nothing)
    was = sign(Checkpoint(ORIGIN, left, edge.root()), [SIGNER])
    attack("UPDATE log_seal SET size = :s, edge = :e, note = :n", s=left, e=edge.joined(), n=was)

    if left > DISPOSAL:
        assert attack.found().why is None, "this is the log as it was then: nothing in it is wrong"
    assert attack.found(since=elsewhere).first_bad == left


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


@pytest.mark.rule("AUD-3", "RET-9")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_personal WHERE number = 603",
        "UPDATE audit_personal SET address = '192.0.2.9' WHERE number = 603",
        "UPDATE audit_personal SET number = 90000 WHERE number = 603",
        "UPDATE audit_personal SET address = NULL, salt = NULL WHERE number = 603",
        "UPDATE audit_personal SET disposed_by = 1000 WHERE number = 603",
        "UPDATE audit_personal SET disposed_by = 1001 WHERE number = 300",
        "UPDATE audit_personal SET address = '192.0.2.9', disposed_by = NULL WHERE number = 300",
        "UPDATE audit_personal SET said = NULL WHERE number = 1200",
        "INSERT OR REPLACE INTO audit_personal (number, address) VALUES (603, '192.0.2.9')",
        "TRUNCATE audit_personal",
    ],
)
def test_the_store_itself_lets_what_is_kept_beside_be_emptied_and_sealed_anew_and_no_more(
    the_log: Engine, statement: str
) -> None:
    only = {"INSERT OR": "sqlite", "TRUNCATE": "postgresql"}
    if any(statement.startswith(how) and the_log.dialect.name != where for how, where in only.items()):
        return
    with pytest.raises(DatabaseError, match="is kept as it was written"), the_log.begin() as connection:
        connection.execute(text(statement))


def made_anew(attack: Attack) -> None:
    """Do what somebody would who has everything but the key: make every hash above the entries anew."""
    edge, tiles = Edge(), list[tuple[int, int, bytes]]()
    edge.add(leaves(attack), lambda *tile: tiles.append(tile))
    for level, place_, joined in tiles:
        attack("UPDATE log_tiles SET hashes = :h WHERE level = :l AND place = :p", h=joined, l=level, p=place_)
    attack("UPDATE log_seal SET edge = :e", e=edge.joined())


def leaves(attack: Attack) -> list[bytes]:
    rows = select(AuditEntry.format, AuditEntry.hash).order_by(AuditEntry.number)
    return [leaf_of(*row) for row in attack.connection.execute(rows)]


def _guards(connection: Any) -> list[str]:
    if connection.dialect.name == "postgresql":
        tables = ("audit_entries", "audit_personal", "log_tiles", "log_checkpoints")
        return [f"ALTER TABLE {table} ENABLE TRIGGER ALL" for table in tables]
    return list(connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars())


_nothing: Callable[[int, int, bytes], None] = lambda *_tile: None  # noqa: E731

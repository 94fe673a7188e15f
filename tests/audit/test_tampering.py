"""The tamper matrix: whatever somebody with every right over the store does to the log is found, at its first number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from audit import tree
from audit.encoding import digest
from audit.models import COLUMNS, AuditEntry, LogSeal, LogTile
from audit.notes import Checkpoint, Signer, open_note, sign
from audit.sealing import origin, seal, verifiers
from audit.tree import Edge
from audit.verify import verify
from compliance.kernel.context import House
from tests.audit.conftest import Verify, written

Tamper = Callable[..., int]

EDITS = {
    "number": "900",
    "format": "1",
    "at": "'2026-11-21T09:59:59.000000Z'",
    "state_version": "state_version + 1",
    "hash": "(SELECT hash FROM audit_entries WHERE number = 3)",
}
"""What each column is changed to; text that is not named here gets a letter more."""


def entry(house: House, number: int) -> dict[str, object]:
    with house.engine.connect() as connection:
        return dict(
            connection.execute(select(AuditEntry.__table__).where(AuditEntry.number == number)).mappings().one()
        )


@pytest.mark.rule("AUD-3")
def test_an_honest_log_raises_no_alarm(sealed: House, verified: Verify) -> None:
    assert (verified().entries, verified().why) == (700, None)
    written(sealed, 5)
    assert (verified().entries, verified().why) == (705, None)


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_edited(sealed: House, verified: Verify, tamper: Tamper, column: str) -> None:
    value = EDITS.get(column, f"coalesce({column}, '') || 'x'")
    key = "900" if column == "number" else "number"
    for number in (0, 256, 601, 699):
        before = entry(sealed, number)
        assert tamper(f"UPDATE audit_entries SET {column} = {value} WHERE number = {number}") == 1
        assert verified().first_bad == number

        where = f"number = {key if key == '900' else number}"
        tamper(f"UPDATE audit_entries SET {column} = :was WHERE {where}", was=before[column])
    assert verified().why is None


@pytest.mark.rule("AUD-3")
def test_an_entry_edited_together_with_its_own_hash(sealed: House, verified: Verify, tamper: Tamper) -> None:
    for number in (699, 512, 511, 400, 256, 255, 0):
        changed = entry(sealed, number) | {"actor_id": "nobody"}
        tamper("UPDATE audit_entries SET actor_id = 'nobody', hash = :h WHERE number = :n", h=digest(changed), n=number)

        assert verified().first_bad == number


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize(
    ("where", "first"),
    [
        ("number = 0", 0),
        ("number = 350", 350),
        ("number = 699", 699),
        ("number BETWEEN 250 AND 260", 250),
        ("actor_id = 'P3'", 3),
        ("number >= 0", 0),
        ("number >= 699", 699),
        ("number >= 690", 690),
        ("number >= 100", 100),
    ],
)
def test_entries_deleted(sealed: House, verified: Verify, tamper: Tamper, where: str, first: int) -> None:
    assert tamper(f"DELETE FROM audit_entries WHERE {where}") > 0

    assert verified().first_bad == first


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("cut", [1, 10, 600])
def test_the_tail_cut_and_the_head_turned_back_with_it(
    sealed: House, verified: Verify, tamper: Tamper, cut: int
) -> None:
    tamper(f"DELETE FROM audit_entries WHERE number >= {700 - cut}")
    tamper(f"UPDATE log_head SET size = {700 - cut}")

    assert verified().first_bad == 700 - cut


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("number", [5, 255, 511, 698])
def test_neighbours_swapped(sealed: House, verified: Verify, tamper: Tamper, number: int) -> None:
    for one, other in ((number, 10_000), (number + 1, number), (10_000, number + 1)):
        tamper(f"UPDATE audit_entries SET number = {other} WHERE number = {one}")

    assert verified().first_bad == number


@pytest.mark.rule("AUD-3")
def test_a_forged_entry_put_in_where_one_was_taken_out(sealed: House, verified: Verify, tamper: Tamper) -> None:
    forged = entry(sealed, 42) | {"actor_id": "P6", "event": "case.viewed"}
    tamper("DELETE FROM audit_entries WHERE number = 42")
    columns = ", ".join(COLUMNS)
    values = ", ".join(f":{name}" for name in COLUMNS)
    tamper(f"INSERT INTO audit_entries ({columns}) VALUES ({values})", **(forged | {"hash": digest(forged)}))

    assert verified().first_bad == 42


@pytest.mark.rule("AUD-3")
def test_a_forged_entry_put_behind_the_last(sealed: House, verified: Verify, tamper: Tamper) -> None:
    forged = entry(sealed, 42) | {"number": 700}
    columns = ", ".join(COLUMNS)
    values = ", ".join(f":{name}" for name in COLUMNS)
    tamper(f"INSERT INTO audit_entries ({columns}) VALUES ({values})", **(forged | {"hash": digest(forged)}))

    assert verified().first_bad == 700


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize(
    "change",
    [
        "reference = ''",
        "rules = ''",
        "subject_kind = subject_kind || subject_id, subject_id = ''",
        "subject_kind = NULL",
        "actor_kind = 'pers', actor_id = 'on' || actor_id",
    ],
)
def test_nothing_for_empty_and_fields_joined_or_split(
    sealed: House, verified: Verify, tamper: Tamper, change: str
) -> None:
    number = 20 if change.startswith(("reference", "rules")) else 25
    assert tamper(f"UPDATE audit_entries SET {change} WHERE number = {number}") == 1

    assert verified().first_bad == number


@pytest.mark.rule("AUD-3")
def test_tiles_and_edge_altered_or_gone(sealed: House, verified: Verify, tamper: Tamper) -> None:
    with sealed.engine.connect() as connection:
        tile = connection.execute(select(LogTile.hashes).where(LogTile.place == 1)).scalar_one()
        edge = connection.execute(select(LogSeal.edge)).scalar_one()
    bent = tile[:320] + bytes([tile[320] ^ 1]) + tile[321:]

    tamper("UPDATE log_tiles SET hashes = :h WHERE place = 1", h=bent)
    assert verified().first_bad == 256 + 10
    tamper("UPDATE log_tiles SET hashes = :h WHERE place = 1", h=tile)
    tamper("UPDATE log_seal SET edge = :e", e=edge[:-1])
    assert verified().why
    tamper("UPDATE log_seal SET edge = :e", e=edge)
    assert verified().why is None
    tamper("DELETE FROM log_tiles WHERE place = 0")
    assert verified().first_bad == 0
    tamper("DELETE FROM log_seal")
    assert verified().why


@pytest.mark.rule("AUD-3")
def test_a_checkpoint_edited_or_signed_by_a_key_of_ones_own(sealed: House, verified: Verify, tamper: Tamper) -> None:
    with sealed.engine.connect() as connection:
        note = connection.execute(select(LogSeal.note)).scalar_one()
    known = open_note(note, verifiers(sealed))
    forged = sign(known, [Signer(known.origin, Ed25519PrivateKey.generate())])
    borrowed = (
        note.partition("\n\n")[0]
        + "\n\n"
        + forged.partition("\n\n")[2].replace(forged.split(" ")[-1][:5], note.split(" ")[-1][:5])
    )

    for bad in (note.replace("\n700\n", "\n699\n"), forged, borrowed, "", note[:-20]):
        tamper("UPDATE log_seal SET note = :n", n=bad)
        assert verified().why, bad
    tamper("UPDATE log_seal SET note = :n", n=note)
    assert verified().why is None


@pytest.mark.rule("AUD-3")
def test_a_whole_log_written_anew_but_for_the_key_is_found_by_the_kept_checkpoints(
    sealed: House, verified: Verify, tamper: Tamper
) -> None:
    rewritten(sealed, tamper, since=300)

    found = verified()
    assert found.why is not None
    assert found.first_bad is not None
    assert found.first_bad <= 300


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_log_turned_back_whole_is_found_by_a_checkpoint_that_lay_elsewhere(
    house: House, tamper: Tamper, cut: int
) -> None:
    written(house, 400 - cut)
    seal(house)
    with house.engine.connect() as connection:
        before = dict(connection.execute(select(LogSeal.__table__)).mappings().one())
    written(house, cut)
    seal(house)
    elsewhere = checkpoint(house)
    tamper(f"DELETE FROM audit_entries WHERE number >= {400 - cut}")
    tamper(f"DELETE FROM log_tiles WHERE place >= {(400 - cut) // 256}")
    tamper(f"UPDATE log_head SET size = {400 - cut}")
    tamper(
        "UPDATE log_seal SET size = :size, edge = :edge, note = :note",
        **{n: before[n] for n in ("size", "edge", "note")},
    )

    assert verify(house.engine, verifiers(house)).why is None
    assert verify(house.engine, verifiers(house), since=elsewhere).first_bad == 400 - cut


@pytest.mark.rule("AUD-3")
def test_since_a_checkpoint_only_what_came_after_is_read_and_what_came_before_is_vouched_for(
    sealed: House, tamper: Tamper
) -> None:
    kept = checkpoint(sealed)
    written(sealed, 50)
    seal(sealed)
    assert verify(sealed.engine, verifiers(sealed), since=kept).entries == 50

    changed = entry(sealed, 720) | {"actor_id": "nobody"}
    tamper("UPDATE audit_entries SET actor_id = 'nobody', hash = :h WHERE number = 720", h=digest(changed))
    assert verify(sealed.engine, verifiers(sealed), since=kept).first_bad == 720

    other = Checkpoint(kept.origin, kept.size, tree.node(kept.root, kept.root))
    assert verify(sealed.engine, verifiers(sealed), since=other).why


def checkpoint(house: House) -> Checkpoint:
    with house.engine.connect() as connection:
        note = connection.execute(select(LogSeal.note)).scalar_one()
    return open_note(note, verifiers(house), origin=origin(house))


def rewritten(house: House, tamper: Tamper, *, since: int) -> None:
    """Do what somebody would who has everything but the key: change an entry, and make every hash above it anew."""
    changed = entry(house, since) | {"actor_id": "nobody"}
    tamper("UPDATE audit_entries SET actor_id = 'nobody', hash = :h WHERE number = :n", h=digest(changed), n=since)
    with house.engine.connect() as connection:
        hashes = connection.execute(select(AuditEntry.hash).order_by(AuditEntry.number)).scalars().all()
    edge, tiles = Edge(), list[tuple[int, int, bytes]]()
    edge.add(hashes, lambda *tile: tiles.append(tile))
    for level, place, joined in tiles:
        tamper("UPDATE log_tiles SET hashes = :h WHERE level = :l AND place = :p", h=joined, l=level, p=place)
    tamper("UPDATE log_seal SET edge = :e", e=edge.joined())

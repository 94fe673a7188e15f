"""Whatever is done to the tree, its seal and its checkpoints: it is found (AUD-3)."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from audit.encoding import leaf_of
from audit.models import AuditEntry, LogSeal, LogTile
from audit.notes import Checkpoint, Signer, open_note, sign
from audit.sealing import checkpoint
from audit.tree import TILE, Edge
from tests.audit.conftest import Attack
from tests.audit.forging import entry, update_entry, with_hash
from tests.audit.stage import (
    DISPOSAL,
    ORIGIN,
    SIGNER,
    SIZE,
    VERIFIERS,
)  # fmt: skip


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


def _nothing(_level: int, _place: int, _joined: bytes) -> None:
    """Full tiles stay as they are."""

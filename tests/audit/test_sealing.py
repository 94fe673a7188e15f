"""What is written is sealed once, without gap or repeat, whoever seals and however many do (AUD-3)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from audit import sealing, tree
from audit.encoding import leaf_of
from audit.models import AuditEntry, LogCheckpoint, LogSeal, LogTile
from audit.notes import open_note
from audit.sealing import LogTouched, prove, prove_growth, seal
from audit.verify import verify
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from tests.audit.conftest import disarm
from tests.audit.stage import ORIGIN, RING, SIZE, VERIFIERS, written


def checkpoint_of(house: House) -> tuple[int, bytes]:
    """Size and root that are signed now."""
    with house.engine.connect() as connection:
        found = open_note(sealing.checkpoint(connection) or "", VERIFIERS, origin=ORIGIN)
    return found.size, found.root


def leaves_of(house: House) -> list[bytes]:
    with house.engine.connect() as connection:
        rows = connection.execute(select(AuditEntry.format, AuditEntry.hash).order_by(AuditEntry.number))
        return [leaf_of(*row) for row in rows]


@pytest.mark.rule("AUD-3")
def test_the_signed_root_is_that_of_every_entry_however_they_came_to_be_sealed(sealed: House) -> None:
    leaves = leaves_of(sealed)

    assert checkpoint_of(sealed) == (SIZE, tree.root_of(leaves))
    assert seal(sealed) == 0
    with sealed.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(LogTile)).scalar() == SIZE // 256


@pytest.mark.rule("AUD-3")
def test_five_who_seal_at_once_seal_everything_once(empty: House) -> None:
    start = threading.Barrier(6)

    def sealing_all(_who: int) -> int:
        start.wait()
        return sum(seal(empty, most=70) for _ in range(120))

    def writing() -> None:
        start.wait()
        for _ in range(60):
            written(empty, 23)

    with ThreadPoolExecutor(6) as at_once:
        writer = at_once.submit(writing)
        done = sum(at_once.map(sealing_all, range(5)))
        writer.result()
    while more := seal(empty):
        done += more

    assert done == 60 * 23
    assert checkpoint_of(empty) == (done, tree.root_of(leaves_of(empty)))
    assert verify(empty.engine, VERIFIERS, origin=ORIGIN, ring=RING).why is None


@pytest.mark.rule("AUD-3")
def test_an_entry_is_proved_by_the_checkpoint_alone(sealed: House) -> None:
    size, root = checkpoint_of(sealed)
    leaves = leaves_of(sealed)

    with sealed.engine.connect() as connection:
        for number in (0, 1, 199, 200, 255, 256, 1023, 1024, SIZE - 2, SIZE - 1):
            proof = prove(connection, number)
            assert proof is not None
            assert tree.root_by_inclusion(number, size, leaves[number], proof.path) == root
        assert prove(connection, SIZE) is None
        assert prove(connection, -1) is None


@pytest.mark.rule("AUD-3")
def test_growth_is_proved_from_every_size_there_was(sealed: House) -> None:
    size, root = checkpoint_of(sealed)
    leaves = leaves_of(sealed)

    with sealed.engine.connect() as connection:
        for old in (1, 255, 256, 257, 512, 557, 1024, SIZE - 1, SIZE):
            grown = prove_growth(connection, old)
            assert grown is not None
            assert tree.has_grown(old, size, tree.root_of(leaves[:old]), root, grown[0])
        assert prove_growth(connection, SIZE + 1) is None
        assert prove_growth(connection, 0) is None


@pytest.mark.rule("AUD-3")
def test_a_log_that_is_not_whole_is_not_sealed_over(empty: House) -> None:
    written(empty, 10)
    seal(empty)
    written(empty, 10)
    with empty.engine.begin() as connection:
        disarm(connection)
        connection.execute(text("DELETE FROM audit_entries WHERE number = 15"))

    with pytest.raises(LogTouched):
        seal(empty)
    assert checkpoint_of(empty)[0] == 10


@pytest.mark.rule("AUD-3")
def test_one_checkpoint_an_hour_is_kept_for_good(empty: House, clock: FixedClock) -> None:
    for _ in range(5):
        written(empty, 3)
        seal(empty)
        clock.move(timedelta(minutes=30))

    with empty.engine.connect() as connection:
        kept = connection.execute(select(LogCheckpoint.size).order_by(LogCheckpoint.size)).scalars().all()
        newest = connection.execute(select(LogSeal.size)).scalar()
    assert (list(kept), newest) == ([3, 9, 15], 15)


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize("table", ["log_tiles", "log_checkpoints"])
def test_the_store_itself_lets_nobody_change_or_delete_what_was_sealed(sealed: House, table: str) -> None:
    statements = [f"DELETE FROM {table}", f"UPDATE {table} SET {'hashes' if table == 'log_tiles' else 'note'} = NULL"]
    if sealed.engine.dialect.name == "sqlite":
        statements.append(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")

    for statement in statements:
        with pytest.raises(IntegrityError, match="is kept as it was written"), sealed.engine.begin() as connection:
            connection.execute(text(statement))

"""A folder as witness: it keeps the newest, and refuses what is smaller or is not the log it knows."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from audit.notes import Checkpoint, sign
from audit.sealing import checkpoint, origin, signers
from compliance.kernel.context import House
from compliance.kernel.jobs import Stopping
from compliance.witnesses.asking import ask
from compliance.witnesses.rules import Answer, Problem
from tests.witnesses.conftest import Past, grow


def asked(house: House, folder: Path) -> Answer:
    return ask(house, str(folder), Stopping())


def note(house: House) -> str | None:
    with house.engine.connect() as connection:
        return checkpoint(connection)


@pytest.mark.rule("AUD-3")
def test_a_folder_keeps_the_newest_checkpoint(sqlite_house: House, folder: Path) -> None:
    assert (asked(sqlite_house, folder).size, list(folder.iterdir())) == (0, [folder / "lock"])
    for _ in range(3):
        grow(sqlite_house, 2)
        answer = asked(sqlite_house, folder)
        assert (answer.problem, answer.took) == (None, True)
        assert (folder / "checkpoint").read_text() == note(sqlite_house)
    before = (folder / "checkpoint").stat()
    assert asked(sqlite_house, folder).took
    assert (folder / "checkpoint").stat().st_ino == before.st_ino, "what is the same is not written again"


@pytest.mark.rule("AUD-3")
def test_a_folder_refuses_a_log_that_was_turned_back_and_one_that_grew_another_way(
    house: House, folder: Path, past: Past
) -> None:
    grow(house, 5)
    past.take()
    grow(house, 5)
    assert asked(house, folder).took
    kept = (folder / "checkpoint").read_text()

    past.put_back()
    answer = asked(house, folder)
    assert (answer.problem, answer.held.size if answer.held else 0) == (Problem.AHEAD, 10)

    grow(house, 5)
    assert asked(house, folder).problem is Problem.FORKED, "as large as before, with other entries"
    grow(house, 20)
    assert asked(house, folder).problem is Problem.FORKED, "larger than before, with other entries"
    assert (folder / "checkpoint").read_text() == kept


@pytest.mark.rule("AUD-3")
def test_a_store_without_a_log_is_smaller_than_any(sqlite_house: House, folder: Path) -> None:
    (folder / "checkpoint").write_text(sign(Checkpoint(origin(sqlite_house), 7, b"7" * 32), signers(sqlite_house)))

    assert asked(sqlite_house, folder).problem is Problem.AHEAD


@pytest.mark.rule("AUD-3")
def test_the_log_keeps_its_witness_when_the_service_moves_to_another_name(sqlite_house: House, folder: Path) -> None:
    grow(sqlite_house, 3)
    known = note(sqlite_house) or ""
    elsewhere = sign(Checkpoint("old.example/log", 3, _root(known)), _called("old.example/log", sqlite_house))
    (folder / "checkpoint").write_text(elsewhere)
    grow(sqlite_house)

    assert asked(sqlite_house, folder).took

    (folder / "checkpoint").write_text(
        sign(Checkpoint("old.example/log", 3, b"x" * 32), _called("old.example/log", sqlite_house))
    )
    assert asked(sqlite_house, folder).problem is Problem.FORKED


@pytest.mark.parametrize("held", ["", "nonsense", "a\n1\nb\n\n\u2014 a b\n", "\xff" * 10, "x" * 100_000])
def test_what_is_no_checkpoint_of_ours_is_left_and_told(sqlite_house: House, folder: Path, held: str) -> None:
    grow(sqlite_house)
    (folder / "checkpoint").write_text(held, encoding="latin-1" if held.startswith("\xff") else "utf-8")
    before = (folder / "checkpoint").read_bytes()

    assert asked(sqlite_house, folder).problem is Problem.NOT_READABLE
    assert (folder / "checkpoint").read_bytes() == before


def test_a_folder_that_is_not_there_is_not_made(sqlite_house: House, tmp_path: Path) -> None:
    grow(sqlite_house)

    assert asked(sqlite_house, tmp_path / "unmounted").problem is Problem.NO_FOLDER
    assert not (tmp_path / "unmounted").exists()
    (tmp_path / "file").touch()
    assert asked(sqlite_house, tmp_path / "file").problem is Problem.NO_FOLDER


@pytest.mark.rule("AUD-3")
def test_several_at_once_leave_the_newest(sqlite_house: House, folder: Path) -> None:
    grow(sqlite_house, 3)
    together = threading.Barrier(6)
    answers: list[Answer] = []

    def asking(place: int) -> None:
        together.wait()
        if place == 0:
            grow(sqlite_house, 3)
        answers.append(asked(sqlite_house, folder))

    threads = [threading.Thread(target=asking, args=[place]) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.problem for answer in answers] == [None] * 6
    assert (folder / "checkpoint").read_text() == note(sqlite_house)


def _root(known: str) -> bytes:
    from base64 import b64decode

    return b64decode(known.split("\n")[2])


def _called(name: str, house: House):
    from audit.notes import Signer

    return [Signer(name, each.private) for each in signers(house)]

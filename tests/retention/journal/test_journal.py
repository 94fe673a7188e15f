"""The journal itself: lines that hang together, and what is made of one that was forged, cut, doubled or torn (RET-12)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from compliance.identity import use_cases as identity
from compliance.identity.models import ServiceClient
from compliance.kernel.context import House, operator
from compliance.kernel.jobs import Stopping
from compliance.kernel.secrets import KeyRing, create_key_file
from retention.journal import copied, jobs, lines
from retention.journal.folder import Folder, OutOfReach
from retention.journal.keeping import folder_of, keep
from retention.journal.lines import Broken, Line
from retention.journal.standing import standing
from tests.builders.identity import every
from tests.witnesses.conftest import Past


def a_client(house: House, *, ends: bool = True) -> ServiceClient:
    """A program that is let in, and no more."""
    with house.work(operator("test")) as ctx:
        client, _ = identity.register_client(ctx, name="Case system", scopes=("decisions",))
    if ends:
        with house.work(operator("test")) as ctx:
            identity.end_client(ctx, client.id)
    return client


def texts(folder: Path) -> list[str]:
    return (folder / "journal").read_text().splitlines(keepends=True)


@pytest.mark.rule("RET-12", "AUD-3")
def test_the_errand_writes_ids_and_codes_within_a_run_and_nothing_twice(
    sqlite_app: Flask, kept_house: House, folder: Path
) -> None:
    client = a_client(kept_house)

    assert jobs.WRITE.go(kept_house, Stopping()).done == 1
    assert jobs.WRITE.go(kept_house, Stopping()).done == 0

    [line] = list(folder_of(kept_house).backwards())  # type: ignore[union-attr]
    assert (line.event, line.subject, line.said) == ("client.ended", str(client.id), {"client": client.client_id})
    found = standing(kept_house)
    assert found is not None
    assert (found.lines, found.behind, found.agrees) == (1, 0, True)
    a_client(kept_house)
    behind = standing(kept_house)
    assert behind is not None
    assert (behind.behind, behind.oldest is not None) == (1, True)


@pytest.mark.rule("RET-12")
def test_a_log_that_says_nothing_of_the_kind_is_looked_through_once(
    sqlite_app: Flask, kept_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied, "AT_ONCE", 5)
    for _ in range(12):
        a_client(kept_house, ends=False)

    assert keep(kept_house).added == 2
    assert [line.event for line in folder_of(kept_house).backwards()] == [lines.SEEN] * 2  # type: ignore[union-attr]
    assert keep(kept_house).added == 0


def forged(found: list[str]) -> list[str]:
    return [*found, found[-1].replace("client.ended", "role.ended")]


def altered(found: list[str]) -> list[str]:
    return [found[0].replace("client.ended", "session.ended"), *found[1:]]


def doubled(found: list[str]) -> list[str]:
    return [*found, found[-1]]


def cut_at_the_end(found: list[str]) -> list[str]:
    return found[:-1]


def cut_in_the_middle(found: list[str]) -> list[str]:
    return [found[0], *found[2:]]


def emptied(_found: list[str]) -> list[str]:
    return []


def turned(found: list[str]) -> list[str]:
    return found[::-1]


def not_text(found: list[str]) -> list[str]:
    return [*found, "\x00\n"]


@pytest.mark.rule("RET-12")
@pytest.mark.parametrize(
    "does", [forged, altered, doubled, cut_at_the_end, cut_in_the_middle, emptied, turned, not_text]
)
def test_a_journal_that_somebody_touched_does_nothing_and_nothing_is_served(
    sqlite_app: Flask, kept_house: House, folder: Path, past: Past, does: Callable[[list[str]], list[str]]
) -> None:
    alive = a_client(kept_house, ends=False)
    past.take()
    for _ in range(3):
        a_client(kept_house)
    keep(kept_house)
    past.put_back()
    (folder / "journal").write_text("".join(does(texts(folder))))

    with pytest.raises(Broken):
        keep(kept_house)
    with pytest.raises(Broken):
        standing(kept_house)

    assert jobs.WRITE.go(kept_house, Stopping()).failed == 1
    assert [each.ended_at for each in every(kept_house, ServiceClient)] == [None]
    assert [each.id for each in every(kept_house, ServiceClient)] == [alive.id]


@pytest.mark.rule("RET-12")
def test_a_line_of_another_key_ends_nothing(sqlite_app: Flask, kept_house: House, folder: Path, tmp_path: Path) -> None:
    client = a_client(kept_house, ends=False)
    create_key_file(tmp_path / "other.json")
    line = Line(
        1, 999, "00" * 32, "2026-11-21T10:00:00.000000Z", "client.ended", "x", str(client.id), detail='{"client":"x"}'
    )
    Folder(folder, KeyRing.load(tmp_path / "other.json")).add([line], after=lines.BEGINNING)

    with pytest.raises(Broken):
        keep(kept_house)

    shutil.rmtree(folder)
    folder.mkdir()
    Folder(folder, kept_house.the(KeyRing)).add([line], after=lines.BEGINNING)
    assert keep(kept_house).exactly == 1, "and the same line with our key does"


@pytest.mark.rule("RET-12")
def test_a_line_that_was_being_written_when_the_power_failed_is_written_again(
    sqlite_app: Flask, kept_house: House, folder: Path
) -> None:
    for _ in range(3):
        a_client(kept_house)
    keep(kept_house)
    whole = (folder / "journal").read_bytes()
    a_client(kept_house)
    keep(kept_house)
    longer = (folder / "journal").read_bytes()
    for end in range(len(whole), len(longer)):
        (folder / "journal").write_bytes(longer[:end])
        (folder / "head").unlink()  # it is written after the line
        assert keep(kept_house).added == 1
        assert (folder / "journal").read_bytes() == longer


@pytest.mark.rule("RET-12")
@pytest.mark.parametrize("blocks", [7, 64, 1000])
def test_a_long_journal_is_read_from_its_end(
    sqlite_app: Flask, kept_house: House, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    for _ in range(20):
        a_client(kept_house)
    keep(kept_house)
    monkeypatch.setattr("retention.journal.folder._BLOCK", blocks)

    found = list(folder_of(kept_house).backwards())  # type: ignore[union-attr]

    assert [line.place for line in found] == list(range(20, 0, -1))
    assert keep(kept_house).added == 0


@pytest.mark.rule("RET-12")
def test_without_its_folder_nothing_is_compared_and_without_the_setting_nothing_is_kept(
    sqlite_app: Flask, kept_house: House, folder: Path
) -> None:
    a_client(kept_house)
    shutil.rmtree(folder)
    with pytest.raises(OutOfReach):
        keep(kept_house)
    assert jobs.WRITE.go(kept_house, Stopping()).failed == 1
    assert not folder.exists()

    kept_house.settings = replace(kept_house.settings, journal=None)
    assert keep(kept_house).added == 0
    assert standing(kept_house) is None

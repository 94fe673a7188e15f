"""An exported log stands anywhere, and no byte of it can be changed (AUD-3): tried on the file that is handed out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from audit import offline
from audit.export import export
from audit.notes import Signer
from audit.sealing import seal
from compliance.kernel.context import House
from compliance.kernel.settings import REPOSITORY
from tests.audit.stage import written
from tests.builders.identity import logged

CHECKER = REPOSITORY / "audit" / "offline.py"


@pytest.fixture
def folder(sealed: House, tmp_path: Path) -> Path:
    """What the operator hands out."""
    export(sealed, tmp_path / "log", progress=lambda _done: None)
    return tmp_path / "log"


def said_of(folder: Path, *more: str) -> tuple[int, str]:
    """What the checker says, as a program of its own that can import nothing of ours."""
    command = [sys.executable, "-I", str(CHECKER), str(folder), *more]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    return done.returncode, done.stdout


def bad(folder: Path) -> int | None:
    """The first bad number, looked for in this process."""
    try:
        offline.check(folder, folder / "key", None)
    except offline.Bad as found:
        return int(found.args[0])
    return None


@pytest.mark.rule("AUD-3")
def test_what_is_exported_stands_by_itself(folder: Path, sealed: House) -> None:
    assert said_of(folder) == (0, "700 entries, each as it was written and sealed\n")
    assert [json.loads(entry.detail) for entry in logged(sealed, "audit.exported")] == [{"size": 700}]


@pytest.mark.rule("AUD-3")
def test_any_byte_changed_anywhere_is_found(folder: Path) -> None:
    for name in ("checkpoint", "key", "log.ndjson"):
        path = folder / name
        whole = path.read_bytes()
        # Every byte of the small files; of the log one in every ninth line, each time at another place.
        places = range(len(whole)) if name != "log.ndjson" else _one_in_some_lines(whole)
        for place in places:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert bad(folder) is not None, f"{name}: byte {place}"
        path.write_bytes(whole)
    assert bad(folder) is None


@pytest.mark.rule("AUD-3")
def test_the_first_bad_number_is_named(folder: Path) -> None:
    path = folder / "log.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)

    for changed, first in (
        ([*lines[:9], lines[9].replace(b'"deny"', b'"permit"'), *lines[10:]], None),
        (lines[1:], 0),
        ([*lines[:300], *lines[301:]], 300),
        (lines[:-1], 699),
        ([*lines, lines[-1]], 700),
        ([*lines[:5], lines[6], lines[5], *lines[7:]], 5),
    ):
        path.write_bytes(b"".join(changed))
        assert bad(folder) == (first if first is not None else _first_difference(lines, changed))


@pytest.mark.rule("AUD-3")
def test_a_key_and_a_checkpoint_that_were_kept_elsewhere_count_before_those_in_the_folder(
    sealed: House, folder: Path, tmp_path: Path
) -> None:
    kept, key = tmp_path / "kept", tmp_path / "kept.key"
    kept.write_bytes((folder / "checkpoint").read_bytes())
    key.write_bytes((folder / "key").read_bytes())
    written(sealed, 9)
    seal(sealed)
    export(sealed, tmp_path / "later", progress=lambda _done: None)

    assert said_of(tmp_path / "later", "--key", str(key), "--since", str(kept))[0] == 0
    (tmp_path / "kept").write_bytes((tmp_path / "later" / "checkpoint").read_bytes())
    code, says = said_of(folder, "--since", str(kept))
    assert (code, "from entry 700 on" in says) == (1, True)
    stranger = Signer("other.example/log", _a_key())
    key.write_text(f"{stranger.verifier}\n")
    assert said_of(folder, "--key", str(key))[0] == 1


def _one_in_some_lines(whole: bytes) -> list[int]:
    places, start = [], 0
    for number, line in enumerate(whole.splitlines(keepends=True)):
        if number % 9 == 0:
            places.append(start + number * 7 % len(line))
        start += len(line)
    return places


def _first_difference(lines: list[bytes], changed: list[bytes]) -> int | None:
    return next((at for at, (one, other) in enumerate(zip(lines, changed, strict=False)) if one != other), None)


def _a_key():  # type: ignore[no-untyped-def]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()

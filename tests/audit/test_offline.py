"""An exported log stands anywhere, and no byte of it can be changed (AUD-3): tried on the file that is handed out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from audit import offline
from audit.encoding import digest, leaf_of
from audit.export import export
from audit.notes import Signer
from audit.sealing import seal
from compliance.kernel.context import House
from compliance.kernel.settings import REPOSITORY
from tests.audit.stage import SIZE, a_draft, a_sealed_log, as_format_1, house_at, written
from tests.builders.identity import logged
from tests.support.databases import Fresh

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
    assert said_of(folder) == (0, f"{SIZE} entries, each as it was written and sealed\n")
    assert [json.loads(entry.detail) for entry in logged(sealed, "audit.exported")] == [{"size": SIZE}]
    lines = (folder / "log.ndjson").read_text().splitlines()
    assert [tuple(json.loads(lines[number])) for number in (0, SIZE - 1)] == [offline.MEMBERS[1], offline.MEMBERS[2]]
    assert "198.51.100." not in (folder / "log.ndjson").read_text(), "what is personal stays at home"


@pytest.mark.rule("AUD-3")
def test_any_byte_changed_anywhere_is_found(sqlite_url: Fresh, tmp_path: Path) -> None:
    house, folder = house_at(sqlite_url(a_sealed_log), tmp_path), tmp_path / "log"
    export(house, folder, progress=lambda _done: None)
    house.engine.dispose()

    for name in ("checkpoint", "key", "log.ndjson"):
        path = folder / name
        whole = path.read_bytes()
        # Every byte of the small files; of the log some, in steps that come by other places of a line each time.
        step = 1 if len(whole) < 1000 else len(whole) // 47 | 1
        for place in range(0, len(whole), step):
            other = whole[place] ^ (1, 0x20, 0x80)[place % 3]
            path.write_bytes(whole[:place] + bytes([other]) + whole[place + 1 :])
            found = bad(folder)
            assert found is not None, f"{name}: byte {place}"
            assert name != "log.ndjson" or found == whole.count(b"\n", 0, place), f"byte {place}"
        path.write_bytes(whole)
    assert bad(folder) is None


@pytest.mark.rule("AUD-3")
@settings(max_examples=60, deadline=None)
@given(some.data())
def test_no_entry_can_be_written_otherwise(data: some.DataObject) -> None:
    number = data.draw(some.sampled_from([5, 605]))
    entry = as_format_1(number) if number == 5 else of_format_2(number)
    entry["hash"] = entry["hash"] if isinstance(entry["hash"], str) else entry["hash"].hex()
    line = offline.written({name: entry[name] for name in offline.MEMBERS[entry["format"]]}) + b"\n"
    assert offline.leaf_of(line, number) == leaf_of(entry["format"], bytes.fromhex(entry["hash"]))

    place = data.draw(some.integers(0, len(line) - 1))
    other = data.draw(some.binary(max_size=3).filter(lambda other: other != line[place : place + 1]))
    with pytest.raises(offline.Bad):
        offline.leaf_of(line[:place] + other + line[place + 1 :], number)


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize(
    "instead",
    [b"", b"\n", b"null\n", b"[]\n", b"[" * 5000 + b"\n", b'{"number":605,"number":605}\n', b"\xff\xfe\n", b'{"a":"\\ud800"}\n',
     b'{"number":1e400}\n', b"9" * 6000 + b"\n"],
)  # fmt: skip
def test_what_is_no_entry_is_named_and_stops_nothing(instead: bytes) -> None:
    with pytest.raises(offline.Bad) as found:
        offline.leaf_of(instead, 605)
    assert found.value.args[0] == 605


@pytest.mark.rule("AUD-3")
def test_members_of_another_kind_order_or_number_are_no_entry() -> None:
    entry = of_format_2(605)
    members = {name: entry[name] for name in offline.MEMBERS[2]}
    for other in (
        {**members, "format": 2.0}, {**members, "number": 605.0}, {**members, "format": True}, members | {"more": None},
        {name: members[name] for name in reversed(members)}, {name: members[name] for name in list(members)[:-1]},
        {**members, "hash": members["hash"].upper()},
    ):  # fmt: skip
        with pytest.raises(offline.Bad):
            offline.leaf_of(offline.written(other) + b"\n", 605)


@pytest.mark.rule("AUD-3")
def test_the_first_bad_number_is_named(folder: Path) -> None:
    path = folder / "log.ndjson"
    lines = path.read_bytes().splitlines(keepends=True)

    for changed, first in (
        ([*lines[:10], lines[10].replace(b'"deny"', b'"permit"'), *lines[11:]], 10),
        ([*lines[:610], lines[610].replace(b'"deny"', b'"permit"'), *lines[611:]], 610),
        (lines[1:], 0),
        ([*lines[:300], *lines[301:]], 300),
        (lines[:-1], SIZE - 1),
        ([*lines, lines[-1]], SIZE),
        ([*lines[:5], lines[6], lines[5], *lines[7:]], 5),
        ([*lines[:605], lines[606], lines[605], *lines[607:]], 605),
    ):
        path.write_bytes(b"".join(changed))
        assert bad(folder) == first


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
    assert (code, f"from entry {SIZE} on" in says) == (1, True)
    stranger = Signer("other.example/log", _a_key())
    key.write_text(f"{stranger.verifier}\n")
    assert said_of(folder, "--key", str(key))[0] == 1


def of_format_2(number: int) -> dict[str, Any]:
    """An entry as an export has it."""
    entry = a_draft(number) | {"number": number, "format": 2, "personal": None}
    del entry["private"]
    return entry | {"hash": digest(entry).hex()}


def _a_key():  # type: ignore[no-untyped-def]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()

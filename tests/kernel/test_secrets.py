"""Attacks on what is sealed: altered, moved elsewhere, opened with another ring (IDN-5)."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from compliance.kernel.secrets import KeyRing, Unreadable, create_key_file

HERE = "authenticators.secret:1"


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    create_key_file(path)
    return path


@pytest.fixture
def ring(key_path: Path) -> KeyRing:
    return KeyRing.load(key_path)


@pytest.mark.rule("IDN-5")
def test_what_was_sealed_opens_in_its_own_place_and_nowhere_else(ring: KeyRing) -> None:
    sealed = ring.seal(b"a secret", place=HERE)

    assert ring.open(sealed, place=HERE) == b"a secret"
    with pytest.raises(Unreadable):
        ring.open(sealed, place="authenticators.secret:2")


@pytest.mark.rule("IDN-5")
def test_a_sealed_value_altered_anywhere_does_not_open(ring: KeyRing) -> None:
    sealed = ring.seal(b"a secret", place=HERE)

    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Unreadable):
            ring.open(altered, place=HERE)
    for short in (b"", b"1", b"1.", sealed[:20]):
        with pytest.raises(Unreadable):
            ring.open(short, place=HERE)


@pytest.mark.rule("IDN-5")
def test_sealing_the_same_twice_shows_nobody_that_it_is_the_same(ring: KeyRing) -> None:
    sealed = {ring.seal(b"a secret", place=HERE) for _ in range(50)}

    assert len(sealed) == 50
    assert not any(b"a secret" in each for each in sealed)


@pytest.mark.rule("IDN-5")
def test_a_ring_that_turned_opens_what_was_sealed_before_and_seals_with_the_new_key(
    ring: KeyRing, key_path: Path
) -> None:
    before = ring.seal(b"a secret", place=HERE)
    held = json.loads(key_path.read_text())
    held["fields"]["2"] = base64.b64encode(bytes(range(32))).decode()
    key_path.write_text(json.dumps(held | {"newest": "2"}))
    turned = KeyRing.load(key_path)

    assert turned.open(before, place=HERE) == b"a secret"
    with pytest.raises(Unreadable):
        ring.open(turned.seal(b"a secret", place=HERE), place=HERE)


@pytest.mark.rule("IDN-5")
def test_a_fingerprint_tells_nothing_and_keeps_its_uses_apart(ring: KeyRing, tmp_path: Path) -> None:
    create_key_file(tmp_path / "others.json")
    other = KeyRing.load(tmp_path / "others.json")

    assert ring.fingerprint("session", "t") == ring.fingerprint("session", "t")
    assert ring.fingerprint("session", "t") != ring.fingerprint("client", "t")
    assert ring.fingerprint("session", "t") != other.fingerprint("session", "t")

"""A document that we signed checks, with what we publish and nothing else; one that was touched does not (SIG-2)."""

from __future__ import annotations

import json
import random
import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from compliance.kernel.secrets import KeyRing, complete_key_file, create_key_file, turn_key_file
from compliance.kernel.settings import Misconfigured
from compliance.papers.signing import Verdict, check, sign
from compliance.papers.typesetting import Press
from tests.builders.papers import PRODUCED, a_document, a_key

KEY = a_key()
BARE = Press().set(a_document("Words."))
SIGNED = sign(BARE, KEY, at=PRODUCED, reason="As the register had it")


@pytest.mark.rule("SIG-2")
def test_ours_is_told_from_others_from_unsigned_ones_and_from_what_is_no_document() -> None:
    assert check(SIGNED, [a_key(), KEY]) is Verdict.WHOLE
    assert check(SIGNED, [a_key()]) is Verdict.STRANGER
    assert check(BARE, [KEY]) is Verdict.UNSIGNED
    assert check(b"PK\3\4", [KEY]) is Verdict.ALTERED
    assert check(b"", [KEY]) is Verdict.ALTERED


@pytest.mark.rule("SIG-2")
def test_one_byte_changed_anywhere_is_seen() -> None:
    start = SIGNED.index(b"/Contents <")
    end = SIGNED.index(b">", start)
    lot = random.Random(20261121)
    places = {0, len(SIGNED) - 1, start, end, *range(start + 9, start + 20), *lot.sample(range(start, end), 80)}
    places |= set(lot.sample(range(len(SIGNED)), 120))

    unseen = [n for n in sorted(places) if check(_flipped(n), [KEY]) is Verdict.WHOLE]

    assert unseen == []


@pytest.mark.rule("SIG-2")
def test_what_was_added_taken_away_or_signed_over_is_seen() -> None:
    again = sign(BARE, a_key(), at=PRODUCED, reason="Another")

    assert check(SIGNED + b"\n% more", [KEY]) is Verdict.ALTERED
    assert check(SIGNED[:-20], [KEY]) is Verdict.ALTERED
    assert check(again, [KEY]) is Verdict.STRANGER
    assert check(BARE + SIGNED[len(BARE) :].replace(b"MARAC Hub", b"MARAC Hob"), [KEY]) is Verdict.ALTERED


@pytest.mark.rule("SIG-2")
def test_the_signature_is_pades_over_the_whole_file_and_checks_without_any_code_of_ours() -> None:
    start, length, after, rest = map(int, re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", SIGNED).groups())  # type: ignore[union-attr]
    held = cms.ContentInfo.load(bytes.fromhex(SIGNED[length + 1 : after - 1].decode()))["content"]
    signer = held["signer_infos"][0]
    attributes = {each["type"].native: each["values"][0] for each in signer["signed_attrs"]}
    known = x509.load_pem_x509_certificate(KEY.certificate.encode()).public_key()

    assert (start, after + rest) == (0, len(SIGNED))
    assert b"/SubFilter /ETSI.CAdES.detached" in SIGNED
    assert "signing_certificate_v2" in attributes
    assert attributes["message_digest"].native == sha256(SIGNED[:length] + SIGNED[after:]).digest()
    assert isinstance(known, ec.EllipticCurvePublicKey)
    known.verify(signer["signature"].native, signer["signed_attrs"].untag().dump(), ec.ECDSA(SHA256()))


@pytest.mark.rule("SIG-2", "IDN-5")
def test_keys_turn_and_what_the_old_one_signed_still_checks_though_it_signs_no_more(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_key_file(path)
    before = KeyRing.load(path).papers[0]
    signed = sign(BARE, before, at=PRODUCED, reason="Before")

    turn_key_file(path)
    papers = KeyRing.load(path).papers

    assert [key.fingerprint for key in papers][1:] == [before.fingerprint]
    assert papers[0].fingerprint != before.fingerprint
    assert check(signed, papers) is Verdict.WHOLE
    with pytest.raises(ValueError, match="does not sign"):
        sign(BARE, papers[1], at=PRODUCED, reason="After")


@pytest.mark.rule("SIG-2", "IDN-5")
def test_a_ring_made_before_documents_were_signed_is_refused_and_can_be_completed(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    create_key_file(path)
    held = json.loads(path.read_text())
    other = KeyRing.load(path).papers[0].certificate
    path.write_text(json.dumps({name: value for name, value in held.items() if name != "papers"}))

    with pytest.raises(Misconfigured, match="keys complete"):
        KeyRing.load(path)
    assert complete_key_file(path)
    assert not complete_key_file(path)
    ring = KeyRing.load(path)
    assert ring.papers[0].ends_at - PRODUCED > timedelta(days=3000)

    swapped = json.loads(path.read_text())
    swapped["papers"][0]["certificate"] = other
    path.write_text(json.dumps(swapped))
    with pytest.raises(Misconfigured):
        KeyRing.load(path)


def _flipped(place: int) -> bytes:
    return SIGNED[:place] + bytes([SIGNED[place] ^ 1]) + SIGNED[place + 1 :]

"""Checkpoints: signed notes that anybody can check, and nobody can bend (C2SP signed-note, AUD-3)."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.notes import BadNote, Checkpoint, Signer, Verifier, open_note, sign

ORIGIN = "marac.example/log"
CHECKPOINT = Checkpoint(ORIGIN, 48213, sha256(b"root").digest())
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
NOTE = sign(CHECKPOINT, [SIGNER])


def test_a_note_has_the_form_that_readers_of_such_logs_know() -> None:
    text, signature = NOTE.split("\n\n")
    lines = text.split("\n")

    assert lines == [ORIGIN, "48213", base64.b64encode(CHECKPOINT.root).decode()]
    dash, name, signed = signature.rstrip("\n").split(" ")
    assert (dash, name) == ("\u2014", ORIGIN)
    key = SIGNER.private.public_key().public_bytes_raw()
    assert base64.b64decode(signed)[:4] == sha256(f"{ORIGIN}\n\x01".encode() + key).digest()[:4]
    SIGNER.private.public_key().verify(base64.b64decode(signed)[4:], f"{text}\n".encode())


@pytest.mark.rule("AUD-3")
def test_the_published_key_opens_it_and_another_does_not() -> None:
    published = Verifier.read(str(SIGNER.verifier))

    assert open_note(NOTE, [published], origin=ORIGIN) == CHECKPOINT
    with pytest.raises(BadNote):
        open_note(NOTE, [OTHER.verifier])
    with pytest.raises(BadNote):
        open_note(NOTE, [])
    with pytest.raises(BadNote):
        open_note(NOTE, [published], origin="another.example/log")


@pytest.mark.rule("AUD-3")
def test_no_character_of_what_is_signed_can_be_changed() -> None:
    signed = len(CHECKPOINT.text())
    for place in range(signed):
        for other in {"0", "A", "\n", " "} - {NOTE[place]}:
            with pytest.raises(BadNote):
                open_note(NOTE[:place] + other + NOTE[place + 1 :], [SIGNER.verifier])


@pytest.mark.rule("AUD-3")
def test_while_a_key_turns_either_opens_the_note() -> None:
    both = sign(CHECKPOINT, [SIGNER, OTHER])

    assert open_note(both, [SIGNER.verifier]) == open_note(both, [OTHER.verifier]) == CHECKPOINT


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize(
    "note",
    ["", "\n", "\n\n", NOTE.replace("48213", "048213"), NOTE.replace("48213", "-1"), NOTE.replace("\n\n", "\nmore\n\n"),
     NOTE.replace("\u2014", "-"), NOTE.partition("\n\n")[0] + "\n", "\x00" * 400],
)  # fmt: skip
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        open_note(note, [SIGNER.verifier])


@pytest.mark.parametrize("text", ["", "name", "name+00000000+AAAA", str(SIGNER.verifier).replace("+", "-"), "a b+c+d"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Verifier.read(text)

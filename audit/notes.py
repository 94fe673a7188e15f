"""Checkpoints: what the log was at a size, signed, in the form that any reader of transparency logs knows (C2SP).

    <origin>\\n<size>\\n<root in base64>\\n\\n— <name> <base64 of key id and signature>\\n

The signature is Ed25519 over everything before the empty line, its line end included. A note may carry several,
so that a key can turn: whoever knows one of the keys can check it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "\u2014"
_PLAIN = re.compile(r"[!-~]+")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class BadNote(ValueError):
    """This is no checkpoint of ours: not of this form, of another log, or signed by no key that is known."""


@dataclass(frozen=True)
class Checkpoint:
    """That the log of this origin held so many entries, with this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True)
class Verifier:
    """A public key and the name it signs under."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature says which key made it."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The key as it is handed out: name, key id in hex, key in base64, a plus between."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def read(cls, text: str) -> Verifier:
        """The key out of the form it is handed out in; raises BadNote."""
        name, _, rest = text.strip().partition("+")
        key_id, _, key = rest.partition("+")
        held = _bytes(key)
        if not _PLAIN.fullmatch(name) or len(held) != 33 or held[:1] != _ED25519:
            raise BadNote("that is no public key of a log")
        verifier = cls(name, held[1:])
        if verifier.key_id.hex() != key_id:
            raise BadNote("the key's id does not belong to it")
        return verifier


@dataclass(frozen=True)
class Signer:
    """A private key and the name it signs under."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """The signature's line of a note."""
        signed = self.verifier.key_id + self.private.sign(text.encode())
        return f"{_DASH} {self.name} {_base64(signed)}\n"


def sign(checkpoint: Checkpoint, signers: Iterable[Signer]) -> str:
    """The note of a checkpoint."""
    text = checkpoint.text()
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def open_note(note: str, verifiers: Sequence[Verifier], *, origin: str | None = None) -> Checkpoint:
    """The checkpoint that a note vouches for, where one of these keys signed it; raises BadNote."""
    text, gap, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) != 3 or not _NUMBER.fullmatch(lines[1]):
        raise BadNote("a checkpoint has an origin, a size, a root, and signatures")
    root = _bytes(lines[2])
    if len(root) != 32 or _base64(root) != lines[2]:
        raise BadNote("the checkpoint's root is no root")
    if origin is not None and lines[0] != origin:
        raise BadNote(f"the checkpoint is of another log: {lines[0]}")
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    if not any(_holds(line, f"{text}\n", known) for line in signatures.splitlines()):
        raise BadNote("none of the keys that are known signed this checkpoint")
    return Checkpoint(lines[0], int(lines[1]), root)


def _holds(line: str, text: str, known: dict[tuple[str, bytes], Verifier]) -> bool:
    dash, _, rest = line.partition(" ")
    name, _, signature = rest.partition(" ")
    signed = _bytes(signature)
    verifier = known.get((name, signed[:4]))
    if dash != _DASH or verifier is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signed[4:], text.encode())
    except InvalidSignature:
        return False
    return True


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""

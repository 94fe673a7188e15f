"""Keys, and what they are used for: one ring outside the database, which can turn (IDN-5).

The ring is a JSON file that only the service may read. `fields` seals secret and personal columns with
AES-256-GCM, bound to the column and row they belong to, so that a sealed value moved elsewhere does not
open; the newest key seals, every key in the ring opens. `pepper` makes the keyed fingerprints under which
tokens are looked up, `cookies` signs forms, `token` signs access tokens (ES256), `identity` signs what relying parties
are told of people (RS256, which OpenID Connect asks of everybody), `log` signs the checkpoints of
the log (Ed25519), with every key that it holds. `papers` signs documents (ECDSA P-256): the first of them does, the
certificates of the others stay for what they signed.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from .paper_keys import PaperKey, new_paper_key
from .settings import Misconfigured

_NONCE = 12
_LEAST = 32
_RSA_BITS = 2048
_EARLIER = 2
"""How many signing keys that signed before are still published: what they signed last is over long since."""


class Unreadable(RuntimeError):
    """A sealed value does not open: another key, another place, or it was touched."""


@dataclass(frozen=True)
class SigningKey:
    """A key that signs tokens, by the name that stands in their headers; of one that signed before the public half."""

    id: str
    pem: str


@dataclass(frozen=True)
class KeyRing:
    """Every key the service holds; made once a process from the key file."""

    fields: Mapping[str, bytes]
    newest: str
    pepper: bytes
    cookies: bytes
    token_id: str
    token_pem: str
    log: tuple[bytes, ...]
    papers: tuple[PaperKey, ...]
    earlier_tokens: tuple[SigningKey, ...] = ()
    identity: tuple[SigningKey, ...] = ()
    """The first signs; the others signed before it."""

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Read the key file; raises Misconfigured when it is missing, short, or open to other users."""
        if not path.exists():
            raise Misconfigured(f"There is no key file at {path}. Make one with `compliance keys create`.")
        if path.stat().st_mode & 0o077:
            raise Misconfigured(f"The key file {path} can be read by others. Run `chmod 600` on it.")
        try:
            held = json.loads(path.read_text())
            ring = cls(
                fields={name: base64.b64decode(key) for name, key in held["fields"].items()},
                newest=held["newest"],
                pepper=base64.b64decode(held["pepper"]),
                cookies=base64.b64decode(held["cookies"]),
                token_id=held["token"]["id"],
                token_pem=held["token"]["pem"],
                log=tuple(base64.b64decode(key) for key in held["log"]),
                papers=tuple(PaperKey.read(one) for one in held["papers"]),
                earlier_tokens=tuple(SigningKey(one["id"], one["pem"]) for one in held.get("earlier_tokens", ())),
                identity=tuple(SigningKey(one["id"], one["pem"]) for one in held["identity"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            words = "Run `compliance keys complete`, or restore it from your backup."
            raise Misconfigured(f"The key file {path} is not complete. {words}") from problem
        ring._check(path)
        return ring

    def _check(self, path: Path) -> None:
        secrets_held = [*self.fields.values(), self.pepper, self.cookies, *self.log]
        if (
            self.newest not in self.fields
            or not self.log
            or not any(one.pem for one in self.papers[:1])
            or not any("PRIVATE" in one.pem for one in self.identity[:1])
            or any(len(key) < _LEAST or len(set(key)) < 8 for key in secrets_held)
        ):
            raise Misconfigured(f"The key file {path} holds a key that is too weak. Make a new one.")

    def seal(self, value: bytes, *, place: str) -> bytes:
        """Encrypt `value` for `place`, such as `authenticators.secret:<id>`; opens nowhere else."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self.fields[self.newest]).encrypt(nonce, value, place.encode())
        return self.newest.encode() + b"." + nonce + sealed

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Decrypt what `seal` made for the same place; raises Unreadable."""
        name, _, rest = sealed.partition(b".")
        key = self.fields.get(name.decode(errors="replace"))
        if key is None:
            raise Unreadable(f"the key that sealed {place} is not in the ring")
        try:
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], place.encode())
        except (InvalidTag, ValueError) as problem:
            raise Unreadable(f"{place} does not open") from problem

    def seals_with_newest(self, sealed: bytes) -> bool:
        """Whether this was sealed with the key that seals now."""
        return sealed.partition(b".")[0] == self.newest.encode()

    def fingerprint(self, purpose: str, value: str) -> str:
        """A keyed hash (hex) to look a secret up by without keeping it; `purpose` keeps uses apart."""
        return hmac.new(self.pepper, f"{purpose}\0{value}".encode(), sha256).hexdigest()


def create_key_file(path: Path) -> None:
    """Write a new ring of random keys, readable by this user alone; refuses to replace one that is there."""
    ring = {
        "newest": "1",
        "fields": {"1": _random()},
        "pepper": _random(),
        "cookies": _random(),
        "log": [_random()],
        "papers": [new_paper_key()],
        "token": _new_token_key(),
        "identity": [_new_identity_key()],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, ring)


def complete_key_file(path: Path) -> bool:
    """Add the keys that a file made before they were needed lacks; says whether it lacked any."""
    held = json.loads(path.read_text())
    makes = (("log", _random), ("papers", new_paper_key), ("identity", _new_identity_key))
    lacking = {name: [make()] for name, make in makes if name not in held}
    if lacking:
        _replace(path, held | lacking)
    return bool(lacking)


def turn_key_file(path: Path) -> str:
    """Add a new key that seals from now on, beside those that only open; gives its name. The file changes at one stroke.

    Documents and tokens are signed by new keys too: of those before them only what checks their signatures is kept.
    """
    KeyRing.load(path)
    ring = json.loads(path.read_text())
    name = str(max(int(known) for known in ring["fields"]) + 1)
    ring["fields"][name] = _random()
    signed = [{"certificate": one["certificate"]} for one in ring["papers"]]
    turned = {
        "newest": name,
        "papers": [new_paper_key(), *signed],
        "token": _new_token_key(),
        "earlier_tokens": [_public_half(ring["token"]), *ring.get("earlier_tokens", ())][:_EARLIER],
        "identity": [_new_identity_key(), *map(_public_half, ring["identity"])][: 1 + _EARLIER],
    }
    _replace(path, ring | turned)
    return name


def _replace(path: Path, ring: Mapping[str, object]) -> None:
    """In the place of the one that is there, at one stroke."""
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    _write(beside, ring)
    beside.replace(path)


def _write(path: Path, ring: Mapping[str, object]) -> None:
    """Where there is none yet, readable by this user alone, and on the disk before it counts."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(ring, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _new_token_key() -> dict[str, str]:
    return _signing_key(ec.generate_private_key(ec.SECP256R1()))


def _new_identity_key() -> dict[str, str]:
    return _signing_key(rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS))


def _signing_key(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> dict[str, str]:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"id": secrets.token_hex(8), "pem": pem}


def _public_half(held: Mapping[str, str]) -> dict[str, str]:
    if "PRIVATE" not in held["pem"]:
        return dict(held)
    public = load_pem_private_key(held["pem"].encode(), None).public_key()
    return {"id": held["id"], "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()}


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(_LEAST)).decode()

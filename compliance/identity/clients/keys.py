"""The public keys that a program signs with: read from a JWKS, a JWK or a PEM, and kept as a JWK with nothing secret.

A private key that somebody pastes is refused, and is in wrong hands from then on: the words say so.
"""

from __future__ import annotations

import base64
import json
import re
from functools import lru_cache
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from compliance.kernel.errors import Invalid

LARGEST = 20_000
MOST = 5
LEAST_RSA_BITS = 2048
_PUBLIC = {"EC": ("crv", "x", "y"), "OKP": ("crv", "x"), "RSA": ("n", "e")}
_KINDS: dict[str, Any] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----")
_NOT_READ = "Paste a public key: a JWKS or a JWK (JSON), or a PEM that begins with BEGIN PUBLIC KEY."
_PRIVATE_KEY = "This is a private key. It must not leave the program that signs with it: make a new one, and paste its public half."
_KIND = "Use a key for ES256 (P-256), EdDSA (Ed25519) or RS256 (RSA of 2048 bits or more)."

Key = ECKey | OKPKey | RSAKey


def read(pasted: str, *, pointer: str = "/keys") -> tuple[str, ...]:
    """Each key in what was pasted, as canonical JSON of its public half; raises Invalid at `pointer`."""
    text = pasted.strip()
    if not text:
        return ()
    if len(text) > LARGEST or "\x00" in text:
        raise Invalid.at(pointer, _NOT_READ)
    if "PRIVATE KEY" in text:
        raise Invalid.at(pointer, _PRIVATE_KEY)
    members = _of_pem(text, pointer) if text.startswith("-----") else _of_json(text, pointer)
    if not 0 < len(members) <= MOST:
        raise Invalid.at(pointer, f"Paste 1 to {MOST} keys.")
    kept = tuple(dict.fromkeys(_kept(each, pointer) for each in members))
    named = [kid for each in kept if (kid := json.loads(each).get("kid"))]
    if len(set(named)) != len(named):
        raise Invalid.at(pointer, "Give each key a kid of its own.")
    return kept


def algorithm(jwk: str) -> str:
    """The one algorithm that this key may sign by: whatever a header says, a key is for nothing else."""
    return {"EC": "ES256", "OKP": "EdDSA", "RSA": "RS256"}[json.loads(jwk)["kty"]]


@lru_cache(maxsize=256)
def key_of(jwk: str) -> Key:
    """The key itself."""
    members = json.loads(jwk)
    return _KINDS[members["kty"]].import_key(members)  # type: ignore[no-any-return]


def thumbprint(jwk: str) -> str:
    """The name by which people can compare a key (RFC 7638)."""
    return key_of(jwk).thumbprint()


def _of_json(text: str, pointer: str) -> list[dict[str, Any]]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid.at(pointer, _NOT_READ) from None
    members = given.get("keys") if isinstance(given, dict) and "keys" in given else [given]
    if not isinstance(members, list) or not all(isinstance(each, dict) for each in members):
        raise Invalid.at(pointer, _NOT_READ)
    return members


def _of_pem(text: str, pointer: str) -> list[dict[str, Any]]:
    blocks = _PEM.findall(text)
    if not blocks or _PEM.sub("", text).strip():
        raise Invalid.at(pointer, _NOT_READ)
    return [_pem(block, pointer) for block in blocks]


def _pem(block: str, pointer: str) -> dict[str, Any]:
    for kind in _KINDS.values():
        try:
            return dict(kind.import_key(block).as_dict(private=False))
        except (JoseError, ValueError, TypeError, AttributeError):
            continue
    raise Invalid.at(pointer, _KIND)


def _kept(given: dict[str, Any], pointer: str) -> str:
    """The public members of one key, after it was made of them; nothing else of what was pasted is kept."""
    if _PRIVATE & given.keys():
        raise Invalid.at(pointer, _PRIVATE_KEY if given.get("kty") in _PUBLIC else _KIND)
    kind = given.get("kty")
    if not isinstance(kind, str) or kind not in _PUBLIC or given.get("use", "sig") != "sig":
        raise Invalid.at(pointer, _KIND)
    if kind != "RSA" and given.get("crv") != {"EC": "P-256", "OKP": "Ed25519"}[kind]:
        raise Invalid.at(pointer, _KIND)
    members = {name: given.get(name) for name in _PUBLIC[kind]}
    if not all(isinstance(value, str) and value for value in members.values()):
        raise Invalid.at(pointer, _NOT_READ)
    kid = given.get("kid")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= 128 and kid.isascii() and kid.isprintable()):
        raise Invalid.at(pointer, "A kid is 1 to 128 plain characters.")
    kept = {"kty": kind, **members, **({"kid": kid} if kid else {})}
    try:
        if kind == "RSA" and _bits(kept["n"]) < LEAST_RSA_BITS:
            raise Invalid.at(pointer, _KIND)
        _KINDS[kind].import_key(kept).public_key  # noqa: B018 - made here, so that a point off its curve is found out
    except (JoseError, ValueError, TypeError) as problem:
        raise Invalid.at(pointer, _NOT_READ) from problem
    return json.dumps(kept, sort_keys=True, separators=(",", ":"))


def _bits(modulus: Any) -> int:
    raw = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    return int.from_bytes(raw).bit_length()

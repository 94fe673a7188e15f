"""Judging an assertion that a program signed to prove who it is (RFC 7523, `private_key_jwt`). Pure, but for the clock.

One audience counts: our issuer's own name, so that an assertion made for somebody else is of no use here. One
algorithm counts for each key, and it is the key's own: `none`, or HS256 under a public key, is never even tried.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from . import keys

LONGEST = 8_000
SKEW_SECONDS = 5
"""How far a program's clock may run before ours."""

_ALGORITHMS: dict[str, Any] = {name: JWSRegistry.algorithms[name] for name in ("ES256", "EdDSA", "RS256")}
ALGORITHMS = tuple(_ALGORITHMS)
_TYPES = frozenset({"JWT", "client-authentication+jwt"})
_KNOWN = frozenset({"alg", "kid", "typ"})


@dataclass(frozen=True)
class Read:
    """An assertion before anything of it is believed."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def subject(self) -> str | None:
        """Which program it says it is from."""
        said = self.claims.get("sub")
        return said if isinstance(said, str) and 0 < len(said) <= 64 and said.isascii() and said.isprintable() else None


@dataclass(frozen=True)
class Judged:
    """An assertion that is right: by which credential's key, and what of it must not come again until when."""

    key: str
    jti: str
    ends_at: float


def read(assertion: str) -> Read | None:
    """What it says, or None for what is no compact JWS with a header and claims that can be read one way only."""
    if len(assertion) > LONGEST or not assertion.isascii() or assertion.count(".") != 2:
        return None
    first, second, third = assertion.split(".")
    header, claims = _object(first), _object(second)
    try:
        signature = _bytes(third)
    except ValueError:
        return None
    if header is None or claims is None:
        return None
    return Read(header, claims, f"{first}.{second}".encode(), signature)


def judged(given: Read, jwks: Iterable[str], *, issuer: str, now: datetime, seconds: int) -> Judged | None:
    """Whether it was signed by one of these keys, for us, by whom it is about, now; None where it was not."""
    if given.header.keys() - _KNOWN or given.header.get("typ", "JWT") not in _TYPES:
        return None
    jti, ends = given.claims.get("jti"), given.claims.get("exp")
    if given.claims.get("iss") != given.subject or given.subject is None:
        return None
    if given.claims.get("aud") not in (issuer, [issuer]):
        return None
    if not isinstance(jti, str) or not 0 < len(jti) <= 255 or not _in_time(given.claims, now.timestamp(), seconds):
        return None
    signer = next((jwk for jwk in jwks if _signed_by(given, jwk)), None)
    return Judged(signer, jti, float(ends)) if signer is not None and ends is not None else None


def _in_time(claims: dict[str, Any], now: float, seconds: int) -> bool:
    made, ends, begins = claims.get("iat"), claims.get("exp"), claims.get("nbf", 0)
    if not all(_instant(each) for each in (made, ends, begins)):
        return False
    assert made is not None  # noqa: S101 - an instant, by the line before
    assert ends is not None  # noqa: S101 - the same
    latest = now + SKEW_SECONDS
    return made <= latest and begins <= latest and made > now - seconds and now < ends <= made + seconds  # type: ignore[no-any-return]


def _signed_by(given: Read, jwk: str) -> bool:
    algorithm = keys.algorithm(jwk)
    wanted, named = given.header.get("kid"), json.loads(jwk).get("kid")
    if given.header.get("alg") != algorithm or (wanted is not None and named is not None and wanted != named):
        return False
    try:
        return bool(_ALGORITHMS[algorithm].verify(given.signed, given.signature, keys.key_of(jwk)))
    except (JoseError, ValueError, TypeError):
        return False


def _instant(value: Any) -> bool:
    """A number of seconds that a clock can show; NaN is none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e11


def _object(part: str) -> dict[str, Any] | None:
    try:
        held = json.loads(_bytes(part), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None


def _bytes(part: str) -> bytes:
    """Base64url in its one spelling; raises ValueError for any other."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as problem:
        raise ValueError("no base64url") from problem
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise ValueError("another spelling of the same bytes")
    return raw


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a member is named twice")
    return held

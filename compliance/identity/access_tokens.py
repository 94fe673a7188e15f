"""The access tokens of service clients: short, signed, for one audience (RFC 9068, DEC-3).

A token says which client it was given to and for which scopes. It is checked by its signature and times
alone; that its client may still ask is looked up in the state of rights with every decision (DEC-4).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from compliance.kernel.context import House
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

ALGORITHM = "ES256"
SCOPES = (
    "decisions", "registers:read", "access-events:write", "facts:write",
    "retention", "sharing", "incidents:write", "changes:read",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, what for, and until when (seconds since 1970)."""

    client_id: str
    scopes: frozenset[str]
    expires_at: float
    token_id: str


def issue(house: House, client_id: str, scopes: Sequence[str]) -> tuple[str, int]:
    """A new access token for this client and these scopes, and its life in seconds."""
    ring = house.the(KeyRing)
    seconds = house.the(Policy).decisions.token_minutes * 60
    now = int(house.clock.now().timestamp())
    claims = {
        "iss": house.settings.base_url,
        "sub": client_id,
        "client_id": client_id,
        "aud": house.settings.base_url,
        "scope": " ".join(scopes),
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + seconds,
    }
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": ring.token_id}
    return jwt.encode(header, claims, _key(ring.token_pem), algorithms=[ALGORITHM]), seconds


def verify(house: House, token: str) -> Claims | None:
    """What the token says, or None for one that is not ours, not for us, not an access token, or over."""
    ring = house.the(KeyRing)
    try:
        decoded = jwt.decode(token, _key(ring.token_pem), algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return None
    said = decoded.claims
    ours = said.get("iss") == house.settings.base_url == said.get("aud") and decoded.header.get("typ") == "at+jwt"
    expires = said.get("exp")
    if not ours or not isinstance(expires, int) or expires <= house.clock.now().timestamp():
        return None
    return Claims(str(said["client_id"]), frozenset(str(said.get("scope", "")).split()), expires, str(said["jti"]))


def public_keys(house: House) -> dict[str, list[dict[str, object]]]:
    """The key set (RFC 7517) that anyone may check our tokens with."""
    ring = house.the(KeyRing)
    public = _key(ring.token_pem).as_dict(private=False)
    return {"keys": [{**public, "kid": ring.token_id, "use": "sig", "alg": ALGORITHM}]}


@cache
def _key(pem: str) -> ECKey:
    return ECKey.import_key(pem)

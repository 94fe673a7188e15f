"""The access tokens of service clients: short, signed, for one audience (RFC 9068, DEC-3).

A token says which client it was given to and for which scopes; one that a program was given for somebody who signed in
to it says that too. It is checked by its signature and times alone; that its client may still ask is looked up in the
state of rights with every decision (DEC-4).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from compliance.kernel.context import House
from compliance.kernel.ids import parse_id
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

ALGORITHM = "ES256"
SCOPES = (
    "decisions", "registers:read", "access-events:write", "facts:write",
    "retention", "sharing", "incidents:write", "changes:read",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is, what for, and until when (seconds since 1970).

    Of one for somebody who signed in, `person_id` is who and `sign_on_id` which sign-in; it opens nothing but what a
    program is told of them.
    """

    client_id: str
    scopes: frozenset[str]
    expires_at: float
    token_id: str
    issued_at: float = 0.0
    person_id: UUID | None = None
    sign_on_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token, its own id, and for how many seconds it counts."""

    token: str
    token_id: str
    seconds: int


def issue(house: House, client_id: str, scopes: Sequence[str]) -> tuple[str, int]:
    """A new access token for this client and these scopes, and its life in seconds."""
    made = _issue(house, client_id, scopes, client_id, {})
    return made.token, made.seconds


def issue_for(house: House, client_id: str, scopes: Sequence[str], person_id: UUID, sign_on_id: UUID) -> Issued:
    """A new access token by which this client is told of somebody who signed in to it."""
    return _issue(house, client_id, scopes, str(person_id), {"sid": str(sign_on_id)})


def _issue(house: House, client_id: str, scopes: Sequence[str], subject: str, more: dict[str, str]) -> Issued:
    ring = house.the(KeyRing)
    seconds = house.the(Policy).decisions.token_minutes * 60
    now = int(house.clock.now().timestamp())
    token_id = secrets.token_urlsafe(16)
    claims = {
        "iss": house.settings.base_url,
        "sub": subject,
        "client_id": client_id,
        "aud": house.settings.base_url,
        "scope": " ".join(scopes),
        "jti": token_id,
        "iat": now,
        "exp": now + seconds,
        **more,
    }
    header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": ring.token_id}
    token = jwt.encode(header, claims, _key(ring.token_pem, ring.token_id), algorithms=[ALGORITHM])
    return Issued(token, token_id, seconds)


def verify(house: House, token: str) -> Claims | None:
    """What the token says, or None for one that is not ours, not for us, not an access token, or over."""
    ring = house.the(KeyRing)
    try:
        decoded = jwt.decode(token, _keys(ring), algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return None
    said = decoded.claims
    ours = said.get("iss") == house.settings.base_url == said.get("aud") and decoded.header.get("typ") == "at+jwt"
    expires = said.get("exp")
    if not ours or not isinstance(expires, int) or expires <= house.clock.now().timestamp():
        return None
    sign_on_id = parse_id(str(said["sid"])) if "sid" in said else None
    person_id = parse_id(str(said.get("sub"))) if "sid" in said else None
    scopes = frozenset(str(said.get("scope", "")).split())
    return Claims(
        str(said["client_id"]), scopes, expires, str(said["jti"]), float(said.get("iat", 0)), person_id, sign_on_id
    )


def public_keys(house: House) -> list[dict[str, object]]:
    """The keys (RFC 7517) that anyone may check our access tokens with: the one that signs, and those before it."""
    return [
        {**key.as_dict(private=False), "kid": key.kid, "use": "sig", "alg": ALGORITHM}
        for key in _keys(house.the(KeyRing)).keys
    ]


def _keys(ring: KeyRing) -> KeySet:
    return _key_set((ring.token_pem, ring.token_id), *((each.pem, each.id) for each in ring.earlier_tokens))


@cache
def _key_set(*held: tuple[str, str]) -> KeySet:
    return KeySet([_key(pem, name) for pem, name in held])


@cache
def _key(pem: str, name: str) -> ECKey:
    return ECKey.import_key(pem, {"kid": name})

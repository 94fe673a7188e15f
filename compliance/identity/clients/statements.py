"""What we sign for relying parties: who signed in (an ID token), and who is signed in no more (a logout token).

Both are RS256, which OpenID Connect asks everybody to understand, under keys of their own.
"""

from __future__ import annotations

import base64
import secrets
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from compliance.kernel.context import House
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from .sign_ons import Taken

ALGORITHM = "RS256"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def id_token(house: House, client_id: str, taken: Taken, access_token: str) -> str:
    """Who signed in, how and when, for this program alone (OpenID Connect Core 2)."""
    now = int(house.clock.now().timestamp())
    half = sha256(access_token.encode()).digest()[:16]
    said = {
        "iss": house.settings.base_url,
        "sub": str(taken.person.id),
        "aud": client_id,
        "exp": now + house.the(Policy).clients.id_token_minutes * 60,
        "iat": now,
        "auth_time": int(taken.how.at.timestamp()),
        "acr": taken.how.acr,
        "amr": list(taken.how.amr),
        "sid": str(taken.sign_on.id),
        "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
    }
    if taken.nonce is not None:
        said["nonce"] = taken.nonce
    return _signed(house, "JWT", said)


def logout_token(house: House, client_id: str, person_id: UUID, sign_on_id: UUID) -> str:
    """That somebody is signed in no more (OpenID Connect Back-Channel Logout 2.4): never with a nonce, and short."""
    now = int(house.clock.now().timestamp())
    return _signed(
        house,
        "logout+jwt",
        {
            "iss": house.settings.base_url,
            "sub": str(person_id),
            "aud": client_id,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
            "sid": str(sign_on_id),
            "events": {LOGOUT: {}},
        },
    )


def hinted(house: House, token: str) -> dict[str, Any] | None:
    """What an ID token of ours says that a program shows us again, also one that is over; None for any other."""
    try:
        decoded = jwt.decode(token, _keys(house), algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return None
    said = dict(decoded.claims)
    ours = said.get("iss") == house.settings.base_url and decoded.header.get("typ") == "JWT" and "events" not in said
    return said if ours and isinstance(said.get("aud"), str) else None


def public_keys(house: House) -> list[dict[str, object]]:
    """The keys that anyone may check these with: the one that signs, and those before it."""
    return [{**key.as_dict(private=False), "kid": key.kid, "use": "sig", "alg": ALGORITHM} for key in _keys(house).keys]


def _signed(house: House, kind: str, said: dict[str, Any]) -> str:
    key = house.the(KeyRing).identity[0]
    header = {"alg": ALGORITHM, "typ": kind, "kid": key.id}
    return jwt.encode(header, said, _key(key.pem, key.id), algorithms=[ALGORITHM])


def _keys(house: House) -> KeySet:
    return _key_set(*((each.pem, each.id) for each in house.the(KeyRing).identity))


@cache
def _key_set(*held: tuple[str, str]) -> KeySet:
    return KeySet([_key(pem, name) for pem, name in held])


@cache
def _key(pem: str, name: str) -> RSAKey:
    return RSAKey.import_key(pem, {"kid": name})

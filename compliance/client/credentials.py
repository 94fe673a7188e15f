"""How a case system shows who it is when it asks for a token: by a secret, or better by a key that never leaves it (RFC 7523)."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ASSERTION_SECONDS = 60
"""How long what is signed holds: the service takes no more."""

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Credentials(Protocol):
    """Something to show: headers and fields of a form, for this issuer."""

    def shown(self, issuer: str) -> tuple[dict[str, str], dict[str, str]]:
        """Headers and fields, made anew for each time."""


@dataclass(frozen=True)
class WithSecret:
    """`client_secret_basic`: the secret that was shown once when the client was made."""

    client_id: str
    secret: str = field(repr=False)

    def shown(self, issuer: str) -> tuple[dict[str, str], dict[str, str]]:
        """Both form-encoded before they are joined (RFC 6749 2.3.1)."""
        joined = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(joined.encode()).decode()}"}, {}


@dataclass(frozen=True)
class WithKey:
    """`private_key_jwt`: a key of P-256 (ES256) or Ed25519 (EdDSA) in PEM, and its id as it was registered."""

    client_id: str
    pem: bytes = field(repr=False)
    key_id: str | None = None

    def shown(self, issuer: str) -> tuple[dict[str, str], dict[str, str]]:
        """A statement that holds for a minute, once, and for this issuer alone. Raises ValueError for another kind of key."""
        key = load_pem_private_key(self.pem, password=None)
        if isinstance(key, Ed25519PrivateKey):
            algorithm = "EdDSA"
        elif isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
            algorithm = "ES256"
        else:
            raise ValueError("use a key of P-256 or Ed25519")
        header = {"alg": algorithm, "typ": "JWT"} | ({"kid": self.key_id} if self.key_id else {})
        now = int(time.time())
        claims = {
            "iss": self.client_id, "sub": self.client_id, "aud": issuer, "jti": secrets.token_urlsafe(24), "iat": now,
            "exp": now + ASSERTION_SECONDS,
        }  # fmt: skip
        text = f"{_encoded(header)}.{_encoded(claims)}".encode()
        if isinstance(key, Ed25519PrivateKey):
            signature = key.sign(text)
        else:
            r, s = decode_dss_signature(key.sign(text, ECDSA(SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        statement = f"{text.decode()}.{_base64(signature)}"
        return {}, {"client_assertion_type": _ASSERTION, "client_assertion": statement, "client_id": self.client_id}


def _encoded(part: Mapping[str, object]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

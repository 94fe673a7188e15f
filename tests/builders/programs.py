"""Programs that sign people in through us, played by hand: their keys, what they ask, and what they make of the answers."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.test import TestResponse

from compliance.app import house_of
from compliance.identity.clients import use_cases
from compliance.kernel.context import House, operator
from compliance.licences import use_cases as licences
from tests.builders.identity import Account, an_account
from tests.builders.licences import a_licence, acting, an_organisation, hub, seats

BASE = "http://127.0.0.1:8000"
BACK = "http://127.0.0.1:9000/signed-in"
OUT = "http://127.0.0.1:9000/signed-out"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

EC, ED, RSA = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)
KEYS: dict[str, Any] = {"ES256": EC, "EdDSA": ED, "RS256": RSA}


def somebody_licensed(house: House, email: str = "alex@swale.gov.uk", *, beside: Account | None = None) -> Account:
    """Somebody who can sign in, and may use the case system for Swale in Mid-Kent; `beside` works there already."""
    swale = beside.person.organisation_id if beside else None
    if swale is None:
        seats(house)
        swale = an_organisation(house)
    account = an_account(house, organisation_id=swale, email=email, full_name="Alex Made-Up")
    today = house.clock.now().date()
    with acting(house, hub("hub_coordinator")) as ctx:
        for module in ("case-system", "elearning"):
            licences.record_training(ctx, account.person.id, module=module, done_on=today - timedelta(days=30))
        licences.record_vetting(ctx, account.person.id, level="NPPV 2", holds_until=today + timedelta(days=400))
    a_licence(house, swale, email)
    return account


@dataclass
class Program:
    """A program registered with a secret and one key of each kind; what it keeps between asking and being answered."""

    app: Flask
    client_id: str
    secret: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    address: str = "127.0.0.1"

    @property
    def house(self) -> House:
        return house_of(self.app)

    def asks(self, **other: str | None) -> str:
        """The address it sends a browser to; `other` replaces what it asks, and None takes it away."""
        challenge = base64.urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        usual: dict[str, str | None] = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": BACK, "scope": "openid profile email",
            "state": self.state, "nonce": self.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return f"/oauth2/authorize?{urlencode({k: v for k, v in (usual | other).items() if v is not None})}"

    def takes_up(self, code: str, **other: str) -> TestResponse:
        """Shows a code that a browser brought."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": self.verifier,
        }  # fmt: skip
        return self.posts("/oauth2/token", form | other)

    def posts(self, path: str, form: dict[str, str]) -> TestResponse:
        """Proves itself by its secret."""
        shown = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return self.app.test_client().post(path, data=form, headers={"Authorization": f"Basic {shown}"})

    def proves(self, algorithm: str = "ES256", *, signs: Any = None, head: Any = None, **other: Any) -> TestResponse:
        """Asks for a token by an assertion; `other` replaces what it claims, and None takes it away."""
        return self.shows(self.assertion(algorithm, signs=signs, head=head, **other))

    def assertion(self, algorithm: str = "ES256", *, signs: Any = None, head: Any = None, **other: Any) -> str:
        now = int(self.house.clock.now().timestamp())
        usual = {
            "iss": self.client_id, "sub": self.client_id, "aud": BASE, "jti": uuid4().hex, "iat": now, "exp": now + 60,
        }  # fmt: skip
        claims = {name: value for name, value in (usual | other).items() if value is not None}
        return signed({"alg": algorithm} | (head or {}), claims, signs if signs is not None else KEYS[algorithm])

    def shows(self, assertion: str, **form: str) -> TestResponse:
        sent = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion}
        from_here = {"REMOTE_ADDR": self.address}
        return self.app.test_client().post("/oauth2/token", data=sent | form, environ_base=from_here)

    def told_who(self, token: str) -> TestResponse:
        return self.app.test_client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"})

    def reads(self, statement: str) -> dict[str, Any]:
        """What an ID token or a logout token says, after checking its signature by our published keys."""
        published = self.app.test_client().get("/oauth2/jwks").get_json()
        return dict(jwt.decode(statement, KeySet.import_key_set(published), algorithms=["RS256"]).claims)


def a_program(
    app: Flask, *, scopes: Sequence[str] = ("decisions",), redirects: Sequence[str] = (BACK,), **more: Any
) -> Program:
    """A program that may ask, and signs people in through us unless told otherwise."""
    jwks = {"keys": [key.as_dict(private=False) for key in KEYS.values()]}
    with house_of(app).work(operator("tests")) as ctx:
        client, secret = use_cases.register_client(
            ctx, name="The case system", scopes=scopes, redirects=redirects, logout_redirects=[OUT] if redirects else [],
            public_keys=json.dumps(jwks), **more,
        )  # fmt: skip
    return Program(app, client.client_id, secret)


def signed(head: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    """A compact JWS, by whatever algorithm the header names."""
    parts = ".".join(_part(json.dumps(each).encode()) for each in (head, claims))
    if head["alg"] == "none":
        return f"{parts}."
    return f"{parts}.{_part(JWSRegistry.algorithms[head['alg']].sign(parts.encode(), key))}"


def code_in(answer: TestResponse) -> str:
    """The code that a browser is sent back with."""
    assert answer.status_code == 303, answer.text
    return sent_back(answer)["code"]


def sent_back(answer: TestResponse) -> dict[str, str]:
    """What a browser is sent back with, to the program's own address."""
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(f"{BACK}?"), answer.headers["Location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def browser_of(app: Flask, token: str | None) -> FlaskClient:
    """A browser in which somebody is signed in by this token."""
    client = app.test_client()
    if token is not None:
        client.set_cookie("session", token)
    return client


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

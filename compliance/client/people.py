"""People signing in to the case system with the service's password, second step and rules (OpenID Connect, code and PKCE)."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from .credentials import Credentials
from .errors import NoAnswer
from .line import Line

SECONDS = 10.0
CLOCKS_APART_SECONDS = 30
ALGORITHMS = ["ES256", "EdDSA", "RS256"]
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Begun:
    """Keep it in the browser's own session until it comes back, and send the browser to `address`."""

    address: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    def kept(self) -> dict[str, str]:
        """As it is kept between the two requests."""
        return {"state": self.state, "nonce": self.nonce, "verifier": self.verifier}


@dataclass(frozen=True)
class Person:
    """Who signed in: the service's id, and what it says of them. `sid` is the sign-in, which a logout names."""

    sub: str
    sid: str
    claims: Mapping[str, Any]
    id_token: str = field(repr=False)


class NotSignedIn(Exception):
    """Nobody is signed in by this; says what was wrong, and nothing that was sent."""


class SignIn:
    """One case system's way in: where the browser goes, and what is made of its coming back to `redirect_uri`."""

    def __init__(self, line: Line, issuer: str, client_id: str, credentials: Credentials, redirect_uri: str) -> None:
        self._line, self._issuer, self._client_id = line, issuer, client_id
        self._credentials, self._redirect_uri = credentials, redirect_uri

    def begin(self) -> Begun:
        """A new way in, good for one browser and one time."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code", "client_id": self._client_id, "redirect_uri": self._redirect_uri, "scope": "openid profile email",
            "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        return Begun(f"{self._issuer}/oauth2/authorize?{urlencode(asked)}", state, nonce, verifier)

    def finish(self, kept: Mapping[str, str] | None, came_back: Mapping[str, str]) -> Person:
        """Who it is that came back. Raises NotSignedIn, NoAnswer."""
        if not kept or not hmac.compare_digest(kept.get("state", ""), came_back.get("state", "")):
            raise NotSignedIn("this did not begin here: start again")
        if "iss" in came_back and came_back["iss"] != self._issuer:
            raise NotSignedIn("this comes from another service")
        if "code" not in came_back:
            raise NotSignedIn(f"the service let nobody in ({came_back.get('error', 'no code')})")
        headers, fields = self._credentials.shown(self._issuer)
        form = {
            "grant_type": "authorization_code", "code": came_back["code"], "redirect_uri": self._redirect_uri,
            "code_verifier": kept["verifier"], **fields,
        }  # fmt: skip
        said = self._line.exchange(
            "POST", "/oauth2/token", headers | {"Content-Type": "application/x-www-form-urlencoded"},
            urlencode(form).encode(), seconds=SECONDS,
        )  # fmt: skip
        given = _object(said.content)
        if said.status in (400, 401):
            raise NotSignedIn(f"the service would not take the code ({given.get('error', said.status)})")
        if said.status != 200 or not isinstance(given.get("id_token"), str):
            raise NoAnswer("no one's sign-in was confirmed")
        claims = self._claims(given["id_token"])
        if not hmac.compare_digest(str(claims.get("nonce", "")), kept["nonce"]):
            raise NotSignedIn("this is an answer to another sign-in")
        return Person(claims["sub"], str(claims.get("sid", "")), self._user_info(given, claims), given["id_token"])

    def out(self, id_token: str, back: str) -> str:
        """Where the browser goes to sign out there too; it comes back to this address, which is registered with the client."""
        asked = {"id_token_hint": id_token, "client_id": self._client_id, "post_logout_redirect_uri": back}
        return f"{self._issuer}/oauth2/logout?{urlencode(asked)}"

    def ended(self, logout_token: str) -> tuple[str | None, str | None]:
        """Whom a back-channel logout is about: the person's id, the sign-in's, or both. Raises NotSignedIn, NoAnswer."""
        claims = self._claims(logout_token)
        events = claims.get("events")
        if not isinstance(events, dict) or _LOGOUT not in events or "nonce" in claims:
            raise NotSignedIn("this is no logout")
        sub, sid = claims.get("sub"), claims.get("sid")
        if sub is None and sid is None:
            raise NotSignedIn("this logout is about nobody")
        return sub, sid

    def _user_info(self, given: Mapping[str, Any], claims: Mapping[str, Any]) -> Mapping[str, Any]:
        said = self._line.exchange(
            "GET",
            "/oauth2/userinfo",
            {"Authorization": f"Bearer {given.get('access_token', '')}"},
            None,
            seconds=SECONDS,
        )
        if said.status != 200:
            raise NoAnswer(f"the service answered {said.status} about who it is")
        told = _object(said.content)
        if told.get("sub") != claims["sub"]:
            raise NotSignedIn("the service speaks of two people")
        return {**claims, **told}

    def _claims(self, token: str) -> dict[str, Any]:
        said = self._line.exchange("GET", "/oauth2/jwks", {}, None, seconds=SECONDS)
        if said.status != 200:
            raise NoAnswer("the service's keys could not be read")
        try:
            opened = jwt.decode(token, KeySet.import_key_set(_object(said.content)), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotSignedIn("this is not signed by the service") from None
        claims = dict(opened.claims)
        audience = claims.get("aud")
        audience = audience if isinstance(audience, list) else [audience]
        now = time.time()
        if claims.get("iss") != self._issuer or self._client_id not in audience:
            raise NotSignedIn("this is meant for somebody else")
        if not isinstance(claims.get("exp"), int) or claims["exp"] + CLOCKS_APART_SECONDS < now:
            raise NotSignedIn("this came too late")
        if not isinstance(claims.get("iat"), int) or claims["iat"] - CLOCKS_APART_SECONDS > now:
            raise NotSignedIn("this is from tomorrow")
        return claims


def _object(content: bytes) -> dict[str, Any]:
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        raise NoAnswer("the answer cannot be read") from None
    if not isinstance(given, dict):
        raise NoAnswer("the answer cannot be read")
    return given

"""A case system that has never heard of us but by our metadata: another process, on Authlib's client.

`python relying_party.py ISSUER CLIENT_ID KEY_FILE PORT`: it sends browsers to sign in, takes up what they bring, checks
everything by the published keys, and takes back-channel logouts. `/` says who is signed in to it.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from joserfc import jwt
from joserfc.jwk import KeySet

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class CaseSystem:
    """What it knows: its own key, our metadata, and who is signed in to it."""

    def __init__(self, issuer: str, client_id: str, key: str, port: int) -> None:
        self.issuer, self.client_id, self.key = issuer, client_id, key
        self.base = f"http://127.0.0.1:{port}"
        self.asked: dict[str, tuple[str, str]] = {}
        self.people: dict[str, dict[str, Any]] = {}
        self.found = httpx.get(f"{issuer}/.well-known/openid-configuration").json()
        assert self.found["issuer"] == issuer

    def client(self) -> OAuth2Client:
        client = OAuth2Client(
            self.client_id, self.key, scope="openid profile email", redirect_uri=f"{self.base}/in",
            token_endpoint_auth_method="private_key_jwt", code_challenge_method="S256",
        )  # fmt: skip
        client.register_client_auth_method(("private_key_jwt", self.proves))
        return client

    def proves(self, client: Any, _method: str, uri: str, headers: Any, body: bytes) -> tuple[str, Any, str]:
        """Our own issuer's name is the audience, and a minute is enough: the library's own has neither."""
        assertion = private_key_jwt_sign(self.key, self.client_id, self.issuer, alg="ES256", expires_in=60)
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        more = urlencode({"client_assertion_type": kind, "client_assertion": assertion})
        return uri, headers, f"{body.decode()}&{more}"

    def sends(self) -> str:
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(12)
        address, state = self.client().create_authorization_url(
            self.found["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        self.asked[state] = (verifier, nonce)
        return str(address)

    def takes(self, query: str) -> str:
        """Somebody came back: their session here, or why there is none."""
        sent = {name: values[0] for name, values in parse_qs(query).items()}
        verifier, nonce = self.asked.pop(sent["state"])
        assert sent["iss"] == self.issuer
        if "error" in sent:
            return f"!{sent['error']}"
        given = self.client().fetch_token(
            self.found["token_endpoint"], authorization_response=f"{self.base}/in?{query}", code_verifier=verifier,
            state=sent["state"],
        )  # fmt: skip
        said = self.checked(given["id_token"])
        assert said["nonce"] == nonce
        headers = {"Authorization": f"Bearer {given['access_token']}"}
        who = httpx.get(self.found["userinfo_endpoint"], headers=headers).json()
        assert who["sub"] == said["sub"]
        self.people[said["sid"]] = who | {"id_token": given["id_token"]}
        return str(said["sid"])

    def checked(self, statement: str) -> dict[str, Any]:
        keys = KeySet.import_key_set(httpx.get(self.found["jwks_uri"]).json())
        algorithms = self.found["id_token_signing_alg_values_supported"]
        said = jwt.decode(statement, keys, algorithms=algorithms).claims
        assert said["iss"] == self.issuer
        assert said["aud"] == self.client_id
        assert said["exp"] > time.time() >= said["iat"] - 5
        return dict(said)

    def is_told(self, body: str) -> None:
        said = self.checked(parse_qs(body)["logout_token"][0])
        assert LOGOUT in said["events"]
        assert "nonce" not in said
        self.people.pop(said["sid"], None)


def serves(it: CaseSystem, port: int) -> None:
    class Takes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if place.path == "/sign-in":
                self.goes(it.sends())
            elif place.path == "/in":
                self.goes("/", it.takes(place.query))
            elif place.path == "/sign-out":
                who = it.people.get(self.sid(), {})
                asked = {"id_token_hint": who.get("id_token", ""), "post_logout_redirect_uri": f"{it.base}/out"}
                self.goes(f"{it.found['end_session_endpoint']}?{urlencode(asked)}")
            else:
                who = it.people.get(self.sid(), {})
                shown = json.dumps({name: value for name, value in who.items() if name != "id_token"})
                self.says(
                    f"<title>Case system</title><h1>Case system {place.path}</h1><pre>{shown}</pre><p>{self.sid()}</p>"
                )

        def do_POST(self) -> None:
            it.is_told(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.says("")

        def sid(self) -> str:
            held = SimpleCookie(self.headers.get("Cookie", "")).get("case")
            return held.value if held else ""

        def goes(self, address: str, sid: str | None = None) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            if sid is not None:
                self.send_header("Set-Cookie", f"case={sid}; Path=/")
            self.end_headers()

        def says(self, page: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    ThreadingHTTPServer(("127.0.0.1", port), Takes).serve_forever()


if __name__ == "__main__":
    _issuer, _client_id, _key_file, _port = sys.argv[1:]
    serves(CaseSystem(_issuer, _client_id, Path(_key_file).read_text(), int(_port)), int(_port))

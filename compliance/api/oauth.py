"""How the case system proves who it is: OAuth 2, `client_credentials` with `client_secret_basic` and nothing else.

Tokens are RFC 9068, short, and made by `compliance.identity.access_tokens`; errors are RFC 6749 5.2, with the
descriptions in our own words, because the library's repeat what was sent.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, cast
from urllib.parse import unquote_plus

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Error
from authlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from flask import Blueprint, Flask, Response, current_app, request

from audit.record import record
from compliance.identity import access_tokens, counters
from compliance.identity.clients import queries as clients
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Actor, Holding, house, work

from .access import open_door
from .events import ClientSignedIn, ClientSignInFailed
from .replies import Reply, present

oauth = Blueprint("oauth", __name__)

GRANT = "client_credentials"
METHOD = "client_secret_basic"

SAYS = {
    "invalid_request": "Send grant_type once, as a form, and each parameter once.",
    "invalid_client": "The client is not known, or its secret is wrong.",
    "invalid_scope": "The client may not ask for that scope, or there is no such scope.",
    "unauthorized_client": "The client may not use this grant.",
    "unsupported_grant_type": "Only client_credentials is given here.",
}


class Program(ClientMixin):
    """A service client as the library sees it."""

    def __init__(self, row: ServiceClient) -> None:
        self.row = row
        self.scopes = tuple(row.scopes.split())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == METHOD

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT


class _Form(FlaskOAuth2Payload):
    """The parameters, from the body alone: what stands in an address ends up in logs."""

    @property
    def data(self) -> Any:
        return request.form


class _Request(FlaskOAuth2Request):
    """A request under our configured address. Whether it came over TLS is settled by configuration, at the start."""

    def __init__(self) -> None:
        self.method = request.method
        self.uri = f"{house().settings.base_url}{request.path}"
        self.headers = dict(request.headers)
        self.payload = _Form(request)
        self.client = None
        self.auth_method = None
        self.user = None
        self._scope = None


class _Credentials(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = [METHOD]  # noqa: RUF012 - so the library declares it

    def validate_requested_scope(self) -> None:
        """Nothing asked for means everything the client has (RFC 6749 3.3)."""
        asked = request.form.get("scope", "").split()
        if not set(asked) <= set(cast(Program, self.request.client).scopes):
            raise InvalidScopeError()


class _Server(AuthorizationServer):
    """The library's server, on our tokens, our words and our address."""

    def create_oauth2_request(self, request: Any) -> FlaskOAuth2Request:
        return _Request()

    def handle_error_response(self, request: Any, error: OAuth2Error) -> Response:
        status = 401 if error.error == "invalid_client" else 400
        said = present(
            {"error": error.error, "error_description": SAYS.get(error.error or "", "This was refused.")}, status
        )
        said.headers["Pragma"] = "no-cache"
        if status == 401:
            said.headers["WWW-Authenticate"] = 'Basic realm="marac", charset="UTF-8"'
        return said

    def handle_response(self, status_code: int, payload: Any, headers: Any) -> Response:
        said = present(payload, status_code)
        said.headers["Pragma"] = "no-cache"
        return said


def register(app: Flask) -> None:
    """Make this application's token server."""
    server = _Server(query_client=lambda client_id: None, save_token=_write_down)
    server.register_client_auth_method(METHOD, _authenticated)
    server.register_grant(_Credentials)
    server.register_token_generator("default", cast(Any, _token))
    app.extensions["token_server"] = server


@oauth.post("/oauth2/token")
@open_door
def token() -> Reply:
    """An access token for a client that shows its secret (RFC 6749 4.4)."""
    server: _Server = current_app.extensions["token_server"]
    problem = _unreadable()
    if problem:
        return server.handle_error_response(None, problem)
    return cast(Response, server.create_token_response())


@oauth.get("/oauth2/jwks")
@open_door
def jwks() -> Reply:
    """The keys that our tokens can be checked with (RFC 7517)."""
    return present({"keys": access_tokens.public_keys(house())})


@oauth.get("/.well-known/oauth-authorization-server")
@open_door
def authorization_server() -> Reply:
    """What this server can do (RFC 8414): only what it does."""
    base = house().settings.base_url
    return present(
        {
            "issuer": base,
            "token_endpoint": f"{base}/oauth2/token",
            "jwks_uri": f"{base}/oauth2/jwks",
            "scopes_supported": list(access_tokens.SCOPES),
            "response_types_supported": [],
            "grant_types_supported": [GRANT],
            "token_endpoint_auth_methods_supported": [METHOD],
        }
    )


@oauth.get("/.well-known/oauth-protected-resource")
@open_door
def protected_resource() -> Reply:
    """Where tokens for this service come from, and how they are shown (RFC 9728)."""
    base = house().settings.base_url
    return present(
        {
            "resource": base,
            "authorization_servers": [base],
            "scopes_supported": list(access_tokens.SCOPES),
            "bearer_methods_supported": ["header"],
            "jwks_uri": f"{base}/oauth2/jwks",
        }
    )


@oauth.get("/.well-known/authzen-configuration")
@open_door
def decision_point() -> Reply:
    """Where decisions are asked for (AuthZEN 1.0): only the addresses that answer."""
    base = house().settings.base_url
    return present(
        {
            "policy_decision_point": base,
            "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
        }
    )


def _unreadable() -> OAuth2Error | None:
    if request.mimetype != "application/x-www-form-urlencoded":
        return InvalidRequestError()
    values = list(request.form.lists())
    if any(len(given) > 1 for _, given in values) or not request.form.get("grant_type"):
        return InvalidRequestError()
    if request.form["grant_type"] != GRANT:
        return UnsupportedGrantTypeError("")
    return None


def _authenticated(_query_client: Any, _request: FlaskOAuth2Request) -> Program:
    """Whose secret this is. Failures are counted by source, as those of people are, and stand in the log (IDN-4)."""
    client_id, secret = _basic()
    with work() as ctx:
        counters.hear(ctx)
        row = clients.check_client(ctx, client_id, secret)
        if row is None:
            counters.count_source(ctx)
            record(ctx, ClientSignInFailed())
    if row is None:
        raise InvalidClientError(status_code=401)
    return Program(row)


def _basic() -> tuple[str, str]:
    """The id and the secret shown, each form-encoded before they were joined (RFC 6749 2.3.1)."""
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClientError(status_code=401)
    try:
        client_id, colon, secret = base64.b64decode(shown.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise InvalidClientError(status_code=401) from None
    if not colon or not client_id or not secret:
        raise InvalidClientError(status_code=401)
    return unquote_plus(client_id), unquote_plus(secret)


def _token(client: Program, scope: str | None = None, **_: Any) -> dict[str, Any]:
    scopes = [known for known in client.scopes if known in scope.split()] if scope else list(client.scopes)
    made, seconds = access_tokens.issue(house(), client.row.client_id, scopes)
    return {"access_token": made, "token_type": "Bearer", "expires_in": seconds, "scope": " ".join(scopes)}


def _write_down(token_: dict[str, Any], request_: FlaskOAuth2Request) -> None:
    """A token is given only once it stands in the log that it was (AUD-2)."""
    client = cast(Program, request_.client)
    claims = access_tokens.verify(house(), token_["access_token"])
    assert claims is not None  # noqa: S101 - it was made a moment ago
    with work(Actor("client", client.row.client_id, holdings=frozenset({Holding("case_system")}))) as ctx:
        record(
            ctx,
            ClientSignedIn(
                subject=client.row.id, client=client.row.client_id, token=claims.token_id,
                scopes=tuple(token_["scope"].split()),
            ),
        )  # fmt: skip

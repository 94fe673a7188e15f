"""How programs prove who they are, and what they are given: OAuth 2 `client_credentials` and `authorization_code`.

Client authentication is `private_key_jwt` or `client_secret_basic` and nothing else. Tokens are RFC 9068, short, and made
by `compliance.identity.access_tokens`; errors are RFC 6749 5.2, with the descriptions in our own words, because the
library's repeat what was sent.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
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
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE
from flask import Blueprint, Flask, Response, current_app, request

from audit.record import record
from compliance.identity import access_tokens, counters
from compliance.identity.clients import proving, queries, sign_ons
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Actor, Context, Holding, house, reading, work

from .access import open_door
from .events import ClientSignedIn, ClientSignInFailed
from .replies import Reply, present
from .signing_on import CODE_GRANT, CodeGrant

oauth = Blueprint("oauth", __name__)

GRANT = "client_credentials"
GRANTS = (GRANT, CODE_GRANT)
BY_SECRET, BY_KEY = "client_secret_basic", "private_key_jwt"
METHODS = (BY_KEY, BY_SECRET)

SAYS = {
    "invalid_request": "Send grant_type once, as a form, and each parameter once.",
    "invalid_client": "The client is not known, or does not prove that it is itself, or may not call from there.",
    "invalid_scope": "The client may not ask for that scope, or there is no such scope.",
    "invalid_grant": "The code was used, is over, or was made for something else; or its person may no longer sign in.",
    "unauthorized_client": "The client may not use this grant.",
    "unsupported_grant_type": "Only client_credentials and authorization_code are given here.",
}


class Program(ClientMixin):
    """A service client as the library sees it."""

    def __init__(self, row: ServiceClient) -> None:
        self.row = row
        self.scopes = tuple(row.scopes.split())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(self.row.redirects if grant_type == CODE_GRANT else self.scopes)


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
    TOKEN_ENDPOINT_AUTH_METHODS = list(METHODS)  # noqa: RUF012 - so the library declares it

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
        return refusal(error)

    def handle_response(self, status_code: int, payload: Any, headers: Any) -> Response:
        said = present(payload, status_code)
        said.headers["Pragma"] = "no-cache"
        return said


def refusal(error: OAuth2Error) -> Response:
    """The answer of RFC 6749 5.2, in our words."""
    status = 401 if error.error == "invalid_client" else 400
    said = present(
        {"error": error.error, "error_description": SAYS.get(error.error or "", "This was refused.")}, status
    )
    said.headers["Pragma"] = "no-cache"
    if status == 401:
        said.headers["WWW-Authenticate"] = 'Basic realm="marac", charset="UTF-8"'
    return said


def register(app: Flask) -> None:
    """Make this application's token server."""
    server = _Server(query_client=lambda client_id: None, save_token=_write_down)
    for method in METHODS:
        server.register_client_auth_method(method, _proves(method))
    server.register_grant(_Credentials)
    server.register_grant(CodeGrant)
    server.register_token_generator("default", cast(Any, _token))
    app.extensions["token_server"] = server


@oauth.post("/oauth2/token")
@open_door
def token() -> Reply:
    """An access token for a client that proves who it is (RFC 6749 4.4), or for a code that somebody brought it (4.1.3)."""
    server: _Server = current_app.extensions["token_server"]
    problem = _unreadable("grant_type")
    if problem is None and request.form["grant_type"] not in GRANTS:
        problem = UnsupportedGrantTypeError("")
    if problem:
        return refusal(problem)
    return cast(Response, server.create_token_response())


@oauth.post("/oauth2/revoke")
@open_door
def revoke() -> Reply:
    """Take one's own access token back (RFC 7009): nobody learns whether it was one."""
    problem = _unreadable("token")
    if problem:
        return refusal(problem)
    try:
        client = authenticated()
    except OAuth2Error as error:
        return refusal(error)
    claims = access_tokens.verify(house(), request.form["token"])
    if claims is not None and claims.client_id == client.client_id:
        with work(acting_as(client)) as ctx:
            sign_ons.revoke(ctx, client, claims.token_id, datetime.fromtimestamp(claims.expires_at, UTC))
    return _empty()


@oauth.post("/oauth2/introspect")
@open_door
def introspect() -> Reply:
    """What one's own access token says, and whether it still counts (RFC 7662); of everybody else's, that it does not."""
    problem = _unreadable("token")
    if problem:
        return refusal(problem)
    try:
        client = authenticated()
    except OAuth2Error as error:
        return refusal(error)
    claims = access_tokens.verify(house(), request.form["token"])
    if claims is None or claims.client_id != client.client_id or not _counts(claims, client):
        return present({"active": False})
    base = house().settings.base_url
    return present(
        {
            "active": True,
            "iss": base,
            "sub": str(claims.person_id) if claims.person_id else claims.client_id,
            "client_id": claims.client_id,
            "aud": base,
            "scope": " ".join(sorted(claims.scopes)),
            "token_type": "Bearer",
            "jti": claims.token_id,
            "iat": int(claims.issued_at),
            "exp": int(claims.expires_at),
            **({"sid": str(claims.sign_on_id)} if claims.sign_on_id else {}),
        }
    )


def authenticated() -> ServiceClient:
    """The client that calls, by one method and no more (RFC 6749 2.3); raises InvalidClientError."""
    return (_by_key() if _method() == BY_KEY else _by_secret()).row


def _method() -> str:
    """By which method this call proves who it is from, if it does."""
    return BY_KEY if "client_assertion" in request.form or "client_assertion_type" in request.form else BY_SECRET


def _proves(method: str) -> Any:
    """The library tries one method after another: each is asked only where the call uses it."""
    proves = _by_key if method == BY_KEY else _by_secret
    return lambda _query_client, _request: proves() if _method() == method else None


def acting_as(client: ServiceClient) -> Actor:
    """The program itself."""
    return Actor("client", client.client_id, holdings=frozenset({Holding("case_system")}))


def _counts(claims: access_tokens.Claims, client: ServiceClient) -> bool:
    with reading() as ctx:
        if queries.caller(ctx, claims.client_id, claims.token_id) is None:
            return False
        return claims.sign_on_id is None or sign_ons.standing(ctx, claims.sign_on_id, client.id) is not None


def _empty() -> Reply:
    said = Response(b"", 200)
    said.headers["Cache-Control"] = "no-store"
    said.headers["Pragma"] = "no-cache"
    return said


def _unreadable(needed: str) -> OAuth2Error | None:
    if request.mimetype != "application/x-www-form-urlencoded":
        return InvalidRequestError()
    values = list(request.form.lists())
    if any(len(given) > 1 for _, given in values) or not request.form.get(needed):
        return InvalidRequestError()
    return None


def _by_secret() -> Program:
    """Whose secret this is (`client_secret_basic`)."""
    client_id, secret = _basic()
    if request.form.get("client_id") not in (None, client_id):
        raise InvalidClientError(status_code=401)
    return _proved(lambda ctx: proving.by_secret(ctx, client_id, secret))


def _by_key() -> Program:
    """Whose key signed the assertion (`private_key_jwt`); nobody shows a secret beside it."""
    if request.headers.get("Authorization") or request.form.get("client_assertion_type") != ASSERTION_TYPE:
        raise InvalidClientError(status_code=401)
    assertion = request.form.get("client_assertion", "")
    return _proved(lambda ctx: proving.by_assertion(ctx, assertion, request.form.get("client_id")))


def _proved(proves: Any) -> Program:
    """Who it is. Failures are counted by source, as those of people are, and stand in the log (IDN-4)."""
    with work() as ctx:
        counters.hear(ctx)
        row: ServiceClient | None = proves(ctx)
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
    with work(acting_as(client.row)) as ctx:
        _entered(ctx, client.row, claims, tuple(token_["scope"].split()))


def _entered(ctx: Context, client: ServiceClient, claims: access_tokens.Claims, scopes: tuple[str, ...]) -> None:
    record(ctx, ClientSignedIn(subject=client.id, client=client.client_id, token=claims.token_id, scopes=scopes))

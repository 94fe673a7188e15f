"""A code that somebody's browser brought a program, taken up for who they are (OpenID Connect Core 3.1.3)."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin
from flask import request

from compliance.decisions.case_system import may_use
from compliance.identity import access_tokens
from compliance.identity.access_tokens import Issued
from compliance.identity.clients import sign_ons, statements
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Actor, Holding, house, origin, reading, work

CODE_GRANT = "authorization_code"


class CodeGrant(BaseGrant, TokenEndpointMixin):
    """Taking up a code. Whether its person may use the case system is asked again: a minute is long enough to end a right."""

    GRANT_TYPE = CODE_GRANT
    TOKEN_ENDPOINT_AUTH_METHODS = ["private_key_jwt", "client_secret_basic"]  # noqa: RUF012 - so the library declares it

    def validate_token_request(self) -> None:
        client = self.request.client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(CODE_GRANT):
            raise InvalidGrantError()
        if not all(request.form.get(name) for name in ("code", "redirect_uri", "code_verifier")):
            raise InvalidRequestError()

    def create_token_response(self) -> Any:
        program: Any = self.request.client
        client: ServiceClient = program.row
        code = request.form["code"]
        actor = Actor("client", client.client_id, holdings=frozenset({Holding("case_system")}))
        with reading(actor) as ctx:
            about = sign_ons.about(ctx, code)
        issued = Issued("", "", 0)
        if about is not None:
            scopes = about.scope.split()
            issued = access_tokens.issue_for(house(), client.client_id, scopes, about.person_id, about.sign_on_id)
        with work(actor) as ctx:
            taken = sign_ons.take_up(
                ctx, client, code, redirect=request.form["redirect_uri"], verifier=request.form["code_verifier"],
                token_id=issued.token_id, token_seconds=issued.seconds,
            )  # fmt: skip
        if taken is None or not may_use(house(), client.client_id, taken.person.id, origin()).permit:
            raise InvalidGrantError()
        with work(actor) as ctx:
            sign_ons.begun(ctx, client, taken, issued.token_id)
        body = {
            "access_token": issued.token,
            "token_type": "Bearer",
            "expires_in": issued.seconds,
            "scope": taken.scope,
            "id_token": statements.id_token(house(), client.client_id, taken, issued.token),
        }
        return 200, body, []

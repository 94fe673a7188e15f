"""What relying parties find out by themselves: the keys, what the servers can do, and who somebody is (OpenID Connect)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from compliance.decisions.case_system import may_use, rights
from compliance.decisions.errors import CallerEnded
from compliance.decisions.questions import Sought
from compliance.identity import access_tokens
from compliance.identity.clients import asking, assertions, sign_ons, statements
from compliance.kernel.context import house, origin, reading

from .access import open_door, program_of
from .errors import Challenge
from .oauth import GRANTS, METHODS
from .replies import Reply, present

openid = Blueprint("openid", __name__)

CLAIMS = (
    "sub", "name", "email", "email_verified", "org", "areas", "licence", "amr", "acr", "auth_time", "sid",
    "iss", "aud", "exp", "iat", "nonce", "at_hash",
)  # fmt: skip


@openid.get("/oauth2/jwks")
@open_door
def jwks() -> Reply:
    """The keys that our tokens and statements can be checked with (RFC 7517)."""
    return present({"keys": [*access_tokens.public_keys(house()), *statements.public_keys(house())]})


@openid.get("/.well-known/oauth-authorization-server")
@open_door
def authorization_server() -> Reply:
    """What this server can do (RFC 8414): only what it does."""
    return present(_server())


@openid.get("/.well-known/openid-configuration")
@open_door
def configuration() -> Reply:
    """The same for who signs people in (OpenID Connect Discovery 3)."""
    base = house().settings.base_url
    return present(
        _server()
        | {
            "userinfo_endpoint": f"{base}/oauth2/userinfo",
            "end_session_endpoint": f"{base}/oauth2/logout",
            "scopes_supported": [*asking.SCOPES, *access_tokens.SCOPES],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [statements.ALGORITHM],
            "claim_types_supported": ["normal"],
            "claims_supported": list(CLAIMS),
            "acr_values_supported": list(sign_ons.ACR.values()),
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }
    )


@openid.get("/.well-known/oauth-protected-resource")
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
        }
    )


@openid.get("/.well-known/authzen-configuration")
@open_door
def decision_point() -> Reply:
    """Where decisions are asked for (AuthZEN 1.0): only the addresses that answer."""
    base = house().settings.base_url
    return present(
        {
            "policy_decision_point": base,
            "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
            **{f"search_{kind}_endpoint": f"{base}/access/v1/search/{kind}" for kind in Sought},
        }
    )


@openid.route("/oauth2/userinfo", methods=["GET", "POST"])
@open_door
def userinfo() -> Reply:
    """Who signed in, and what they may do now: for as long as their sign-in stands and they may use the case system."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Challenge()
    caller = program_of(token.strip())
    if caller is None:
        raise _over()
    claims, client = caller
    if claims.sign_on_id is None or "openid" not in claims.scopes:
        raise Challenge(error="insufficient_scope", scope="openid", detail="This token is for no person.")
    with reading() as ctx:
        who = sign_ons.standing(ctx, claims.sign_on_id, client.id)
        ctx.session.expunge_all()
    if who is None:
        raise _over()
    try:
        verdict = may_use(house(), client.client_id, who.person.id, origin())
    except CallerEnded:
        raise _over() from None
    if not verdict.permit:
        raise _over()
    return present(sign_ons.claims(who, " ".join(claims.scopes), rights(verdict)))


def _over() -> Challenge:
    return Challenge(error="invalid_token", detail="This token is not one of ours, or its person's sign-in is over.")


def _server() -> dict[str, Any]:
    base = house().settings.base_url
    proved_at = ("token", "revocation", "introspection")
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "token_endpoint": f"{base}/oauth2/token",
        "jwks_uri": f"{base}/oauth2/jwks",
        "revocation_endpoint": f"{base}/oauth2/revoke",
        "introspection_endpoint": f"{base}/oauth2/introspect",
        "scopes_supported": list(access_tokens.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        **{f"{name}_endpoint_auth_methods_supported": list(METHODS) for name in proved_at},
        **{f"{name}_endpoint_auth_signing_alg_values_supported": list(assertions.ALGORITHMS) for name in proved_at},
    }

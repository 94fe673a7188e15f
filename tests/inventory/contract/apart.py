"""What a builder meets that is no operation here: what the service sends, where browsers are sent, and what each scope opens."""

from __future__ import annotations

from typing import Any

from compliance.changes.webhooks.rules import TRY, TYPES
from compliance.identity.access_tokens import SCOPES
from compliance.identity.clients.statements import LOGOUT

OPENS = {
    "decisions": "Questions of access: evaluations and searches",
    "registers:read": "Organisations, signatories, who works in an area, the log's checkpoints and proofs",
    "access-events:write": "Telling who signed in to the case system, saw, took out, disclosed",
    "facts:write": "Counts for accountability, and invitations to a case",
    "sharing": "Decisions to share, requests for re-use, the confidentiality statement",
    "retention": "Records, their events, and what to dispose of",
    "incidents:write": "Breaches and concerns",
    "changes:read": "The feed of changes of rights",
}
"""What a token of each scope opens."""

_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_INSTANT: dict[str, Any] = {"type": "string", "format": "date-time"}


def _pair(says: str) -> dict[str, Any]:
    return {
        "type": "object", "description": says, "required": ["kind", "id"], "properties": {"kind": _TEXT, "id": _TEXT},
    }  # fmt: skip


_OF_A_CHANGE: dict[str, Any] = {
    "state_version": {"type": "integer", "description": "What decisions say as `state_version` once they stand on it."},
    "subject": _pair(
        "Whose right: `person` or `organisation` by id, `closed_case`, or `policy` and `everyone` for anybody's."
    ),
    "about": {"anyOf": [_pair("What the entry of the log is about, by id."), {"type": "null"}]},
    "organisation": _MAYBE,
    "reference": _MAYBE,
    "rules": {"type": "array", "items": _TEXT, "description": "By which rules it happened."},
}
_TYPE = {
    "type": "string",
    "description": f"What happened, as the log calls it; it begins with one of: {', '.join(TYPES)}. More may come: take one "
    "that you do not know as any other.",
}

CHANGES: dict[str, Any] = {
    "type": "object",
    "required": ["items", "next", "more", "complete_until"],
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["cursor", "type", "timestamp", *_OF_A_CHANGE],
                "properties": {"cursor": _TEXT, "type": _TYPE, "timestamp": _INSTANT} | _OF_A_CHANGE,
            },
        },
        "next": {"type": "string", "description": "Where to go on from: keep it with what you made of `items`."},
        "more": {
            "type": "boolean",
            "description": "Whether there is more behind `next` already: ask again without waiting.",
        },
        "complete_until": {
            "anyOf": [_INSTANT, {"type": "null"}],
            "description": "Up to when rights that ended by time alone stand in the feed; null until the service has looked "
            "for the first time. More than a minute ago, or null: cover what is shown.",
        },
    },
}
"""The feed as it is answered."""

_HEADERS = [
    {"name": "webhook-id", "in": "header", "required": True, "schema": _TEXT,
     "description": "The same each time that a message is sent: take a message once."},
    {"name": "webhook-timestamp", "in": "header", "required": True, "schema": {"type": "integer"},
     "description": "Seconds since 1970 at which it was sent. Refuse one that is more than five minutes from your clock."},
    {"name": "webhook-signature", "in": "header", "required": True, "schema": _TEXT,
     "description": "One or more of `v1,<base64>`, a space between them: while a secret is rotated, one by each. Take the message "
     "if any is the HMAC-SHA-256, by the bytes that stand in base64 behind `whsec_`, of `{webhook-id}.{webhook-timestamp}.{body}`, "
     "the body as its bytes came. Compare in constant time."},
    {"name": "traceparent", "in": "header", "required": True, "schema": _TEXT},
]  # fmt: skip

WEBHOOKS: dict[str, Any] = {
    "change": {
        "post": {
            "summary": "A change of a right, as the feed has it, by Standard Webhooks.",
            "description": "In the order of the feed, each at least once. Answer 2xx within 15 seconds, and do the work "
            "afterwards; anything else, a redirect too, has it sent again with growing pauses, without end, and what is behind "
            f"it waits. `{TRY}` tells of nothing: somebody tries whether it arrives, and `data` has `webhook` alone.",
            "parameters": _HEADERS,
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["type", "timestamp", "data"],
                            "properties": {
                                "type": _TYPE,
                                "timestamp": _INSTANT,
                                "data": {"type": "object", "properties": _OF_A_CHANGE},
                            },
                        }
                    }
                },
            },
            "responses": {"2XX": {"description": "It is taken."}},
        }
    },
    "sign-in ended": {
        "post": {
            "summary": "Somebody's sign-in, or their right to use the case system, has ended (OpenID Connect Back-Channel Logout 1.0).",
            "requestBody": {
                "required": True,
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": {
                            "type": "object",
                            "required": ["logout_token"],
                            "properties": {
                                "logout_token": {
                                    "type": "string",
                                    "description": "A JWT of `typ` `logout+jwt`, signed as ID tokens are, with `iss`, `aud`, `iat`, "
                                    f"`exp`, `jti`, `sub`, `sid` and `events` with the member `{LOGOUT}`; never with `nonce`.",
                                }
                            },
                        }
                    }
                },
            },
            "responses": {"200": {"description": "Every session of this `sid` is ended."}},
        }
    },
}
"""What the service sends, to addresses that a client was registered with."""


def security_schemes() -> dict[str, Any]:
    """How whoever comes proves who they are."""
    assert set(OPENS) == set(SCOPES), "say what each scope opens"
    return {
        "person": {
            "type": "http",
            "scheme": "bearer",
            "description": "The token of somebody's sign-in, `mss_…`, from `POST /api/v1/sessions`.",
        },
        "program": {
            "type": "oauth2",
            "description": "An access token (RFC 9068) of a registered client; `/.well-known/openid-configuration` has every "
            "address. People who sign in by the code flow (PKCE with S256) come back with a code; they leave by `end_session_endpoint`.",
            "flows": {
                "clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": OPENS},
                "authorizationCode": {
                    "authorizationUrl": "/oauth2/authorize",
                    "tokenUrl": "/oauth2/token",
                    "scopes": {"openid": "Who signed in", "profile": "Their name", "email": "Their address"},
                },
            },
        },
        "client": {
            "type": "http",
            "scheme": "basic",
            "description": "A client's id and secret. `private_key_jwt` in the form is the other way (RFC 7523).",
        },
    }

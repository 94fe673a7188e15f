"""How operations say no: the statuses each may answer with, the problem document, and every code there is."""

from __future__ import annotations

from typing import Any

from compliance.api import errors
from compliance.api.access import Door
from compliance.kernel.errors import Refusal
from tests.inventory.contract.views import Schema, Takes
from tests.inventory.source import PACKAGES

_SAYS = {
    400: "What was sent cannot be read.",
    401: "Nobody showed who they are, or the token is over (RFC 6750).",
    403: "Whoever came may not do this, or their token has another scope.",
    404: "There is no such thing, or none that the caller may know of.",
    405: "This address does not take this method; `Allow` says which it takes.",
    409: "It does not fit how things stand now, or the same request is still running.",
    412: "The thing is not as it was when it was read: `If-Match` names another revision.",
    413: "The body is larger than is taken.",
    415: "The body is of another media type than is taken.",
    422: "What was sent is not acceptable as it stands; `errors` says where.",
    429: "Too many calls, or too many failures from one source. `Retry-After` says when to come again.",
    503: "The store, the log or the policy cannot be reached or trusted: nothing was decided, shown or changed.",
}
_RETRY = frozenset({429, 503})

ALSO: dict[str, tuple[int, ...]] = {
    "GET /metrics": (404,),
    "GET /ready": (503,),
    "POST /sessions": (401,),
    "POST /account/invitation": (404, 409),
}
"""What an operation answers with besides what follows from its kind."""

STANDARDS = ("/oauth2/token", "/oauth2/revoke", "/oauth2/introspect")


def statuses(operation: str, what: Takes, door: Door, named: bool) -> list[int]:
    """With what this operation may refuse."""
    method, _, path = operation.partition(" ")
    found = {429, *ALSO.get(operation, ())} | ({503} if not path.startswith("/live") else set())
    if not door.open or path == "/oauth2/userinfo":
        found |= {401, 403}
    if named:
        found |= {404, 405}
    if what.query is not None:
        found |= {400, 404, 422}
    if path.startswith("/access/"):
        return sorted(found | {400, 413})
    if path in STANDARDS:
        return sorted(found | {400, 401})
    if method != "GET" and path != "/oauth2/userinfo":
        found |= {400, 404, 409, 413, 415, 422}
    if method == "GET" and not door.open:
        found |= {400, 404, 409}
    if what.matched:
        found.add(412)
    return sorted(found)


def problems() -> dict[str, Any]:
    """Every refusal that has a code of its own: its status, the rule it keeps, and what it says."""
    found: dict[str, Any] = {}
    for kind in sorted(_below(Refusal), key=lambda kind: (kind.code, kind.__name__)):
        if kind.__module__.partition(".")[0] in PACKAGES and any(issubclass(kind, base) for base in errors.STATUS):
            status = 401 if kind is errors.NotSignedIn else {errors.Malformed: 400, errors.Stale: 412}.get(kind)
            status = status or next(code for base, code in errors.STATUS.items() if issubclass(kind, base))
            found.setdefault(kind.code, {"status": status, "rule": kind.rule, "detail": kind.detail})
    for status, (code, words) in errors.OF_HTTP.items():
        found.setdefault(code, {"status": status, "rule": None, "detail": words})
    for code, (status, rule, words) in errors.BESIDES.items():
        found.setdefault(code, {"status": status, "rule": rule, "detail": words})
    return dict(sorted(found.items()))


def _below(kind: type[Refusal]) -> set[type[Refusal]]:
    return {each for sub in kind.__subclasses__() for each in (sub, *_below(sub))}


def _text(words: str) -> dict[str, Any]:
    return {"description": words, "schema": {"type": "string"}}


HEADERS: dict[str, Any] = {
    "X-Request-ID": _text("The caller's own id of the request, unchanged, or one of ours."),
    "ETag": _text("What this is known again by; of one thing, its revision, for `If-Match`."),
    "RateLimit-Policy": _text("How many calls in how many seconds, by name (draft-ietf-httpapi-ratelimit-headers-10)."),
    "RateLimit": _text("How many of them are left, and in how many seconds they are whole again."),
    "Retry-After": _text("In how many seconds to come again."),
    "WWW-Authenticate": _text("Which way to show who one is, and what was wrong with what was shown (RFC 6750)."),
}

PARAMETERS: dict[str, Any] = {
    "X-Request-ID": {
        "name": "X-Request-ID",
        "in": "header",
        "required": False,
        "description": "An id of the caller's own, of up to 128 plain characters; it comes back unchanged and stands in the log. In the place of any other, one of ours does.",
        "schema": {"type": "string"},
    },
    "X-Request-ID-of-a-decision": {
        "name": "X-Request-ID",
        "in": "header",
        "required": False,
        "description": "An id of the caller's own; it comes back unchanged and stands in the log. An empty one is none.",
        "schema": {"type": "string", "pattern": "^[!-~]{0,128}$"},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The same key and request once more gets the first answer again; another request, 422; one that is still running, 409.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._~:/+=@*!-]{1,255}$"},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` that the thing was read with; where it has changed since, 412.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    },
}

SCHEMAS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "A problem document (RFC 9457). `code` is stable, `rule` the rule that refused; nothing that was sent is repeated.",
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "rule": {"type": "string"},
            "instance": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                    "required": ["pointer", "detail"],
                },
            },
        },
        "required": ["type", "title", "status", "detail", "code"],
    },
    "OAuthError": {
        "type": "object",
        "description": "RFC 6749 5.2.",
        "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
        "required": ["error"],
    },
}


def _response(status: int, words: str) -> dict[str, Any]:
    headers = ["X-Request-ID", *(["Retry-After"] if status in _RETRY else [])]
    headers += ["WWW-Authenticate"] if status == 401 else []
    return {
        "description": words,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


RESPONSES: dict[str, Any] = {
    **{str(status): _response(status, words) for status, words in _SAYS.items()},
    "OAuthError": {
        "description": "The client was not let in, or what it asked for cannot be given (RFC 6749 5.2).",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OAuthError"}}},
    },
}

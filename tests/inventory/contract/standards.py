"""What other people's standards fix: the shapes of AuthZEN and OAuth 2, and what is sent to try them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.builders.identity import PASSWORD
from tests.builders.retention import a_record, an_event
from tests.inventory.contract.apart import CHANGES
from tests.inventory.contract.views import Schema
from tests.inventory.world import Whose, World


@dataclass(frozen=True)
class Call:
    """A request that is made once; `by` is one of the world's callers, or `client` for a program that shows its secret."""

    method: str
    path: str
    body: Any = None
    form: dict[str, Any] | None = None
    file: str | None = None
    by: str = "program"


Makes = Callable[[World], Call]


def _subject(world: World) -> dict[str, Any]:
    return {"type": "person", "id": str(world.things[Whose.OWN].person)}


_CASE = {"type": "case", "id": "C-9", "properties": {"area": "mid-kent"}}
_VIEW = {"name": "case.view"}


def _asks(path: str, **body: Any) -> Makes:
    """A question about somebody; `subject` is put in where it is not given."""
    return lambda world: Call("POST", f"/access/v1/{path}", {"subject": _subject(world)} | body)


def _reads(path: str) -> Makes:
    return lambda _world: Call("GET", path, by="nobody")


EXTRA: dict[str, Makes] = {
    "POST /access/v1/evaluation": _asks("evaluation", action=_VIEW, resource=_CASE),
    "POST /access/v1/evaluations": _asks(
        "evaluations", resource=_CASE, evaluations=[{"action": {"name": "case.view"}}, {"action": {"name": "case.export"}}]
    ),
    "POST /access/v1/search/subject": _asks("search/subject", subject={"type": "person"}, action=_VIEW, resource=_CASE),
    "POST /access/v1/search/resource": _asks("search/resource", action=_VIEW, resource={"type": "case"}),
    "POST /access/v1/search/action": _asks("search/action", resource=_CASE),
    "POST /oauth2/token": lambda _world: Call(
        "POST", "/oauth2/token", form={"grant_type": "client_credentials", "scope": "decisions"}, by="client"
    ),
    "POST /oauth2/revoke": lambda _world: Call("POST", "/oauth2/revoke", form={"token": "no-token-of-ours"}, by="client"),
    "POST /oauth2/introspect": lambda _world: Call(
        "POST", "/oauth2/introspect", form={"token": "no-token-of-ours"}, by="client"
    ),
    "POST /sessions": lambda world: Call(
        "POST", "/api/v1/sessions",
        {"email": world.callers["delegate"].account.email, "password": PASSWORD},  # type: ignore[union-attr]
        by="nobody",
    ),
    "POST /account/invitation": lambda _world: Call(
        "POST", "/api/v1/account/invitation", {"token": "msi_used-up", "password": PASSWORD}, by="nobody"
    ),
    "PUT /retention/records/<reference>": lambda _world: Call(
        "PUT", "/api/v1/retention/records/MC-90", a_record(3, opened_on="2021-01-10")
    ),
    "POST /retention/records/<reference>/events": lambda world: Call(
        "POST", f"/api/v1/retention/records/R-{world.things[Whose.OWN].code}/events", an_event(happened_on="2026-11-02")
    ),
    "GET /retention/instructions": lambda _world: Call("GET", "/api/v1/retention/instructions"),
    "POST /retention/instructions/<instruction_id>/confirmation": lambda world: Call(
        "POST", f"/api/v1/retention/instructions/{world.things[Whose.OWN].disposal}/confirmation",
        {"method": "erased", "disposed_on": "2026-11-21"},
    ),
    "GET /oauth2/userinfo": lambda _world: Call("GET", "/oauth2/userinfo"),
    "POST /oauth2/userinfo": lambda _world: Call("POST", "/oauth2/userinfo"),
    **{
        f"GET {path}": _reads(path)
        for path in (
            "/live", "/ready", "/oauth2/jwks", "/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration", "/.well-known/oauth-protected-resource",
            "/.well-known/authzen-configuration",
        )
    },
}  # fmt: skip
"""Operations that the matrix has no line for: anybody may come, or the standard's own doors are asked."""

EVENTS: dict[str, list[str]] = {
    "POST /licences/<licence_id>/waiting": ["waiting_list.joined"],
    "POST /licences/<licence_id>/offer/acceptance": ["seat_offer.accepted"],
    "POST /licences/<licence_id>/offer/refusal": ["seat_offer.ended"],
    "POST /account/invitation": ["password.set"],
    "POST /account/authenticator": ["authenticator.made"],
    "POST /account/authenticator/confirmation": ["authenticator.enrolled", "sign_in.done"],
    "POST /account/password": ["password.set"],
    "POST /sessions/current/code": ["sign_in.done"],
    "POST /sessions/current/email-code": ["sign_in.code_sent"],
    "POST /oauth2/revoke": ["client.token_revoked"],
    "DELETE /proposals/<proposal_id>": ["proposal.taken_back"],
}
"""What stands in the log once somebody is let in where the example is refused: those who come to it first are."""

_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 255}
_OPEN: Schema = {"type": "object"}


def _object(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _maybe(schema: Schema) -> Schema:
    """This, or null, which is as good as not there."""
    return {"anyOf": [schema, {"type": "null"}]}


_WORDS = _maybe({"type": "string", "maxLength": 255})
SUBJECT = _object(("type", "id"), type=_TEXT, id=_TEXT, properties=_maybe(_OPEN))
ACTION = _object(("name",), name=_TEXT, properties=_maybe(_OPEN))
RESOURCE = _object(
    ("type", "id"), type=_TEXT, id=_TEXT,
    properties=_maybe(_object((), area=_WORDS, owner_organisation=_WORDS, closed={"type": "boolean"}, case=_WORDS)),
)  # fmt: skip
CONTEXT = _maybe(_object((), purpose=_WORDS))
PAGE = _maybe(_object((), token=_maybe({"type": "string"}), limit={"type": "integer", "minimum": 1}))


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/authzen.{name}"}


def _default(name: str) -> Schema:
    """What a batch gives at its top. One that cannot be read is no error: items that stand on it are answered no."""
    return {"description": f"For each item that has none of its own: {name}, replaced whole."}


SCHEMAS: dict[str, Schema] = {
    "authzen.Subject": SUBJECT,
    "authzen.Action": ACTION,
    "authzen.Resource": RESOURCE,
    "authzen.Context": CONTEXT,
    "authzen.Page": PAGE,
    "authzen.Question": _object(
        ("subject", "action", "resource"), subject=_ref("Subject"), action=_ref("Action"), resource=_ref("Resource"),
        context=_ref("Context"),
    ),
    "authzen.Batch": _object(
        (), **{name: _default(name) for name in ("subject", "action", "resource", "context")},
        evaluations=_maybe({
            "type": "array", "maxItems": 1000,
            "items": {"description": "A question: what it lacks is the batch's. One that is none is answered no."},
        }),
        options=_maybe(
            _object((), evaluations_semantic={"enum": ["execute_all", "deny_on_first_deny", "permit_on_first_permit"]})
        ),
    ),
    "authzen.Decision": _object(("decision",), decision={"type": "boolean"}, context=_ref("Said")),
    "authzen.Said": _object(
        (), reason_user=_OPEN, reason_admin=_OPEN, first_failing={"type": "string"},
        failing={"type": "array", "items": _object(("rule", "code"), rule=_TEXT, code=_TEXT)},
        receipt=_object(("entry", "hash"), entry={"type": "integer"}, hash={"type": "string"}),
        policy_version={"type": "string"}, state_version={"type": "integer"},
        valid_until={"type": "string", "format": "date-time"},
    ),
    "authzen.Decisions": {
        "type": "object",
        "properties": {
            "evaluations": {"type": "array", "items": _ref("Decision")},
            "decision": {"type": "boolean"},
            "context": _ref("Said"),
        },
        "anyOf": [{"required": ["evaluations"]}, {"required": ["decision"]}],
    },
    "authzen.Found": _object(
        ("results",),
        page=_object(("next_token",), next_token={"type": "string"}, count={"type": "integer"}),
        context=_ref("Said"),
        results={"type": "array", "items": _OPEN},
    ),
    **{
        f"authzen.Search{kind.capitalize()}": _object(
            tuple(name for name in ("subject", "action", "resource") if not (name == kind == "action")),
            subject=_object(("type",), type=_TEXT) if kind == "subject" else _ref("Subject"),
            action={} if kind == "action" else _ref("Action"),
            resource=_object(("type",), type=_TEXT) if kind == "resource" else _ref("Resource"),
            context=_ref("Context"), page=_ref("Page"),
        )
        for kind in ("subject", "resource", "action")
    },
}  # fmt: skip

_FORM_TEXT: Schema = {"type": "string"}
_PROVES = {"client_assertion_type": _FORM_TEXT, "client_assertion": _FORM_TEXT, "client_id": _FORM_TEXT}

BODIES: dict[str, tuple[str, Schema]] = {
    "POST /access/v1/evaluation": ("application/json", _ref("Question")),
    "POST /access/v1/evaluations": ("application/json", _ref("Batch")),
    **{
        f"POST /access/v1/search/{kind}": ("application/json", _ref(f"Search{kind.capitalize()}"))
        for kind in ("subject", "resource", "action")
    },
    "POST /oauth2/token": (
        "application/x-www-form-urlencoded",
        _object(
            ("grant_type",),
            grant_type={
                "enum": ["client_credentials", "authorization_code"],
                "description": "With `client_credentials`: `scope`. With `authorization_code`: `code`, `redirect_uri`, `code_verifier`.",
            },
            scope=_FORM_TEXT, code=_FORM_TEXT, redirect_uri=_FORM_TEXT, code_verifier=_FORM_TEXT, **_PROVES,
        ),
    ),
    "POST /oauth2/revoke": (
        "application/x-www-form-urlencoded", _object(("token",), token=_FORM_TEXT, token_type_hint=_FORM_TEXT, **_PROVES)
    ),
    "POST /oauth2/introspect": (
        "application/x-www-form-urlencoded", _object(("token",), token=_FORM_TEXT, token_type_hint=_FORM_TEXT, **_PROVES)
    ),
}  # fmt: skip
"""What the standards' doors take: they read it without a model of ours."""

ANSWERS: dict[str, Schema] = {
    "POST /access/v1/evaluation": _ref("Decision"),
    "POST /access/v1/evaluations": _ref("Decisions"),
    **{f"POST /access/v1/search/{kind}": _ref("Found") for kind in ("subject", "resource", "action")},
    "GET /changes": CHANGES,
}

SUMMARIES: dict[str, str] = {
    "POST /access/v1/evaluation": "May this person do this to that, now? (AuthZEN 1.0, 6.2). A no is 200, with reasons.",
    "POST /access/v1/evaluations": "Many questions at once, answered in order (AuthZEN 1.0, 7). One entry in the log for all of them.",
    "POST /access/v1/search/subject": "Who may do this to that? (AuthZEN 1.0, 8.4)",
    "POST /access/v1/search/resource": "Which cases, of those they were let near by name, may this person do this to? (AuthZEN 1.0, 8.5)",
    "POST /access/v1/search/action": "What may this person do to that? (AuthZEN 1.0, 8.6)",
}
"""What is answered in front of the views, and so has no docstring to be read."""

"""The contract as one OpenAPI 3.1 document: every operation a program may ask for, with who may and what stands in the log.

Routes, doors, models and docstrings are the service's own; examples are what it answered in the small world.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from compliance.api.access import Door
from compliance.api.evaluation import SCOPE
from compliance.kernel.settings import REPOSITORY
from tests.inventory.contract import apart, refusals, standards
from tests.inventory.contract.shapes import shape
from tests.inventory.contract.stable import stable
from tests.inventory.contract.tried import Tried, tried
from tests.inventory.contract.views import Schema, Takes, component, takes
from tests.inventory.doors import API
from tests.inventory.world import World

DOCUMENT = REPOSITORY / "compliance" / "api" / "openapi.json"

ABOUT = """What a case system stands on. Decisions by OpenID AuthZEN 1.0, sign-in by OpenID Connect, tokens by OAuth 2, \
errors as problem documents (RFC 9457) with a stable `code`. A decision that is late, odd, expired or missing is a no. \
Members may be added to answers: ignore those you do not know."""

ROOMS = {"oauth": "OAuth 2", "openid": "OpenID Connect", "log": "Audit log", "sharing": "Sharing"}
UNTRIED = frozenset({"GET /openapi.json", "GET /metrics"})
PROVED_BY_CLIENT = frozenset({"POST /oauth2/token", "POST /oauth2/revoke", "POST /oauth2/introspect"})
_KINDS = {"UUIDConverter": {"type": "string", "format": "uuid"}, "IntegerConverter": {"type": "integer", "minimum": 0}}


def document(world: World) -> dict[str, Any]:
    """The whole of it, with its examples tried in this world."""
    components: dict[str, Schema] = {**refusals.SCHEMAS, **standards.SCHEMAS}
    paths: dict[str, dict[str, Any]] = {}
    for method, path, operation, entry in _operations(world, components):
        assert method not in paths.setdefault(path, {}), operation
        paths[path][method] = entry
    tags = sorted({entry["tags"][0] for methods in paths.values() for entry in methods.values()})
    return {
        "openapi": "3.1.0",
        "info": {"title": "MARAC Hub", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in tags],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": apart.security_schemes(),
            "parameters": refusals.PARAMETERS,
            "headers": refusals.HEADERS,
            "responses": refusals.RESPONSES,
            "schemas": dict(sorted(components.items())),
        },
        "webhooks": apart.WEBHOOKS,
        "x-problems": refusals.problems(),
    }


def written(said: dict[str, Any]) -> str:
    """The document as its file has it."""
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def _operations(world: World, components: dict[str, Schema]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for rule, method, view in _views(world.app):
        path = "".join(part if not is_name else f"{{{part}}}" for is_name, part in _parts(rule))
        operation = f"{method} {path.removeprefix(API)}".replace("{", "<").replace("}", ">")
        door: Door = view.door
        entry = _said(f"{rule.endpoint.removeprefix('api.')}", view.__doc__ or "", door)
        if len((rule.methods or set()) - {"HEAD", "OPTIONS"}) > 1:
            entry["operationId"] += f".{method.lower()}"
        if operation in PROVED_BY_CLIENT:
            entry["security"] = [{"client": []}, {}]
        _complete(entry, world, operation, takes(view), door, components, _place(rule))
        yield method.lower(), path, operation, entry
    for operation, summary in standards.SUMMARIES.items():
        path = operation.partition(" ")[2]
        entry = _said(f"decisions.{path.rpartition('/')[2]}", summary, Door(scope=SCOPE))
        _complete(entry, world, operation, Takes(), Door(scope=SCOPE), components, [])
        yield "post", path, operation, entry


def _views(app: Flask) -> Iterator[tuple[Rule, str, Any]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.startswith("api."):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, app.view_functions[rule.endpoint]


def _parts(rule: Rule) -> Iterator[tuple[bool, str]]:
    for is_name, part in rule._trace:
        yield is_name, part if is_name else part.removeprefix("|")


def _place(rule: Rule) -> list[Schema]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": dict(_KINDS.get(type(converter).__name__, {"type": "string"})),
        }
        for name, converter in rule._converters.items()
    ]


def _said(name: str, says: str, door: Door) -> dict[str, Any]:
    """The operation with its words and who may come."""
    room, _, _ = name.partition(".")
    first, _, more = says.strip().partition("\n")
    entry: dict[str, Any] = {
        "operationId": name,
        "tags": [ROOMS.get(room, room.replace("_", " ").capitalize())],
        "summary": first,
    }
    if more.strip():
        entry["description"] = " ".join(more.split())
    people = [{"person": []}] if door.stages else []
    entry["security"] = [*people, *([{"program": [door.scope]}] if door.scope else [])]
    entry["x-who-may"] = door.says
    entry["x-permission"] = list(door.permissions)
    return entry


def _complete(
    entry: dict[str, Any], world: World, operation: str, what: Takes, door: Door, components: dict[str, Schema],
    place: list[Schema],
) -> None:  # fmt: skip
    """The rest: what is sent, what comes back, an example of both, and what the log says."""
    example = None if operation in UNTRIED else tried(world, operation)
    names: dict[str, str] = {}
    done = example is not None and example.reply.status_code < 300
    entry["x-audit-event"] = sorted(
        {*(example.events if example and done else ()), *standards.EVENTS.get(operation, ())}
    )
    entry["parameters"] = [*place, *_queries(what, components), *_headers(operation, what)]
    body = _body(operation, what, components)
    if body:
        entry["requestBody"] = body
    if example:
        entry["x-example"] = {
            "by": example.by.replace("_", " "),
            "request": f"{operation.partition(' ')[0]} {stable(example.path, names)}",
        }
        if body and example.sent is not None:
            for content in body["content"].values():
                content["example"] = stable(example.sent, names)
    entry["responses"] = _answers(operation, what, door, place, example, names)
    if not entry["parameters"]:
        del entry["parameters"]


def _queries(what: Takes, components: dict[str, Schema]) -> Iterator[Schema]:
    if what.query is None:
        return
    reference = component(what.query, components)["$ref"].rpartition("/")[2]
    schema = components.pop(reference)
    for name, member in schema.get("properties", {}).items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _without_null(member),
        }


def _without_null(member: Schema) -> Schema:
    """A parameter is there or is not: it is never null."""
    kinds = [each for each in member.get("anyOf", []) if each != {"type": "null"}]
    rest = {name: value for name, value in member.items() if name not in ("anyOf", "default")}
    if "default" in member and member["default"] is not None:
        rest["default"] = member["default"]
    return rest | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds}) if kinds else rest


def _headers(operation: str, what: Takes) -> Iterator[Schema]:
    of_a_decision = operation in standards.SUMMARIES
    yield {"$ref": f"#/components/parameters/X-Request-ID{'-of-a-decision' if of_a_decision else ''}"}
    if what.once:
        yield {"$ref": "#/components/parameters/Idempotency-Key"}
    if what.matched:
        yield {"$ref": "#/components/parameters/If-Match"}


def _body(operation: str, what: Takes, components: dict[str, Schema]) -> dict[str, Any] | None:
    if operation in standards.BODIES:
        media_type, schema = standards.BODIES[operation]
        return {"required": True, "content": {media_type: {"schema": schema}}}
    if what.form is not None:
        reference = component(what.form, components)["$ref"].rpartition("/")[2]
        schema = components.pop(reference)
        files = {name: {"type": "string", "contentMediaType": "application/octet-stream"} for name in what.files}
        whole = schema | {
            "properties": schema.get("properties", {}) | files,
            "required": [*schema.get("required", []), *files],
        }
        return {"required": True, "content": {"multipart/form-data": {"schema": whole}}}
    if what.body is not None and not (what.nothing and what.body.__name__ == "Nothing"):
        return {
            "required": True,
            "content": {"application/json": {"schema": component(what.body, components)}},
        }
    return None


def _answers(
    operation: str, what: Takes, door: Door, place: list[Schema], example: Tried | None, names: dict[str, str]
) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    reply = example.reply if example else None
    if reply is not None and reply.status_code < 300:
        answers[str(reply.status_code)] = _good(operation, reply, names)
    else:
        answers["200"] = {"description": "It was done, or here it is."}
    if what.once and "201" in answers:
        answers["200"] = {**answers["201"], "description": "There was nothing new in it."}
        if "content" in answers["200"]:
            schema = answers["200"]["content"]["application/json"]["schema"]
            answers["200"]["content"] = {"application/json": {"schema": schema}}
    if operation == "GET /ready":
        schema = answers["200"]["content"]["application/json"]["schema"]
        content = {"application/json": {"schema": schema}}
        answers["503"] = {"description": "Not fit to answer, and why.", "content": content}
    for status in refusals.statuses(operation, what, door, bool(place)):
        of_oauth = operation in PROVED_BY_CLIENT and status in (400, 401)
        name = "OAuthError" if of_oauth else str(status)
        answers.setdefault(str(status), {"$ref": f"#/components/responses/{name}"})
    if reply is not None and reply.status_code >= 300:
        answers[str(reply.status_code)] = {
            **refusals.RESPONSES.get(str(reply.status_code), {"description": "Refused."}),
            "content": {
                reply.mimetype: {
                    "schema": {"$ref": "#/components/schemas/Problem"} if "problem" in reply.mimetype else {},
                    "example": stable(reply.get_json(force=True), names),
                }
            },
        }
    return dict(sorted(answers.items()))


def _good(operation: str, reply: Any, names: dict[str, str]) -> dict[str, Any]:
    headers = ["X-Request-ID", "RateLimit-Policy", "RateLimit", "ETag"]
    said: dict[str, Any] = {
        "description": "It was done." if reply.status_code != 200 else "Here it is.",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers if name in reply.headers},
    }
    if not reply.data:
        return said
    if reply.mimetype != "application/json":
        said["content"] = {reply.mimetype: {"schema": {"type": "string"}}}
        return said
    given = reply.get_json()
    said["content"] = {
        "application/json": {
            "schema": standards.ANSWERS.get(operation) or shape(given),
            "example": stable(given, names),
        }
    }
    return said

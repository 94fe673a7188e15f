"""The contract in words: what a schema asks for, as the reader's page says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compliance.kernel.contract import Contract, Operation

KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
}
DO = {
    400: "Do not send it again as it is. Look up what the operation takes, mend the request, then send it.",
    401: "Get a new access token, or have the person sign in again, then send the request once more.",
    403: "Do not send it again as it is. Show the person what it says: somebody who may do it has to, or the program needs a token of another scope.",
    404: "Do not send it again. Look in the list for what there is, and keep nothing under a name that is gone.",
    405: "Use a method that `Allow` names.",
    409: "Read the thing again, show the person how it stands now and what it says here, and let them decide. Sent again unchanged it is refused again for as long as that stands.",
    412: "Read the thing again, and send the change with the `ETag` of what you read.",
    413: "Send less at a time.",
    415: "Send the body in the media type that the operation takes.",
    422: "Mend what `errors` points at, and show each `detail` beside its field. Sent again unchanged it is refused again.",
    429: "Wait as many seconds as `Retry-After` says, then send the same again, with the same `Idempotency-Key`.",
    500: "Send it once more with the same `Idempotency-Key`. If it stays so, tell those who run the service the `X-Request-ID`.",
    503: "Wait as many seconds as `Retry-After` says, then send the same again, with the same `Idempotency-Key`. Until then every decision is a no.",
}
"""What a program does about a problem, by its status."""

IN_A_MOMENT = "Wait a second or two, then send the same again, with the same `Idempotency-Key`."
PASSES = frozenset({"still-running", "not-sealed-yet"})
"""Conflicts that pass by themselves: nobody has to decide anything."""

FORMATS = {"uuid": "id", "date": "date", "date-time": "instant", "uri": "address", "binary": "file"}
DEEPEST = 3


@dataclass(frozen=True)
class Member:
    """One thing that is sent: what it is called, what it is, and whether it has to be there."""

    name: str
    kind: str
    needed: bool


@dataclass(frozen=True)
class Shown:
    """An operation as the page shows it."""

    operation: Operation
    anchor: str
    parameters: list[Member]
    body: list[Member]
    media_type: str | None
    sent: str | None
    answered: str | None
    status: str | None
    refusals: list[str]


def slug(room: str) -> str:
    """A room as its address has it."""
    return room.lower().replace(" ", "-")


def to_do(code: str, status: int) -> str:
    """What a program does about this problem."""
    return IN_A_MOMENT if code in PASSES else DO[status]


def shown(contract: Contract, operation: Operation) -> Shown:
    """All that the page says of this operation."""
    said = operation.said
    content: dict[str, Any] = said.get("requestBody", {}).get("content", {})
    media_type = next(iter(content), None)
    body = list(_members(contract, content[media_type]["schema"], "", 0)) if media_type else []
    example = said.get("x-example", {})
    status, answered = _answer(said["responses"])
    return Shown(
        operation, said["operationId"].replace(".", "-").replace("_", "-"),
        [_parameter(contract, each) for each in said.get("parameters", ())], body, media_type,
        _sent(example, media_type, content), answered, status,
        [code for code in said["responses"] if code >= "400"],
    )  # fmt: skip


def _parameter(contract: Contract, given: dict[str, Any]) -> Member:
    whole = contract.resolved(given)
    place = "" if whole["in"] == "path" else f", in the {'address' if whole['in'] == 'query' else 'headers'}"
    return Member(whole["name"], kind(contract, whole["schema"]) + place, bool(whole.get("required")))


def _members(contract: Contract, schema: dict[str, Any], before: str, depth: int) -> Iterator[Member]:
    whole = _present(contract, schema)
    for name, member in whole.get("properties", {}).items():
        yield Member(before + name, kind(contract, member), name in whole.get("required", ()))
        inner = _present(contract, member)
        lines = _present(contract, inner.get("items", {}))
        if depth < DEEPEST and "properties" in inner:
            yield from _members(contract, inner, f"{before}{name}.", depth + 1)
        elif depth < DEEPEST and "properties" in lines:
            yield from _members(contract, lines, f"{before}{name}[].", depth + 1)


def _present(contract: Contract, schema: dict[str, Any]) -> dict[str, Any]:
    """What this is where it is there at all."""
    whole = contract.resolved(schema)
    kinds = [each for each in whole.get("anyOf", ()) if each != {"type": "null"}]
    return _present(contract, kinds[0]) if len(kinds) == 1 else whole


def kind(contract: Contract, schema: dict[str, Any]) -> str:
    """What this is, in a few words."""
    whole = contract.resolved(schema)
    if "enum" in whole:
        return "one of " + ", ".join(str(each) for each in whole["enum"])
    if "const" in whole:
        return f"“{whole['const']}”"
    for several in ("anyOf", "oneOf"):
        if several in whole:
            kinds = [kind(contract, each) for each in whole[several] if each != {"type": "null"}]
            return " or ".join(dict.fromkeys(kinds))
    if whole.get("type") == "array":
        return "list of " + kind(contract, whole.get("items", {}))
    if "contentMediaType" in whole:
        return "file"
    said = FORMATS.get(whole.get("format", "")) or KINDS.get(str(whole.get("type")), "anything")
    bounds = [
        f"{words} {whole[name]}"
        for name, words in (("minimum", "from"), ("maximum", "to"), ("maxLength", "up to"), ("maxItems", "up to"))
        if name in whole
    ]
    return f"{said}, {' '.join(bounds)}" if bounds else said


def _sent(example: dict[str, Any], media_type: str | None, content: dict[str, Any]) -> str | None:
    if not example:
        return None
    lines = [example["request"]]
    if media_type:
        lines.append(f"Content-Type: {media_type}")
    if media_type and "example" in content[media_type]:
        body = content[media_type]["example"]
        as_form = media_type != "application/json" and isinstance(body, dict)
        lines += ["", "\n".join(f"{name}={value}" for name, value in body.items()) if as_form else _json(body)]
    return "\n".join(lines)


def _answer(responses: dict[str, Any]) -> tuple[str | None, str | None]:
    """The answer of the example: it is the one that has one."""
    for status, response in responses.items():
        for content in response.get("content", {}).values():
            if "example" in content:
                return status, _json(content["example"])
    return next((status for status in responses if status < "300"), None), None


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)

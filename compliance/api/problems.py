"""Problem documents (RFC 9457): how every refusal looks to a program, as bytes, wherever it is written from.

Pure: it knows nothing of requests, so that Flask's routes and the decision endpoints in front of Flask answer alike.
A document never repeats a submitted value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from compliance.kernel.contract import title
from compliance.kernel.errors import FieldError

MEDIA_TYPE = "application/problem+json"


def problem(
    base_url: str,
    status: int,
    code: str,
    detail: str,
    *,
    rule: str | None = None,
    errors: Iterable[FieldError] = (),
    instance: str | None = None,
    headers: Sequence[tuple[str, str]] = (),
) -> tuple[bytes, list[tuple[str, str]]]:
    """The body of a problem document and its headers, its type, length and `no-store` among them.

    `code` is the stable name of the refusal, such as `licence-own`; its type is an address under `base_url`.
    `rule` names the rule that refused, `instance` the path that was asked for.
    """
    document: dict[str, object] = {
        "type": type_uri(base_url, code),
        "title": title(code),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if rule is not None:
        document["rule"] = rule
    if instance is not None:
        document["instance"] = instance
    listed = [{"pointer": fragment(error.pointer), "detail": error.detail} for error in errors]
    if listed:
        document["errors"] = listed

    body = json.dumps(document, ensure_ascii=True, separators=(",", ":")).encode()
    return body, [
        ("Content-Type", MEDIA_TYPE),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        *headers,
    ]


def type_uri(base_url: str, code: str) -> str:
    """The address that stands for this kind of problem; from configuration, never from `Host`."""
    return f"{base_url}/problems/{code}"


def fragment(pointer: str) -> str:
    """A JSON pointer as the URI fragment that the standard's examples use: `/name` is `#/name`."""
    return pointer if pointer.startswith("#") else f"#{pointer}"

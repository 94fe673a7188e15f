"""AuthZEN's searches as they come and go: what is sought, a page of it, and a token for the next (Authorization API 1.0, section 8).

A token goes with the request that it was given for: the same program, the same members, nothing altered.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from typing import Any

import msgspec

from compliance.decisions.questions import Answered, Search, Sought
from compliance.kernel.secrets import KeyRing

from .asking import BadQuestion, sought

MOST = 500
USUAL = 100
_json = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Page:
    """A search with what its next token is made of."""

    search: Search
    seal: str
    type: str


def read(raw: bytes, kind: Sought, client_id: str, ring: KeyRing) -> Page:
    """What is asked for; raises BadQuestion, also for a token that is not of this request."""
    question, body = sought(raw, kind)
    page = body.get("page")
    if page is None:
        page = {}
    if not isinstance(page, dict):
        raise BadQuestion("/page", "Send an object.")
    limit = page.get("limit", USUAL)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise BadQuestion("/page/limit", "Send a number from 1 on.")
    members = {name: body[name] for name in sorted(body) if name != "page"}
    asked = json.dumps([client_id, kind.value, members], sort_keys=True)
    after, seal = _opened(page.get("token"), asked, ring)
    type_ = question.resource_type if kind is Sought.RESOURCE else "person"
    return Page(Search(kind, question, after, min(limit, MOST)), seal, type_)


def written(page: Page, answered: Answered, context: bytes, ring: KeyRing) -> bytes:
    """The answer, with the token of the next page, or an empty one on the last."""
    found = answered.found
    assert found is not None  # noqa: S101 - a search was asked
    token = _token(found.results[-1], page.seal, ring) if found.more else ""
    if page.search.sought is Sought.ACTION:
        results: list[dict[str, Any]] = [{"name": name} for name in found.results]
    else:
        results = [{"type": page.type, "id": each} for each in found.results]
    told = _json({"next_token": token, "count": len(results)})
    return b'{"page":' + told + b"," + context + b',"results":' + _json(results) + b"}"


def _token(after: str, seal: str, ring: KeyRing) -> str:
    mark = ring.fingerprint("search-page", f"{seal} {after}")
    return base64.urlsafe_b64encode(json.dumps([after, mark]).encode()).decode().rstrip("=")


def _opened(token: object, asked: str, ring: KeyRing) -> tuple[str, str]:
    """Where the page begins, and the fingerprint of what is asked; raises BadQuestion."""
    seal = ring.fingerprint("search", asked)
    if token is None or token == "":
        return "", seal
    try:
        if not isinstance(token, str):
            raise ValueError
        after, mark = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not hmac.compare_digest(str(mark), ring.fingerprint("search-page", f"{seal} {after}")):
            raise ValueError
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise BadQuestion("/page/token", "Send the token that the page before gave, with the same request.") from None
    return str(after), seal

"""What a route answers with: JSON whose members keep their order, a tag to know it again by, and receipts (DEC-7)."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Response, request

from audit.guard import PolicyVersion
from audit.models import Moment
from audit.record import receipts
from compliance.kernel.context import Context, house
from compliance.kernel.errors import Invalid
from compliance.kernel.secrets import KeyRing

from .errors import Stale

Reply = Response

LARGEST = 2**63
"""No number of ours is so large, and no store would take it."""

_LENGTH_OF_A_MARK = 24


def present(body: Mapping[str, Any], status: int = 200, *, revision: int | None = None) -> Response:
    """The answer. `revision` tags one thing by how often it changed; without it the tag is the answer's own hash."""
    raw = json.dumps(body, default=plain, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(raw, status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    if request.method in {"GET", "HEAD"} or revision is not None:
        response.set_etag(str(revision) if revision is not None else sha256(raw).hexdigest()[:32])
    return response


def changed(ctx: Context, body: Mapping[str, Any], status: int = 200, *, revision: int | None = None) -> Response:
    """The answer to a change, after its commit: with the receipts of its entries and what they stood on (DEC-7)."""
    listed = [{"entry": receipt.entry, "hash": receipt.hash} for receipt in receipts(ctx)]
    proof: dict[str, Any] = {}
    if listed:
        proof = {
            "receipt": listed[0],
            "receipts": listed,
            "policy_version": str(ctx.the(PolicyVersion)),
            "state_version": ctx.session.info["state_version"],
        }
    return present({**body, **proof}, status, revision=revision)


def sent_to(address: str | None) -> dict[str, str] | None:
    """Where a single-use link went: to the person's own address, and to no caller (IDN-8). None where none was made."""
    return {"sent_to": address} if address is not None else None


def page(items: Sequence[Mapping[str, Any]], *, after: Sequence[object] | None) -> dict[str, Any]:
    """A page of a list; `next` is the cursor that the next page begins after, null on the last one."""
    return {"items": list(items), "next": cursor(after) if after is not None else None}


def cursor(key: Sequence[object]) -> str:
    """The sort key of a page's last row, as an opaque name that leads on in this list alone."""
    said = [plain(part) if not isinstance(part, (str, int)) else part for part in key]
    raw = json.dumps([mark_of(said), *said])
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_cursor(given: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The sort key in a cursor that we gave for this list; raises Invalid for one that we did not, or that was altered."""
    if given is None:
        return None
    try:
        mark, *parts = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        if len(parts) != len(kinds) or not hmac.compare_digest(str(mark).encode(), mark_of(parts).encode()):
            raise ValueError
        return tuple(_back(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Invalid.at("/after", "Use the cursor that the page before gave.") from None


def mark_of(said: Sequence[object]) -> str:
    """What this place in this list is known by as one that we gave."""
    return house().the(KeyRing).fingerprint("cursor", f"{request.endpoint} {json.dumps(said)}")[:_LENGTH_OF_A_MARK]


def expect(revision: int) -> None:
    """Refuse to change a thing that is no longer as the caller read it, where they say so; raises Stale (412)."""
    wanted = request.if_match
    if request.headers.get("If-Match") and not wanted.contains(str(revision)):
        raise Stale()


def plain(value: Any) -> Any:
    """A value as JSON has it: instants in UTC with `Z`, dates as dates, codes as their text."""
    if isinstance(value, datetime):
        return Moment.write(value)
    if isinstance(value, (UUID, date)):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _back(part: Any, kind: type) -> Any:
    if kind is datetime:
        instant = datetime.fromisoformat(part)
        if instant.tzinfo is None:
            raise ValueError
        return instant
    if kind is UUID:
        return UUID(part)
    if not isinstance(part, kind) or (isinstance(part, int) and not 0 <= part < LARGEST):
        raise TypeError
    return part

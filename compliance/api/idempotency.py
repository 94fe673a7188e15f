"""`Idempotency-Key`: a change that a program sends twice happens once, and is answered the same both times (AUD-2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from flask import Response, request
from sqlalchemy import Connection

from audit.append import Receipt
from audit.record import once_entered
from compliance.kernel.context import Context, acting, work
from compliance.kernel.idempotency import Answer, Once, first_answer, keep
from policies.values import Policy

from .errors import Malformed

Act = Callable[[Context], Callable[[], Response]]
"""A change, as a unit of work: gives what makes the answer, which is called once the receipts are known."""

_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"')
_BARE = re.compile(r"[A-Za-z0-9._~:/+=@*!-]+")
_LONGEST = 255


def once(act: Act) -> Response:
    """Act in a unit of work, and answer. Under a key that came before with the same request: the first answer again.

    Raises Malformed for a key that is none, KeyReused for one that came with another request, StillRunning.
    """
    asked = _asked()
    answered: list[Response] = []
    with work() as ctx:
        before = first_answer(ctx, asked, _kept_for(ctx)) if asked else None
        if before is not None:
            return Response(before.body.encode(), before.status, content_type="application/json")
        answer = act(ctx)

        def settle(connection: Connection, _receipts: list[Receipt]) -> None:
            answered.append(answer())
            if asked:
                said = Answer(answered[0].status_code, answered[0].get_data(as_text=True))
                keep(connection, asked, said, ctx.now())

        once_entered(ctx, settle)
    return answered[0]


def _asked() -> Once | None:
    """The request at hand with its key; None for one without."""
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    said = sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data()).digest()
    return Once(acting().id, request.endpoint or "-", _key(sent.strip(" ")), said)


def _key(sent: str) -> str:
    """The key as its characters, sent as a structured field's string or bare (RFC 9651 3.3.3); raises Malformed."""
    quoted = _QUOTED.fullmatch(sent)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else sent if _BARE.fullmatch(sent) else ""
    if not 0 < len(key) <= _LONGEST:
        raise Malformed(f"Send Idempotency-Key as a string in quotation marks, of 1 to {_LONGEST} characters.")
    return key


def _kept_for(ctx: Context) -> timedelta:
    return timedelta(hours=ctx.the(Policy).audit.answers_kept_hours)

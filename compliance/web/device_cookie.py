"""The cookie by which a browser is known to its owners: random tokens, which open nothing by themselves (IDN-4)."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, after_this_request, request

from compliance.kernel.context import house, in_force
from policies.values import Policy


def name() -> str:
    """`__Host-` binds the cookie to this host, the whole site and TLS; plain HTTP on one's own machine cannot have it."""
    return "__Host-device" if house().settings.secure else "device"


def shown() -> str:
    """What this browser keeps; nothing where it has none, or the same name twice, which no cookie of ours has."""
    kept = request.cookies.getlist(name())
    return kept[0] if len(kept) == 1 else ""


def give(kept: str) -> None:
    """Have the browser keep this from the answer at hand on, and send it to nobody but us."""

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            name(),
            kept,
            path="/",
            max_age=timedelta(days=in_force(Policy).sign_in.device_days),
            secure=house().settings.secure,
            httponly=True,
            samesite="Strict",
        )
        return response

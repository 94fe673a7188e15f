"""Bringing people back to where they were, and never anywhere else: a way back is a page of ours, or it is dropped."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

_LONGEST = 4000
"""Characters at the most: what a program asks for when it sends somebody to sign in is the longest of them."""


def this_page() -> str | None:
    """The page at hand as a way back, where it is one that can be asked for again."""
    if request.method not in {"GET", "HEAD"}:
        return None
    return ours(request.full_path.rstrip("?"))


def asked_for(fallback: str = "home.home") -> str:
    """Where the person asked to go on to, if that is a page of ours; else the fallback's address."""
    given = request.form.get("next") or request.args.get("next")
    return ours(given) or url_for(fallback)


def ours(address: str | None) -> str | None:
    """The address if it is the path of one of our own pages, else None; other hosts, schemes and tricks are not."""
    if not address or len(address) > _LONGEST or not address.startswith("/") or address == "/":
        return None
    plain = unquote(address)
    if (
        plain.startswith("//")
        or "\\" in plain
        or any(ord(character) < 0x20 or ord(character) == 0x7F for character in plain)
    ):
        return None
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    try:
        endpoint, _ = current_app.url_map.bind("").match(parts.path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    view = current_app.view_functions[endpoint]
    return address if view.__module__.startswith(f"{__package__}.") else None

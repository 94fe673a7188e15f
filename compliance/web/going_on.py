"""Sending people on to a program's own pages, after a form of ours.

Our policy of content lets forms lead to our own pages alone, and browsers hold a whole chain of redirects to that. So
where a form would end at another's address, a page stands between: it goes on by itself, and has a link that does.
"""

from __future__ import annotations

from flask import redirect, request, url_for

from .replies import Reply, show


def on_to(address: str) -> Reply:
    """On to this address of ours; by way of a page, where it leads to another's."""
    if request.method != "GET" and address.partition("?")[0] == url_for("signing_on.authorize"):
        return between(address)
    return redirect(address, 303)


def between(address: str) -> Reply:
    """The page that goes on by itself."""
    return show("going_on.html", address=address)

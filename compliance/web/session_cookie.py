"""The cookie that says who comes: a random token, kept by the browser alone; only its fingerprint is ours (IDN-6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from flask import Flask, Request, Response, after_this_request, g, request
from flask_login import current_user

from compliance.identity import devices, login, whence
from compliance.identity.models import Person
from compliance.kernel.context import Context, Holding, Origin, house, in_force, origin
from compliance.kernel.ids import new_id
from compliance.licences import queries as licences
from policies.values import Policy

from . import device_cookie


class HasToken(Protocol):
    """What signing in, or a further step of it, gives: the new token, and what its browser is known by from then on."""

    @property
    def token(self) -> str: ...

    @property
    def device(self) -> str | None: ...


def name() -> str:
    """`__Host-` binds the cookie to this host, the whole site and TLS; plain HTTP on one's own machine cannot have it."""
    return "__Host-session" if house().settings.secure else "session"


def look() -> None:
    """Find out who comes, from where and in which browser, before anything else is done."""
    g.request_id = str(new_id())
    g.sign_in = None
    agent = devices.agent(request.headers.get("User-Agent"))
    g.origin = Origin(request.remote_addr, request_id=g.request_id, device=device_cookie.shown(), agent=agent)
    address = whence.came_from(request.environ, lambda: in_force(Policy).countries.trusted_proxies)
    g.origin = replace(g.origin, address=address)
    g.had_cookie = bool(_token(request))
    if current_user.is_anonymous:
        return
    g.sign_in = current_user._get_current_object()
    g.actor = g.sign_in.actor
    g.origin = g.sign_in.origin


def teach(app: Flask) -> None:
    """Have Flask-Login find people by our cookie."""
    login.login_manager(_token, lambda _request: origin(), _by_licence).init_app(app)


def _token(request: Request) -> str | None:
    """The token shown; a name shown twice is nobody's, for no browser of ours keeps two."""
    shown = request.cookies.getlist(name())
    return shown[0] if len(shown) == 1 else None


def _by_licence(ctx: Context, person: Person) -> frozenset[Holding]:
    """What an active licence lets its holder do here."""
    return frozenset(
        Holding("licence_holder", organisation_id) for organisation_id in licences.licensing(ctx, person.id)
    )


def give(opened: HasToken) -> None:
    """Have the answer at hand carry the new token."""
    if opened.device is not None:
        device_cookie.give(opened.device)

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            name(), opened.token, path="/", secure=house().settings.secure, httponly=True, samesite="Lax"
        )
        return response


def take_back() -> None:
    """Have the answer at hand end the cookie."""

    @after_this_request
    def _drop(response: Response) -> Response:
        response.delete_cookie(name(), path="/", secure=house().settings.secure, httponly=True, samesite="Lax")
        # Pages are never kept; whatever else a browser may have kept for this address goes now.
        response.headers["Clear-Site-Data"] = '"storage"'
        return response

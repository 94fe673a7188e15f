"""Who may come through the programs' door: every route declares it, and one that declares nothing opens for nobody.

The declaration stands on the view function itself (`view.door`), so that it can be inventoried, and is looked at
in one place before any view runs. People show the token of their sign-in, programs an access token; neither is
ever taken from a cookie or an address. This is the coarse look: the use case looks again, at the record (DEC-3).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import current_app, g, request

from compliance.identity import access_tokens, devices, whence
from compliance.identity import queries as identity
from compliance.identity.clients import queries as clients
from compliance.identity.clients.rules import calls_from
from compliance.identity.rules import Stage
from compliance.kernel.context import NOBODY, Actor, Context, Holding, Origin, acting, house, in_force, reading
from compliance.kernel.errors import Forbidden, Throttled
from compliance.kernel.ids import new_id
from compliance.licences import queries as licences
from policies.access import Access
from policies.permissions import Permission
from policies.values import Policy

from .allowances import Allowance
from .errors import Challenge
from .reading import MOST_BYTES, MOST_UPLOAD_BYTES

View = TypeVar("View", bound=Callable[..., Any])

SESSION_PREFIX = "mss_"
"""How the token of a person's sign-in begins; anything else is read as a program's access token."""

_SANE_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")


class SignInUnfinished(Forbidden):
    code = "sign-in-unfinished"
    rule = "IDN-3"
    detail = "This sign-in is not complete, or stands at another step. `GET /api/v1/sessions/current` says which."


class NotForPrograms(Forbidden):
    detail = "This is for people who are signed in. A program's token does not open it, whatever its scopes."


class TooManyCalls(Throttled):
    code = "too-many-calls"
    rule = "DEC-3"
    detail = "This program calls too often. `Retry-After` says when to come again, `RateLimit` how much is left."


class NotForPeople(Forbidden):
    detail = "This is for programs with an access token. A person's sign-in does not open it."


@dataclass(frozen=True)
class Door:
    """What a route asks of whoever comes: nothing; of people a stage of signing in and one of some permissions; of
    programs a scope. One that asks both lets both in, each by their own."""

    open: bool = False
    stages: frozenset[Stage] = frozenset()
    permissions: tuple[Permission, ...] = ()
    scope: str | None = None
    upload: bool = False

    @property
    def says(self) -> str:
        """The declaration in a few words, for the inventory."""
        if self.open:
            return "open to all"
        people = " or ".join(self.permissions) or "signed in"
        if self.stages and self.stages != {Stage.WHOLE}:
            people = "signing in: " + ", ".join(sorted(self.stages))
        asked = [people] if self.stages else []
        return " or ".join([*asked, f"scope {self.scope}"] if self.scope else asked)


def open_door(view: View) -> View:
    """Anyone may come."""
    return _declare(view, open=True)


def signed_in(view: View) -> View:
    """Anyone who is signed in to the end may come."""
    return _declare(view, stages=frozenset({Stage.WHOLE}))


def signing_in(*stages: Stage) -> Callable[[View], View]:
    """Only those whose sign-in stands at one of these stages may come."""
    return lambda view: _declare(view, stages=frozenset(stages))


def guarded(*permissions: Permission, upload: bool = False) -> Callable[[View], View]:
    """People with a role that has one of these permissions may come; `upload` lets a file in."""
    return lambda view: _declare(view, stages=frozenset({Stage.WHOLE}), permissions=permissions, upload=upload)


def scoped(scope: str) -> Callable[[View], View]:
    """Programs whose token has this scope may come."""
    if scope not in access_tokens.SCOPES:
        raise ValueError(f"there is no scope {scope}")
    return lambda view: _declare(view, scope=scope)


def door_of(endpoint: str | None) -> Door | None:
    """What the route declares; None for one that declares nothing."""
    door = getattr(current_app.view_functions.get(endpoint or ""), "door", None)
    return door if isinstance(door, Door) else None


def look() -> None:
    """The look itself, before every view: finds out who comes; raises Challenge or Forbidden."""
    remember_origin()
    door = door_of(request.endpoint)
    if door is None:
        raise Forbidden()
    request.max_content_length = MOST_UPLOAD_BYTES if door.upload else MOST_BYTES
    if door.open:
        return
    token = _token()
    if token.startswith(SESSION_PREFIX):
        _let_person_in(door, token)
    else:
        _let_program_in(door, token)


def remember_origin() -> None:
    """Where the request comes from. With no trusted proxy configured, forwarded headers are ignored (IDN-7)."""
    remember_request()
    address = whence.came_from(request.environ, lambda: in_force(Policy).countries.trusted_proxies)
    g.origin = replace(g.origin, address=address)


def remember_request() -> None:
    """Which request this is, whoever sent it: the sender's own id where it is sane, else one of ours."""
    sent = request.headers.get("X-Request-ID", "")
    agent = devices.agent(request.headers.get("User-Agent"))
    request_id = sent if _SANE_REQUEST_ID.fullmatch(sent) else str(new_id())
    g.origin = Origin(address=request.remote_addr, request_id=request_id, agent=agent)


def _declare(view: View, **declared: Any) -> View:
    door = getattr(view, "door", Door())
    view.door = replace(door, **declared)  # type: ignore[attr-defined]
    return view


def _token() -> str:
    """The token shown (RFC 6750 2.1); raises Challenge without an error code where none is."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Challenge()
    return token.strip()


def _let_person_in(door: Door, token: str) -> None:
    with reading(NOBODY) as ctx:
        current = identity.session(ctx, token)
        if current is None:
            raise Challenge(error="invalid_token", detail="This sign-in is over. Sign in again.")
        actor = _person(ctx, current)
        due = identity.is_due_to_be_seen(ctx, current)
    if due:
        with house().work(NOBODY, g.origin) as ctx:
            identity.seen(ctx, current)

    g.actor = actor
    g.origin = replace(
        g.origin,
        session_id=current.session.id,
        fresh_until=current.fresh_until,
        reads_for=current.session.reads_for,
        matter=current.session.matter,
    )
    g.sign_in = current
    if not door.stages:
        raise NotForPeople()
    if current.stage not in door.stages:
        raise SignInUnfinished()
    _require_some_role(door)


def _person(ctx: Context, current: identity.CurrentSession) -> Actor:
    """The person with their roles, once they are signed in to the end; before that, with none."""
    if current.stage is not Stage.WHOLE:
        return Actor("person", str(current.person.id), current.person.organisation_id)
    held = licences.active_for(ctx, current.person.id)
    by_licence = frozenset(Holding("licence_holder", licence.organisation_id) for licence in held)
    return identity.actor_for(ctx, current.person, extra=by_licence)


def _let_program_in(door: Door, token: str) -> None:
    caller = program_of(token)
    if caller is None:
        raise Challenge(error="invalid_token", detail="This token is not one of ours, or is over. Ask for a new one.")

    claims, client = caller
    g.actor = Actor("client", claims.client_id, holdings=frozenset({Holding("case_system")}))
    if door.scope is None:
        raise NotForPrograms()
    if door.scope not in claims.scopes & client.scopes:
        raise Challenge(error="insufficient_scope", scope=door.scope, detail="This token has another scope.")
    g.left = house().the(Allowance).take(claims.client_id, in_force(Policy).clients.calls_a_minute)
    if g.left.over:
        raise TooManyCalls(retry_after=g.left.seconds)


def program_of(token: str) -> tuple[access_tokens.Claims, clients.Caller] | None:
    """What a token says, and the program it was given to as that is now (DEC-4).

    None for one that is not ours or is over, of a program that was ended or took it back, or that calls from where it may not.
    """
    claims = access_tokens.verify(house(), token)
    if claims is None:
        return None
    with reading(NOBODY) as ctx:
        client = clients.caller(ctx, claims.client_id, claims.token_id)
    if client is None or not calls_from(client.networks, g.origin.address):
        return None
    return claims, client


def _require_some_role(door: Door) -> None:
    access = house().the(Access)
    if door.permissions and not any(access.could(acting(), permission) for permission in door.permissions):
        raise Forbidden()

"""Flask-Login over our own sessions: who comes is found by our token at every request, and by nothing else (IDN-6).

Flask-Login keeps no state here: no user id in a cookie, no remembering, no reloading. A door says where it
finds a token; what the token opens is asked of the store each time, so that a session that has ended, a
locked account and a closed one open nothing at the very next request (DEC-4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flask import Request, g
from flask_login import LoginManager

from compliance.kernel.context import NOBODY, Actor, Context, Holding, House, Origin, house

from . import queries
from .models import Person
from .queries import CurrentSession
from .rules import Stage

Extra = Callable[[Context, Person], frozenset[Holding]]
"""What a person holds beyond their role rows: what an active licence gives, which only a higher room knows."""

_BEARER = "bearer"
_PREFIX = "mss_"


@dataclass(frozen=True)
class Visitor:
    """Somebody whose sign-in stands: who they are, how far they have come, as whom they act and from where."""

    current: CurrentSession
    actor: Actor
    origin: Origin

    @property
    def person(self) -> Person:
        return self.current.person

    @property
    def stage(self) -> Stage:
        return self.current.stage

    @property
    def is_active(self) -> bool:
        """Nobody is loaded who is not."""
        return True

    @property
    def is_authenticated(self) -> bool:
        """Whether the sign-in is whole: before that nothing opens but its own next step (IDN-3)."""
        return self.stage is Stage.WHOLE

    @property
    def is_anonymous(self) -> bool:
        return False

    def get_id(self) -> str:
        return str(self.person.id)


_ASKED = "session_asked_for"


def load(house: House, token: str, *, origin: Origin | None = None, extra: Extra | None = None) -> Visitor | None:
    """Whoever this token opens a session for; None for anyone not active, and for anything that is no token.

    Until the sign-in is whole its person acts with no role at all. That they were seen is kept at most once
    a minute, in a unit of work of its own.
    """
    origin = origin or Origin()
    if not token.isascii() or not token.startswith(_PREFIX):
        return None
    with house.reading(NOBODY, origin) as ctx:
        current = queries.session(ctx, token)
        if current is None:
            return None
        actor = _actor(ctx, current, extra)
        due = queries.is_due_to_be_seen(ctx, current)
        ctx.session.expunge_all()
    if due:
        with house.work(NOBODY, origin) as ctx:
            queries.seen(ctx, current)
    return Visitor(
        current,
        actor,
        replace(
            origin,
            session_id=current.session.id,
            fresh_until=current.fresh_until,
            reads_for=current.session.reads_for,
            matter=current.session.matter,
        ),
    )


def bearer(header: str | None) -> str | None:
    """Our session token out of an `Authorization: Bearer mss_…` header; None for every other header."""
    scheme, _, token = (header or "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == _BEARER and token.startswith(_PREFIX) else None


def login_manager(
    token_of: Callable[[Request], str | None], origin_of: Callable[[Request], Origin], extra: Extra | None = None
) -> LoginManager:
    """Flask-Login for a door: `token_of` says where it finds a token, `origin_of` whence the request comes."""
    manager = LoginManager()
    manager.session_protection = None

    def from_request(request: Request) -> Visitor | None:
        """Once a request: a store that did not answer is not asked again for the page that says so."""
        token = token_of(request)
        if not token or g.get(_ASKED):
            return None
        setattr(g, _ASKED, True)
        return load(house(), token, origin=origin_of(request), extra=extra)

    manager.request_loader(from_request)
    return manager


def _actor(ctx: Context, current: CurrentSession, extra: Extra | None) -> Actor:
    person = current.person
    if current.stage is not Stage.WHOLE:
        return Actor("person", str(person.id), person.organisation_id, hub_team=person.hub_team)
    by_licence = extra(ctx, person) if extra else frozenset()
    return Actor("person", str(person.id), person.organisation_id, current.holdings | by_licence, person.hub_team)

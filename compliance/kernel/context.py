"""One unit of work: who is acting, from where, at what instant, in which transaction.

The edge opens it — a view, a job, a command — and nothing below commits, rolls back or opens a session:

    with work() as ctx:
        licences.suspend(ctx, licence_id, reason=Reason.LEAVE)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast, runtime_checkable
from uuid import UUID

from flask import current_app, g, has_request_context
from sqlalchemy import Connection, Engine
from sqlalchemy.orm.exc import StaleDataError

from . import ids
from .clock import Clock
from .db import WRITES, UnitOfWork
from .errors import StaleForm
from .settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Holding:
    """A role somebody holds, and how far it reaches: the whole hub, one organisation, or one area."""

    role: str
    organisation_id: UUID | None = None
    area: str | None = None

    @property
    def reaches_hub(self) -> bool:
        return self.organisation_id is None and self.area is None


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, a service client, a job, an operator's command, or nobody yet."""

    kind: str
    id: str
    organisation_id: UUID | None = None
    holdings: frozenset[Holding] = frozenset()
    hub_team: bool = False

    @property
    def person_id(self) -> UUID | None:
        return UUID(self.id) if self.kind == "person" else None

    @property
    def roles(self) -> str:
        """The roles held, for the log: sorted, space between."""
        return " ".join(sorted({holding.role for holding in self.holdings}))


NOBODY = Actor("nobody", "-")


def operator(command: str) -> Actor:
    """Whoever holds the machine, acting by a command."""
    return Actor("command", command, holdings=frozenset({Holding("operator")}))


def worker(job: str) -> Actor:
    """The scheduler, acting by a job."""
    return Actor("job", job, holdings=frozenset({Holding("job")}))


@dataclass(frozen=True)
class Origin:
    """Where a request came from: network address, request id, the sign-in it belongs to, and in which browser.

    `device` is the tokens a browser is known by already (IDN-4): empty for one that is not, None for what is no browser.
    `agent` is what the browser calls itself. `reads_for` is why its person reads the log, as they said in this
    sign-in, and `matter` the reference they gave with it (AUD-1).
    """

    address: str | None = None
    request_id: str | None = None
    session_id: UUID | None = None
    fresh_until: datetime | None = None
    device: str | None = None
    agent: str | None = None
    reads_for: str | None = None
    matter: str | None = None


class Context:
    """What a use case is given: its transaction, its instant, and who asks."""

    def __init__(
        self, house: House, session: UnitOfWork, actor: Actor, origin: Origin, in_force: dict[type, Any]
    ) -> None:
        self.house = house
        self.session = session
        self.actor = actor
        self.origin = origin
        self._now = house.clock.now()
        self._in_force = in_force
        session.info["context"] = self

    def now(self) -> datetime:
        """The instant of this unit of work: the same however often it is asked."""
        return self._now

    def new_id(self) -> UUID:
        return ids.new_id()

    def the(self, kind: type[T]) -> T:
        """The house's one fixture of this kind, such as its key ring, or the policy in force for this unit of work."""
        fixture = self.house.fixtures[kind]
        if isinstance(fixture, Follows):
            return cast(T, fixture.make(self.the(fixture.kind)))
        if not isinstance(fixture, InForce):
            return cast(T, fixture)
        if kind not in self._in_force:
            connection = self.session.connection()
            self._in_force[kind] = fixture.at(connection, fixture.seen(connection))
        return cast(T, self._in_force[kind])

    def saw(self, kind: type, seen: Any) -> None:
        """A statement of this unit of work brought along how far this fixture has come: nobody need ask for it."""
        fixture = self.house.fixtures[kind]
        if kind not in self._in_force and isinstance(fixture, InForce):
            self._in_force[kind] = fixture.at(self.session.connection(), seen)

    def look_again(self, kind: type) -> None:
        """Forget what was in force: this unit of work has just changed it."""
        self._in_force.pop(kind, None)


@runtime_checkable
class InForce(Protocol):
    """A fixture that the store can change while the service runs.

    It is asked for once in a request, by whichever of its units of work wants it first, and outside of requests
    once in each unit of work.
    """

    def seen(self, connection: Connection) -> Any:
        """How far it has come, as this connection sees the store: something that changes with every change."""
        ...

    def at(self, connection: Connection, seen: Any) -> Any:
        """What is in force, having come so far."""
        ...


@dataclass(frozen=True)
class Follows:
    """A fixture that follows from another: what `make` says of the one of this kind."""

    kind: type
    make: Callable[[Any], Any]


@dataclass
class House:
    """What a process holds for as long as it lives: settings, clock, store, and its fixtures by type."""

    settings: Settings
    clock: Clock
    engine: Engine
    fixtures: dict[type, Any] = field(default_factory=dict)

    def the(self, kind: type[T], connection: Connection | None = None) -> T:
        """The fixture of this kind; one that the store can change as it is now, or as this connection sees it."""
        fixture = self.fixtures[kind]
        if isinstance(fixture, Follows):
            return cast(T, fixture.make(self.the(fixture.kind, connection)))
        if not isinstance(fixture, InForce):
            return cast(T, fixture)
        if connection is not None:
            return cast(T, fixture.at(connection, fixture.seen(connection)))
        with self.engine.connect() as looking:
            return cast(T, fixture.at(looking, fixture.seen(looking)))

    @contextmanager
    def work(self, actor: Actor, origin: Origin | None = None) -> Iterator[Context]:
        """A transaction that may change things: commits on leaving, rolls back on any exception."""
        with UnitOfWork(self.engine.execution_options(**{WRITES: True}), expire_on_commit=False) as session:
            try:
                yield Context(self, session, actor, origin or Origin(), _known_in_request())
                session.commit()
            except StaleDataError as problem:
                raise StaleForm() from problem

    @contextmanager
    def reading(self, actor: Actor, origin: Origin | None = None) -> Iterator[Context]:
        """A transaction that changes nothing: one consistent look at the store."""
        with UnitOfWork(self.engine, autoflush=False) as session:
            yield Context(self, session, actor, origin or Origin(), _known_in_request())


def house() -> House:
    """The house of the running application."""
    return cast(House, current_app.extensions["compliance"])


@contextmanager
def work(actor: Actor | None = None) -> Iterator[Context]:
    """The unit of work of the request at hand, or of the actor given."""
    with house().work(actor or acting(), origin()) as ctx:
        yield ctx


@contextmanager
def reading(actor: Actor | None = None) -> Iterator[Context]:
    """As `work`, for looking only."""
    with house().reading(actor or acting(), origin()) as ctx:
        yield ctx


def in_force(kind: type[T]) -> T:
    """A fixture as it was when the request at hand first asked for it."""
    known = _known_in_request()
    if kind not in known:
        known[kind] = house().the(kind)
    return cast(T, known[kind])


def _known_in_request() -> dict[type, Any]:
    """What the request at hand has found to be in force; nothing yet outside of one."""
    if not has_request_context():
        return {}
    known: dict[type, Any] = g.setdefault("in_force", {})
    return known


def acting() -> Actor:
    """Who makes the request at hand; nobody, until a door has found out."""
    return cast(Actor, g.get("actor", NOBODY))


def origin() -> Origin:
    """Where the request at hand came from."""
    return cast(Origin, g.get("origin", Origin()))


__all__ = [
    "NOBODY", "Actor", "Context", "Follows", "Holding", "House", "InForce", "Origin",
    "acting", "house", "in_force", "operator", "origin", "reading", "work", "worker",
]  # fmt: skip

"""What the accounts say of everybody, read in a fixed number of statements: half of what a decision stands on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from compliance.identity.clients.models import RevokedToken
from compliance.identity.models import Authenticator, Passkey, Password, Person, RoleHeld, ServiceClient
from compliance.identity.queries import still_held
from compliance.licences.models import Licence

from .book import Client

MOST_NAMED = 500
"""Beyond so many people it is cheaper, and on SQLite needed, to read everybody and keep those asked for."""


@dataclass(slots=True)
class Account:
    """One person's account: whose, whether it is open, when the password was set, whether a second factor is there.

    `compromised_at` is since when somebody else may know the password; `roles_until` is when the first of the roles ends by itself; None where none does.
    """

    id: UUID
    email: str
    organisation_id: UUID | None
    locked_at: datetime | None
    closed_at: datetime | None
    password_set_at: datetime | None
    compromised_at: datetime | None
    enrolled: bool
    roles: tuple[str, ...]
    roles_until: datetime | None


def accounts(connection: Connection, at: datetime, person_ids: Collection[UUID] | None = None) -> list[Account]:
    """Everybody's account as it is at this instant, or those of some people."""
    only = None if person_ids is None else set(person_ids)

    def rows(statement: Select[*tuple[Any, ...]], owner: InstrumentedAttribute[UUID]) -> Any:
        if only is not None and len(only) <= MOST_NAMED:
            statement = statement.where(owner.in_(only))
        found = connection.execute(statement)
        return found if only is None else (row for row in found if row[0] in only)

    passwords = {row[0]: (row[1], row[2]) for row in rows(_PASSWORDS, Password.person_id)}
    enrolled = {row[0] for row in rows(_AUTHENTICATORS, Authenticator.person_id)}
    enrolled |= {row[0] for row in rows(_PASSKEYS, Passkey.person_id)}
    roles: dict[UUID, set[str]] = defaultdict(set)
    ends: dict[UUID, datetime] = {}
    for person_id, role, ends_at in rows(_ROLES.where(still_held(at)), RoleHeld.person_id):
        roles[person_id].add(role)
        if ends_at is not None:
            ends[person_id] = min(ends_at, ends.get(person_id, ends_at))
    return [
        Account(
            one,
            email,
            organisation_id,
            locked_at,
            closed_at,
            *passwords.get(one, _NO_PASSWORD),
            one in enrolled,
            tuple(sorted(roles.get(one, ()))),
            ends.get(one),
        )
        for one, email, organisation_id, locked_at, closed_at in rows(_PEOPLE, Person.id)
    ]


def people_of(connection: Connection, organisation_ids: Collection[UUID]) -> set[UUID]:
    """Everybody whose rights an organisation's state may touch: those it employs, and those it has licences for."""
    if not organisation_ids:
        return set()
    employed = select(Person.id).where(Person.organisation_id.in_(organisation_ids))
    licensed = select(Licence.person_id).where(Licence.organisation_id.in_(organisation_ids))
    return set(connection.execute(employed.union(licensed)).scalars())


def live_clients(connection: Connection, at: datetime) -> dict[str, Client]:
    """The service clients that may ask, by client id."""
    taken_back: dict[UUID, set[str]] = defaultdict(set)
    for client_id, token_id in connection.execute(_TAKEN_BACK.where(RevokedToken.ends_at > at)):
        taken_back[client_id].add(token_id)
    return {
        client_id: Client(frozenset(scopes.split()), tuple(networks.split()), frozenset(taken_back.get(one, ())))
        for one, client_id, scopes, networks in connection.execute(_CLIENTS)
    }


_PEOPLE = select(Person.id, Person.email, Person.organisation_id, Person.locked_at, Person.closed_at)
_NO_PASSWORD = (None, None)
_PASSWORDS = select(Password.person_id, Password.set_at, Password.compromised_at).where(Password.ended_at.is_(None))
_AUTHENTICATORS = select(Authenticator.person_id).where(
    Authenticator.confirmed_at.is_not(None), Authenticator.ended_at.is_(None)
)
_PASSKEYS = select(Passkey.person_id).where(Passkey.ended_at.is_(None))
_ROLES = select(RoleHeld.person_id, RoleHeld.role, RoleHeld.ends_at)
_CLIENTS = select(ServiceClient.id, ServiceClient.client_id, ServiceClient.scopes, ServiceClient.networks).where(
    ServiceClient.ended_at.is_(None)
)
_TAKEN_BACK = select(RevokedToken.client_id, RevokedToken.token_id)
